//! Whether a record holds a value already.

use crate::decode::RawRow;
use crate::field::{FieldValue, wall_clock};
use crate::record::Row;
use crate::schema::{DataType, FieldDefinition};
use crate::write::canonical::decimal;
use crate::write::lists::key_set;
use jiff::civil::DateTime;
use rust_decimal::Decimal;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeSet;

/// The columns of a row that a record as it was read does not hold already. Passwords, which cannot be
/// read, are left out.
pub(crate) fn differences(
    row: &Row<'static>,
    record: &RawRow<'_>,
    definitions: &[FieldDefinition],
) -> Row<'static> {
    row.clone()
        .without(|name, value| match (value, record.get(name)) {
            (FieldValue::Secret(_), _) => true,
            (value, Some(raw)) => is_same(name, value, raw, definitions),
            (_, None) => false,
        })
}

fn is_same(
    name: &str,
    value: &FieldValue<'_>,
    raw: &RawValue,
    definitions: &[FieldDefinition],
) -> bool {
    let json = raw.get();
    if let FieldValue::List(values) = value {
        let keys = key_set(name, values, definitions);
        return keys.is_some() && keys == keys_of(json);
    }
    let mut fields = definitions.iter();
    let field = fields.find(|field| field.name.eq_ignore_ascii_case(name));
    let ty = field.map(|field| &field.data_type);
    match value {
        FieldValue::Absent => true,
        FieldValue::Null => json == "null",
        FieldValue::Bool(yes) => json == if *yes { "true" } else { "false" },
        FieldValue::Integer(number) => is_number(Decimal::from(*number), json, ty),
        FieldValue::Decimal(amount) => is_number(*amount, json, ty),
        FieldValue::Number(number) => is_float(*number, json, ty),
        FieldValue::DateTime(at) => date_of(json).is_some_and(|kept| is_moment(kept, *at)),
        FieldValue::Text(text) => is_text(text, json, ty),
        _ => false,
    }
}

/// The keys of a list as it is read: an object from key to value, or null for none.
fn keys_of(json: &str) -> Option<BTreeSet<i64>> {
    match serde_json::from_str(json).ok()? {
        Value::Null => Some(BTreeSet::new()),
        Value::Object(values) => values.keys().map(|key| key.parse().ok()).collect(),
        _ => None,
    }
}

/// Half of the last place that Currency keeps.
const HALF_A_PLACE: Decimal = Decimal::from_parts(5, 0, 0, false, 5);

/// An exact number belongs to Currency, which rounds to four places, unless the field is known to be other.
fn is_number(number: Decimal, json: &str, ty: Option<&DataType>) -> bool {
    if matches!(ty, Some(DataType::Number)) {
        return f64::try_from(number).is_ok_and(|number| is_float(number, json, ty));
    }
    let Some(kept) = decimal(json) else {
        return f64::try_from(number).is_ok_and(|number| is_float(number, json, ty));
    };
    let rounded = number.normalize().scale() > 4;
    kept == number || rounded && (kept - number).abs() <= HALF_A_PLACE
}

#[allow(clippy::float_cmp, reason = "the same float is the same value")]
fn is_float(number: f64, json: &str, ty: Option<&DataType>) -> bool {
    let same = json.parse::<f64>().is_ok_and(|kept| kept == number);
    let currency = matches!(ty, Some(DataType::Currency));
    let exact = Decimal::try_from(number).ok().filter(|_| currency);
    same || exact.is_some_and(|exact| is_number(exact, json, ty))
}

fn date_of(json: &str) -> Option<DateTime> {
    wall_clock(&serde_json::from_str::<String>(json).ok()?)
}

/// Caspio keeps dates to the millisecond.
fn is_moment(a: DateTime, b: DateTime) -> bool {
    FieldValue::DateTime(a) == FieldValue::DateTime(b)
}

/// Text is compared letter by letter; in a field that is known to hold dates, as a date.
fn is_text(text: &str, json: &str, ty: Option<&DataType>) -> bool {
    let date = matches!(ty, Some(DataType::DateTime)).then(|| wall_clock(text));
    match (date.flatten(), date_of(json)) {
        (Some(at), Some(kept)) => is_moment(kept, at),
        _ => serde_json::from_str::<String>(json).is_ok_and(|kept| kept == text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dec;

    fn same(value: FieldValue<'_>, json: &str, ty: Option<DataType>) -> bool {
        let definitions: Vec<_> = ty
            .map(|ty| FieldDefinition::new("A", ty))
            .into_iter()
            .collect();
        let raw = RawValue::from_string(json.to_owned()).expect("JSON");
        is_same("a", &value, &raw, &definitions)
    }

    #[test]
    fn money_is_compared_to_four_places_and_exactly_where_it_has_no_more() {
        assert!(same(FieldValue::Decimal(dec!(1.50)), "1.5", None));
        assert!(same(
            FieldValue::Decimal(dec!(922337203685477.5807)),
            "922337203685477.5807",
            None
        ));
        assert!(!same(
            FieldValue::Decimal(dec!(922337203685477.5807)),
            "922337203685477.5806",
            None
        ));
        assert!(same(FieldValue::Decimal(dec!(1.23456)), "1.2346", None));
        assert!(!same(FieldValue::Decimal(dec!(1.2345)), "1.2346", None));
        assert!(same(
            FieldValue::Number(0.30000000000000004),
            "0.3",
            Some(DataType::Currency)
        ));
    }

    #[test]
    fn floats_are_compared_as_floats() {
        assert!(same(FieldValue::Number(0.1), "0.1", None));
        assert!(same(FieldValue::Number(5.0), "5", None));
        assert!(same(FieldValue::Number(1e300), "1E+300", None));
        assert!(!same(FieldValue::Number(0.30000000000000004), "0.3", None));
        assert!(!same(
            FieldValue::Decimal(dec!(1.23456)),
            "1.2346",
            Some(DataType::Number)
        ));
    }

    #[test]
    fn dates_are_compared_to_the_millisecond() {
        let at: DateTime = "2022-01-24T20:30:51.607999".parse().expect("a date");
        assert!(same(
            FieldValue::DateTime(at),
            "\"2022-01-24T20:30:51.607\"",
            None
        ));
        assert!(!same(
            FieldValue::DateTime(at),
            "\"2022-01-24T20:30:51\"",
            None
        ));
        let text = || FieldValue::Text("2022-01-24".into());
        assert!(same(
            text(),
            "\"2022-01-24T00:00:00\"",
            Some(DataType::DateTime)
        ));
        assert!(!same(
            text(),
            "\"2022-01-24T00:00:00\"",
            Some(DataType::Text255)
        ));
    }

    #[test]
    fn null_is_null_and_text_is_text() {
        assert!(same(FieldValue::Null, "null", None));
        assert!(!same(FieldValue::Null, "\"\"", None));
        assert!(!same(FieldValue::Null, "0", None));
        assert!(!same(FieldValue::Text("".into()), "null", None));
        assert!(same(
            FieldValue::Text("a\"\u{e9}".into()),
            "\"a\\\"\\u00e9\"",
            None
        ));
        assert!(!same(FieldValue::Text("A".into()), "\"a\"", None));
        assert!(same(FieldValue::Bool(true), "true", None));
        assert!(!same(FieldValue::Bool(true), "null", None));
    }

    #[test]
    fn lists_are_compared_as_sets_of_keys() {
        let mut field = FieldDefinition::new("A", DataType::ListText);
        field.list = [(1, Value::from("Cat")), (3, Value::from("Frog"))].into();
        let list = |values: &[&'static str]| {
            let values = values.iter().map(|value| FieldValue::Text((*value).into()));
            FieldValue::List(values.collect())
        };
        let same = |value: FieldValue<'_>, json: &str| {
            let raw = RawValue::from_string(json.to_owned()).expect("JSON");
            is_same("A", &value, &raw, std::slice::from_ref(&field))
        };
        assert!(same(
            list(&["frog", "Cat", "Cat"]),
            r#"{"1":"Cat","3":"Frog"}"#
        ));
        assert!(!same(list(&["Cat"]), r#"{"1":"Cat","3":"Frog"}"#));
        assert!(same(list(&[]), "null"));
        assert!(!same(list(&["Dog"]), "null"));
    }
}
