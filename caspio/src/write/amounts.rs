//! Amounts that a map holds as text, because an `f64` would lose digits of them.

use crate::field::spelled;
use crate::record::Row;
use crate::schema::{DataType, FieldDefinition};
use crate::value::FieldValue;
use caspio_schema::is_same_name;

/// Returns whether a text may be a number with more digits than a float keeps, or more places than Currency, so that
/// the type of its column is needed. Most texts differ from a number in their first character.
pub(super) fn may_be_long_number(text: &str) -> bool {
    let text = text.trim_ascii();
    let (mut digits, mut places, mut is_fraction, mut has_exponent) = (0, 0, false, false);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => {
                digits += 1;
                places += u32::from(is_fraction);
            }
            b'.' => is_fraction = true,
            b'e' | b'E' if digits > 0 => has_exponent = true,
            b'+' | b'-' | b',' | b'$' => {}
            _ => return false,
        }
    }
    digits > 15 || places > 4 || has_exponent
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
    fn a_text_may_be_a_number_that_a_column_does_not_keep() {
        for (text, is_long) in [
            ("922337203685477.5807", true),
            ("-9007199254740.9915", true),
            ("1.23456", true),
            (" 1.23456 ", true),
            ("$1.23456", true),
            ("0922337203685477.5807", true),
            ("9007199254740993", true),
            ("1e-7", true),
            ("12.50", false),
            ("2025551234567", false),
            ("+1 202 555 1234 5678 9012", false),
            ("1.2.3 beta", false),
            ("e7", false),
            ("", false),
        ] {
            assert_eq!(may_be_long_number(text), is_long, "{text}");
        }
    }

    #[test]
    fn only_the_spelling_of_an_amount_is_one() {
        let field = FieldDefinition::new("C", DataType::Currency);
        for (text, is_amount) in [
            ("922337203685477.5807", true),
            ("0922337203685477.5807", false),
            ("922337203685477.58070", true),
            ("+922337203685477.5807", false),
            ("922337203685477,5807", false),
        ] {
            let mut row = Row::default();
            row.push("C", FieldValue::Text(text.into()));
            let converted = of_texts(&row, std::slice::from_ref(&field));
            assert_eq!(converted.is_some(), is_amount, "{text}");
        }
    }
}
