//! Reads of the table by its name: conditions as T-SQL text, and records as maps.

use crate::cell::Cell;
use crate::condition::{Condition, Part};
use crate::content::Column;
use crate::records::{TestRecord, date_time, decimal, float, number, text};
use caspio::RecordMap;
use caspio::field::{FieldType, kind};
use caspio::filter::BindValue;
use caspio::filter::Order;
use caspio::filter::literal::Literal;
use caspio::prelude::*;
use serde_json::Value;

impl TestRecord for RecordMap {
    /// Returns the values of all columns, with a text of their own for those that the record does not have.
    fn cells(self) -> Vec<Cell> {
        let cells = Column::ALL.into_iter();
        cells
            .map(|column| {
                self.get(column.name())
                    .map_or_else(absent, |value| cell(column, value))
            })
            .collect()
    }
}

fn absent() -> Cell {
    Cell::Text("(absent)".to_owned())
}

fn cell(column: Column, value: &Value) -> Cell {
    use Column::{Amount, At, Guid, Value as Number};
    match (column, value) {
        (_, Value::Null) => Cell::Null,
        (_, Value::Bool(yes)) => Cell::Bool(*yes),
        (Amount, value) => Cell::Money(ten_thousandths(value.to_string().trim_matches('"'))),
        (Number, Value::Number(number)) => Cell::Float(number.as_f64().unwrap_or(f64::NAN)),
        (_, Value::Number(number)) => Cell::Int(number.as_i64().unwrap_or(i64::MIN)),
        (At, Value::String(text)) if text.contains('.') => Cell::Date(text.clone()),
        (At, Value::String(text)) => Cell::Date(format!("{text}.000")),
        (Guid, Value::String(text)) => Cell::Guid(text.clone()),
        (_, Value::String(text)) => Cell::Text(text.clone()),
        (_, other) => Cell::Text(format!("{other}, which is not a value")),
    }
}

fn ten_thousandths(text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<4}").parse().unwrap_or(i64::MIN)
}

/// Returns an order by a column's name.
pub(crate) fn order((column, descends): (Column, bool)) -> Order<RecordMap> {
    use Column::{Amount, At, Code, Flag, Guid, Name, Note, Value as Number};
    let name = column.name();
    match column {
        Name | Code | Note | Guid => {
            direction(caspio::Column::<_, Option<String>>::new(name), descends)
        }
        Amount => direction(caspio::Column::<_, Option<Decimal>>::new(name), descends),
        Number => direction(caspio::Column::<_, Option<f64>>::new(name), descends),
        Flag => direction(caspio::Column::<_, bool>::new(name), descends),
        At => direction(caspio::Column::<_, Option<DateTime>>::new(name), descends),
        _ => direction(caspio::Column::<_, Option<i64>>::new(name), descends),
    }
}

fn direction<U>(column: caspio::Column<RecordMap, U>, descends: bool) -> Order<RecordMap>
where
    U: FieldType<Kind: kind::Sortable>,
{
    if descends {
        column.desc()
    } else {
        column.asc()
    }
}

/// A value for a `?`.
pub(crate) struct Bound(Cell);

impl BindValue for Bound {
    fn literal(&self) -> Literal {
        match &self.0 {
            Cell::Int(_) => number(&self.0).literal(),
            Cell::Money(_) => decimal(&self.0).literal(),
            Cell::Float(_) => float(&self.0).literal(),
            Cell::Date(_) => date_time(&self.0).literal(),
            Cell::Bool(yes) => yes.literal(),
            Cell::Text(_) | Cell::Guid(_) => text(&self.0).literal(),
            Cell::Null => panic!("null is not compared"),
        }
    }
}

/// Returns a condition as T-SQL, with `?` for its values.
pub(crate) fn sql(condition: &Condition, values: &mut Vec<Bound>) -> String {
    match condition {
        Condition::And(parts) if parts.is_empty() => "1 = 1".to_owned(),
        Condition::Or(parts) if parts.is_empty() => "1 = 0".to_owned(),
        Condition::And(parts) => joined(parts, " AND ", values),
        Condition::Or(parts) => joined(parts, " OR ", values),
        Condition::Not(other) => format!("NOT ({})", sql(other, values)),
        Condition::Is(column, comparison, value) => {
            values.push(Bound(value.clone()));
            format!("[{}] {} ?", column.name(), comparison.sign())
        }
        Condition::Between(column, low, high) => {
            values.extend([low, high].map(|value| Bound(value.clone())));
            format!("[{}] BETWEEN ? AND ?", column.name())
        }
        Condition::In(_, list) if list.is_empty() => "1 = 0".to_owned(),
        Condition::NotIn(column, list) if list.is_empty() => {
            format!("[{}] IS NOT NULL", column.name())
        }
        Condition::In(column, list) => {
            format!("[{}] IN ({})", column.name(), marks(list, values))
        }
        Condition::NotIn(column, list) => {
            format!("[{}] NOT IN ({})", column.name(), marks(list, values))
        }
        Condition::Null(column, true) => format!("[{}] IS NULL", column.name()),
        Condition::Null(column, false) => format!("[{}] IS NOT NULL", column.name()),
        Condition::Like(column, part, text) => {
            values.push(Bound(Cell::Text(pattern(*part, text))));
            format!("[{}] LIKE ?", column.name())
        }
        Condition::Yes(yes) => {
            values.push(Bound(Cell::Bool(*yes)));
            "[Flag] = ?".to_owned()
        }
        Condition::Days(days) if days.is_empty() => "1 = 0".to_owned(),
        Condition::Days(days) => {
            let one = |day: &Cell| {
                let ends = ["T00:00:00.000", "T23:59:59.997"];
                values.extend(ends.map(|time| Bound(Cell::Date(text(day) + time))));
                "[At] BETWEEN ? AND ?"
            };
            days.iter().map(one).collect::<Vec<_>>().join(" OR ")
        }
    }
}

fn joined(parts: &[Condition], word: &str, values: &mut Vec<Bound>) -> String {
    let parts: Vec<_> = parts
        .iter()
        .map(|part| format!("({})", sql(part, values)))
        .collect();
    parts.join(word)
}

fn marks(list: &[Cell], values: &mut Vec<Bound>) -> String {
    values.extend(list.iter().cloned().map(Bound));
    vec!["?"; list.len()].join(",")
}

fn pattern(part: Part, text: &str) -> String {
    let mut pattern = String::new();
    for letter in text.chars() {
        match letter {
            '%' | '_' | '[' => pattern.extend(['[', letter, ']']),
            _ => pattern.push(letter),
        }
    }
    match part {
        Part::Start => format!("{pattern}%"),
        Part::End => format!("%{pattern}"),
        Part::Any => format!("%{pattern}%"),
    }
}
