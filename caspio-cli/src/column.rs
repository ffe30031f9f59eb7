//! The columns of a table or view, with their data types.

use crate::error::CliError;
use crate::row::Row;
use crate::suggest::near_or_all;
use caspio::field::FieldType;
use caspio::field::kind::Sortable;
use caspio::filter::Order;
use caspio::record::ObjectKind;
use caspio::schema::FieldDefinition;
use caspio::{DateTime, Decimal, Query, RecordMap};
use caspio_schema::{DataType, is_same_name};
use serde::{Deserialize, Serialize};

/// The key of every table and view.
pub(crate) use caspio_schema::PK_ID;

/// One column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) data_type: DataType,
}

/// Returns the readable columns of a table or view, its key first.
pub(crate) fn columns(source: ObjectKind, fields: &[FieldDefinition]) -> Vec<Column> {
    let key = Column {
        name: PK_ID.to_owned(),
        data_type: match source {
            ObjectKind::Table => DataType::Autonumber,
            ObjectKind::View => DataType::Text255,
        },
    };
    let readable = fields
        .iter()
        .filter(|field| field.data_type.is_readable() && !is_same_name(&field.name, PK_ID));
    let others = readable.map(|field| Column {
        name: field.name.clone(),
        data_type: field.data_type.clone(),
    });
    [key].into_iter().chain(others).collect()
}

/// Returns the columns of these names, in this order.
pub(crate) fn chosen(all: &[Column], names: &[String]) -> Result<Vec<Column>, CliError> {
    let mut chosen: Vec<Column> = Vec::with_capacity(names.len());
    for name in names {
        let column = if is_part_of_key(name) {
            Column {
                name: name.clone(),
                data_type: DataType::Autonumber,
            }
        } else {
            find(all, name)?.clone()
        };
        if chosen.contains(&column) {
            return Err(CliError::usage(format!("column {name:?} is named twice")));
        }
        chosen.push(column);
    }
    Ok(chosen)
}

/// Returns whether a name is that of a table's key in a view, `_PK_ID_Orders`, which the definitions of
/// the view's fields do not contain.
pub(crate) fn is_part_of_key(name: &str) -> bool {
    name.to_ascii_uppercase().starts_with("_PK_ID_")
}

/// Finds a column by its name, compared without case.
pub(crate) fn find<'c>(all: &'c [Column], name: &str) -> Result<&'c Column, CliError> {
    let mut columns = all.iter();
    let found = columns.find(|column| is_same_name(&column.name, name));
    found.ok_or_else(|| {
        let names = all.iter().map(|column| column.name.as_str());
        CliError::usage(format!("there is no column {name:?}")).with_hint(near_or_all(
            name,
            names,
            "the columns are",
        ))
    })
}

/// Parses the value of `--select`: `a,b`. A name that contains a comma is put in brackets.
pub(crate) fn names(text: &str) -> Result<Vec<String>, CliError> {
    let mut names = vec![String::new()];
    let mut bracket = false;
    for character in text.chars() {
        match character {
            '[' if !bracket => bracket = true,
            ']' if bracket => bracket = false,
            ',' if !bracket => names.push(String::new()),
            other => names
                .last_mut()
                .into_iter()
                .for_each(|name| name.push(other)),
        }
    }
    let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
    if bracket || names.iter().any(String::is_empty) {
        return Err(
            CliError::usage(format!("{text:?} is not a list of columns"))
                .with_hint("separate the columns by commas, as in `--select First_Name,City`"),
        );
    }
    Ok(names)
}

/// Parses the value of `--order`: `a desc,b`. Returns each column, and whether it is descending.
pub(crate) fn terms(text: &str) -> Result<Vec<(String, bool)>, CliError> {
    let terms = names(text)?.into_iter().map(|term| {
        let (name, direction) = match term.rsplit_once(char::is_whitespace) {
            Some((name, word)) if is_direction(word) => (name.trim().to_owned(), word),
            _ => (term.clone(), "asc"),
        };
        (name, direction.eq_ignore_ascii_case("desc"))
    });
    Ok(terms.collect())
}

fn is_direction(word: &str) -> bool {
    word.eq_ignore_ascii_case("asc") || word.eq_ignore_ascii_case("desc")
}

/// Sorts a query by columns that are known only at run time.
pub(crate) fn sorted<'r>(
    query: Query<Row<'r>>,
    all: &[Column],
    terms: &[(String, bool)],
) -> Result<Query<Row<'r>>, CliError> {
    let mut query = query;
    for (name, descending) in terms {
        let order = order(find(all, name)?, *descending)?;
        query = query.order_by(|_| order);
    }
    Ok(query)
}

fn order(column: &Column, descending: bool) -> Result<Order<RecordMap>, CliError> {
    let name = column.name.as_str();
    Ok(match &column.data_type {
        DataType::Number => by::<f64>(name, descending),
        DataType::Integer => by::<i32>(name, descending),
        DataType::Autonumber => by::<i64>(name, descending),
        DataType::Currency => by::<Decimal>(name, descending),
        DataType::DateTime | DataType::Timestamp => by::<DateTime>(name, descending),
        DataType::YesNo => by::<bool>(name, descending),
        data_type if data_type.is_list() => {
            return Err(CliError::usage(format!("{name:?} cannot be sorted by"))
                .with_hint("sort by columns of text, numbers, dates or Yes/No"));
        }
        _ => by::<String>(name, descending),
    })
}

fn by<U: FieldType<Kind: Sortable>>(name: &str, descending: bool) -> Order<RecordMap> {
    match descending {
        true => Order::desc::<U>(name),
        false => Order::asc::<U>(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_separated_by_commas_outside_of_brackets() {
        assert_eq!(names("a, [b, c]").expect("columns"), ["a", "b, c"]);
        assert!(names("a,,b").is_err() && names("[a").is_err() && names("").is_err());
    }

    #[test]
    fn a_term_ends_with_its_direction() {
        let order = terms("Total DESC,City,[Due Date] asc").expect("an order");
        let order: Vec<_> = order
            .iter()
            .map(|(name, down)| (name.as_str(), *down))
            .collect();
        assert_eq!(
            order,
            [("Total", true), ("City", false), ("Due Date", false)]
        );
    }

    #[test]
    fn an_unknown_column_lists_the_known_ones() {
        let all = [Column {
            name: "City".into(),
            data_type: DataType::Text255,
        }];
        let failure = chosen(&all, &["Town".into()]).expect_err("no such column");
        assert!(failure.to_string().contains("the columns are City"));
        assert_eq!(
            chosen(&all, &["city".into()]).expect("there")[0].name,
            "City"
        );
    }
}
