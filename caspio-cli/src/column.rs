//! The columns of a table or view, and what their values are.

use crate::error::CliError;
use caspio::Query;
use caspio::record::ObjectKind;
use caspio::schema::FieldDefinition;
use caspio_schema::DataType;
use serde::{Deserialize, Serialize};

/// The key of every table and view.
pub(crate) use caspio_schema::PK_ID;

/// One column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Text,
    Number,
    /// 32 bits.
    Integer,
    /// 64 bits: keys and autonumbers, whose range Caspio does not tell.
    Whole,
    Currency,
    DateTime,
    YesNo,
    ListText,
    ListNumber,
    ListDateTime,
}

impl Kind {
    fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Number => Self::Number,
            DataType::Integer => Self::Integer,
            DataType::Autonumber => Self::Whole,
            DataType::Currency => Self::Currency,
            DataType::DateTime | DataType::Timestamp => Self::DateTime,
            DataType::YesNo => Self::YesNo,
            DataType::ListText => Self::ListText,
            DataType::ListNumber => Self::ListNumber,
            DataType::ListDateTime => Self::ListDateTime,
            _ => Self::Text,
        }
    }
}

/// The readable columns of a table or view, its key first.
pub(crate) fn columns(source: ObjectKind, fields: &[FieldDefinition]) -> Vec<Column> {
    let key = Column {
        name: PK_ID.to_owned(),
        kind: match source {
            ObjectKind::Table => Kind::Whole,
            ObjectKind::View => Kind::Text,
        },
    };
    let fields = fields.iter().filter(|field| field.data_type.is_readable());
    let fields = fields.map(|field| Column {
        name: field.name.clone(),
        kind: Kind::of(&field.data_type),
    });
    let fields = fields.filter(|column| !column.name.eq_ignore_ascii_case(PK_ID));
    [key].into_iter().chain(fields).collect()
}

/// The columns of those names, in that order.
pub(crate) fn chosen(all: &[Column], names: &[String]) -> Result<Vec<Column>, CliError> {
    let mut chosen: Vec<Column> = Vec::with_capacity(names.len());
    for name in names {
        let column = match is_part_of_key(name) {
            true => Column {
                name: name.clone(),
                kind: Kind::Whole,
            },
            false => find(all, name)?.clone(),
        };
        if chosen.contains(&column) {
            return Err(CliError::usage(format!("column {name:?} is named twice")));
        }
        chosen.push(column);
    }
    Ok(chosen)
}

/// A view has the keys of its tables as well, `_PK_ID_Orders`, which no list of fields names.
fn is_part_of_key(name: &str) -> bool {
    name.to_ascii_uppercase().starts_with("_PK_ID_")
}

pub(crate) fn find<'c>(all: &'c [Column], name: &str) -> Result<&'c Column, CliError> {
    let mut columns = all.iter();
    let found = columns.find(|column| column.name.eq_ignore_ascii_case(name));
    found.ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|column| column.name.as_str()).collect();
        CliError::usage(format!("there is no column {name:?}"))
            .with_hint(format!("the columns are {}", names.join(", ")))
    })
}

/// A list of columns as it is given to `--select`: `a,b`; a name with a comma goes in brackets.
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
    match bracket || names.iter().any(String::is_empty) {
        true => Err(CliError::usage(format!("{text:?} is no list of columns"))
            .with_hint("separate them by commas, as in `--select First_Name,City`")),
        false => Ok(names),
    }
}

/// An order as it is given to `--order`: `a desc,b`.
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

/// Sorts a query by columns known at run time.
pub(crate) fn sorted<'r>(
    query: Query<crate::row::Row<'r>>,
    all: &[Column],
    terms: &[(String, bool)],
) -> Result<Query<crate::row::Row<'r>>, CliError> {
    let mut query = query;
    for (name, descending) in terms {
        let column = find(all, name)?;
        query = match column.kind {
            Kind::Text => by::<String>(query, &column.name, *descending),
            Kind::Number => by::<f64>(query, &column.name, *descending),
            Kind::Integer => by::<i32>(query, &column.name, *descending),
            Kind::Whole => by::<i64>(query, &column.name, *descending),
            Kind::Currency => by::<caspio::Decimal>(query, &column.name, *descending),
            Kind::DateTime => by::<caspio::DateTime>(query, &column.name, *descending),
            Kind::YesNo | Kind::ListText | Kind::ListNumber | Kind::ListDateTime => {
                return Err(CliError::usage(format!("{name:?} has no order"))
                    .with_hint("text, numbers and dates have one"));
            }
        };
    }
    Ok(query)
}

fn by<'r, U>(
    query: Query<crate::row::Row<'r>>,
    name: &str,
    descending: bool,
) -> Query<crate::row::Row<'r>>
where
    U: caspio::field::FieldType<Kind: caspio::field::kind::Ordered>,
{
    // The SDK's columns are constants; a command line names a few in the program's whole life.
    let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
    let column = caspio::Column::<caspio::RecordMap, U>::new(name);
    query.order_by(|()| match descending {
        true => column.desc(),
        false => column.asc(),
    })
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
    fn an_unknown_column_is_told_with_those_there_are() {
        let all = [Column {
            name: "City".into(),
            kind: Kind::Text,
        }];
        let failure = chosen(&all, &["Town".into()]).expect_err("no such column");
        assert!(failure.to_string().contains("the columns are City"));
        assert_eq!(
            chosen(&all, &["city".into()]).expect("there")[0].name,
            "City"
        );
    }
}
