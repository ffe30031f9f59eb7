//! How a service shows values where the reference leaves it open: other values than those that it compares.

use crate::case::{Case, RecordType, Source};
use crate::cell::Cell;
use crate::condition::Condition;
use crate::content::Column;
use crate::refusals::SHORT;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// How values are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Shown {
    /// As they are compared.
    #[default]
    Exactly,
    /// A null as an empty text.
    NullAsEmpty,
    /// An empty text as null.
    EmptyAsNull,
    /// Floats with fifteen digits.
    FifteenDigits,
    /// A null as an empty text, and floats with fifteen digits.
    EmptyAndFifteenDigits,
    /// With totals of half as many records as there are.
    LowTotals,
}

impl Shown {
    /// Whether the place of a record may be unknown because of its values in this column.
    pub(crate) fn hides(self, column: Column) -> bool {
        match self {
            Self::Exactly | Self::LowTotals => false,
            Self::NullAsEmpty | Self::EmptyAsNull => {
                matches!(column, Column::Name | Column::Note)
            }
            Self::FifteenDigits => column == Column::Value,
            Self::EmptyAndFifteenDigits => {
                matches!(column, Column::Name | Column::Note | Column::Value)
            }
        }
    }

    /// Whether floats have fifteen digits.
    pub(crate) fn cuts_digits(self) -> bool {
        matches!(self, Self::FifteenDigits | Self::EmptyAndFifteenDigits)
    }

    fn shows_null_as_empty(self) -> bool {
        matches!(self, Self::NullAsEmpty | Self::EmptyAndFifteenDigits)
    }

    /// Whether a read cannot tell two values of a column from each other.
    pub(crate) fn are_alike(self, case: &Case, column: Column, a: &Cell, b: &Cell) -> bool {
        let is_blank = |cell: &Cell| match cell {
            Cell::Text(text) => text.is_empty(),
            cell => cell.is_null(),
        };
        let is_text = matches!(column, Column::Name | Column::Note);
        if is_text && self.hides(column) {
            return is_blank(a) && is_blank(b) && !shows_nulls(case);
        }
        self.value(a.clone()) == self.value(b.clone())
    }

    /// Returns a row of a case as it is shown.
    pub(crate) fn row(self, case: &Case, mut row: Vec<Cell>) -> Vec<Cell> {
        let texts: &[usize] = match case.record_type {
            RecordType::Full => &[Column::Name as usize, Column::Note as usize],
            RecordType::Narrow | RecordType::ByName => &[0],
            _ => &[],
        };
        for (index, cell) in row.iter_mut().enumerate() {
            let is_text = texts.contains(&index);
            *cell = match &*cell {
                Cell::Null if is_text && self.shows_null_as_empty() => Cell::Text(String::new()),
                cell => self.value(cell.clone()),
            };
        }
        row
    }

    /// Returns a value that is not null as it is shown.
    pub(crate) fn value(self, cell: Cell) -> Cell {
        match (self, cell) {
            (Self::EmptyAsNull, Cell::Text(text)) if text.is_empty() => Cell::Null,
            (shown, Cell::Float(float)) if shown.cuts_digits() => Cell::Float(rounded(float)),
            (_, cell) => cell,
        }
    }

    /// Returns the response of a call as this service makes it.
    pub(crate) fn response(self, body: &[u8], path_and_query: &str) -> Vec<u8> {
        let envelope: Members = serde_json::from_slice(body).expect("an object");
        // The only column of an aggregate.
        let is_of_money = path_and_query.contains("%28Amount%29");
        let member = |(name, value): (String, Box<RawValue>)| match name.as_str() {
            "Result" | "data" => format!("\"{name}\":[{}]", self.rows(&value, is_of_money)),
            "Pagination" | "pagination" => format!("\"{name}\":{}", self.pagination(&value)),
            _ => format!("\"{name}\":{value}"),
        };
        let members: Vec<String> = envelope.into_iter().map(member).collect();
        format!("{{{}}}", members.join(",")).into_bytes()
    }

    fn pagination(self, pagination: &RawValue) -> String {
        let members: Option<BTreeMap<String, u64>> =
            serde_json::from_str(pagination.get()).expect("the pagination");
        let (Self::LowTotals, Some(members)) = (self, members) else {
            return pagination.get().to_owned();
        };
        let half = |(name, number): (String, u64)| match name.to_lowercase().as_str() {
            "totalcount" => format!("\"{name}\":{}", number / 2),
            _ => format!("\"{name}\":{number}"),
        };
        let members: Vec<String> = members.into_iter().map(half).collect();
        format!("{{{}}}", members.join(","))
    }

    fn rows(self, rows: &RawValue, is_of_money: bool) -> String {
        let rows: Vec<Members> = serde_json::from_str(rows.get()).expect("records");
        let row = |row: Members| {
            let member = |(name, value): (String, Box<RawValue>)| {
                let value = self.json(&name, value.get(), is_of_money);
                format!("\"{name}\":{value}")
            };
            let members: Vec<String> = row.into_iter().map(member).collect();
            format!("{{{}}}", members.join(","))
        };
        let rows: Vec<String> = rows.into_iter().map(row).collect();
        rows.join(",")
    }

    fn json(self, name: &str, value: &str, is_of_money: bool) -> String {
        let is_text = matches!(name, "Name" | "Note") || name.starts_with("Order_");
        match self {
            _ if self.shows_null_as_empty() && is_text && value == "null" => "\"\"".to_owned(),
            Self::EmptyAsNull if value == "\"\"" => "null".to_owned(),
            _ if self.cuts_digits() && name == "Value" && !is_of_money && value.len() > 15 => {
                match value.parse() {
                    Ok(float) => format!("{:?}", rounded(float)),
                    Err(_) => value.to_owned(),
                }
            }
            _ => value.to_owned(),
        }
    }
}

/// How many characters of a URL it takes to select which of the texts of an order are null.
const NULLS: usize = 300;

/// Whether a read selects which texts of its order are null. The documentation: one of all columns does not, and one
/// whose URL has no room for it.
pub(crate) fn shows_nulls(case: &Case) -> bool {
    let is_of_all_columns = match case.source {
        Source::Map | Source::Wide => case.record_type == RecordType::Full,
        _ => false,
    };
    let condition = case.filters.iter().map(Condition::encoded_length);
    !is_of_all_columns && condition.sum::<usize>() <= SHORT - NULLS
}

/// Whether the place of a record in the order of a column may not be known, because its value may be shown in another
/// way than it is compared, or does not fit into a URL.
pub(crate) fn is_ambiguous(case: &Case, column: Column) -> bool {
    match column {
        Column::Name => case.content.extreme || !shows_nulls(case),
        Column::Note => !shows_nulls(case),
        column => column.is_uncertain(),
    }
}

type Members = BTreeMap<String, Box<RawValue>>;

fn rounded(float: f64) -> f64 {
    format!("{float:.14e}").parse().expect("a float")
}
