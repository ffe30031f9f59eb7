//! Amounts that a map holds as text, because an `f64` would lose digits of them.

use crate::field::spelled;
use crate::record::Row;
use crate::schema::{DataType, FieldDefinition};
use crate::value::FieldValue;
use caspio_schema::is_same_name;

/// Returns whether a text may be such an amount, so that the type of its column is needed.
pub(super) fn may_be_amount(text: &str) -> bool {
    text.len() > 15 && spelled(text).is_some_and(|amount| (1..=4).contains(&amount.scale()))
}

/// Returns the row with the texts of Currency columns as the amounts that they spell; `None` if it has no such text.
pub(super) fn of_texts<'a>(row: &Row<'a>, definitions: &[FieldDefinition]) -> Option<Row<'a>> {
    let is_currency = |name: &str| {
        let mut fields = definitions.iter();
        let field = fields.find(|field| is_same_name(&field.name, name));
        field.is_some_and(|field| field.data_type == DataType::Currency)
    };
    let amount_of = |name: &str, value: &FieldValue<'_>| match value {
        FieldValue::Text(text) => spelled(text).filter(|_| is_currency(name)),
        _ => None,
    };
    row.iter()
        .find_map(|(name, value)| amount_of(name, value))?;
    let row = row.clone();
    Some(row.map(|name, value| amount_of(name, &value).map_or(value, FieldValue::Decimal)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_spelling_of_an_amount_is_one() {
        for (text, is_amount) in [
            ("922337203685477.5807", true),
            ("-9007199254740.9915", true),
            ("12.50", false),
            ("0922337203685477.5807", false),
            ("922337203685477.58070", false),
            ("+922337203685477.5807", false),
            ("922337203685477,5807", false),
            ("12345678901234567890", false),
        ] {
            assert_eq!(may_be_amount(text), is_amount, "{text}");
        }
    }
}
