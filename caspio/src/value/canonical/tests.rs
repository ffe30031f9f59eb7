//! Which values are the same.

use super::*;
use crate::dec;

fn same(value: FieldValue<'_>, json: &str, data_type: Option<DataType>) -> bool {
    let raw = RawValue::from_string(json.to_owned()).expect("JSON");
    is_stored_as(&value, &raw, data_type.as_ref())
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
    let currency = || Some(DataType::Currency);
    assert!(same(
        FieldValue::Decimal(dec!(1.23456)),
        "1.2346",
        currency()
    ));
    assert!(!same(FieldValue::Decimal(dec!(1.2345)), "1.2346", None));
    assert!(same(
        FieldValue::Number(0.30000000000000004),
        "0.3",
        Some(DataType::Currency)
    ));
}

#[test]
fn only_what_is_written_to_currency_is_rounded() {
    for (new, stored) in [
        (dec!(0), "0.00003"),
        (dec!(1.2346), "1.23456"),
        (dec!(12), "12.00004"),
        (dec!(0.00003), "0"),
        (dec!(1.23456), "1.2346"),
    ] {
        let new = || FieldValue::Decimal(new);
        assert!(!same(new(), stored, None), "{stored}");
        assert!(!same(new(), stored, Some(DataType::Number)), "{stored}");
    }
    let to_currency = |new, stored| {
        let new = FieldValue::Decimal(new);
        same(new, stored, Some(DataType::Currency))
    };
    assert!(to_currency(dec!(0.00003), "0"));
    assert!(to_currency(dec!(1.23455), "1.2345"));
    assert!(to_currency(dec!(1.23455), "1.2346"));
    assert!(!to_currency(dec!(1.23455), "1.2347"));
    assert!(!to_currency(dec!(0), "0.00003"));
    assert!(!to_currency(dec!(1.23456), "1.23457"));
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
fn dates_are_compared_in_steps_after_their_milliseconds() {
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
    let date = |text: &str| FieldValue::DateTime(text.parse().expect("a date"));
    for (milliseconds, step) in [
        ("001", "000"),
        ("002", "003"),
        ("608", "607"),
        ("609", "610"),
    ] {
        let one = date(&format!("2022-01-24T20:30:51.{milliseconds}"));
        assert_eq!(one, date(&format!("2022-01-24T20:30:51.{step}")));
    }
    assert_ne!(
        date("2022-01-24T20:30:51.003"),
        date("2022-01-24T20:30:51.007")
    );
    assert_eq!(
        date("2022-01-24T23:59:59.999"),
        date("2022-01-24T23:59:59.997")
    );
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
fn null_may_read_back_as_a_blank_text_or_as_no() {
    assert!(same(FieldValue::Null, "\"\"", None));
    assert!(same(FieldValue::Null, "false", None));
    assert!(same(FieldValue::Text("".into()), "null", None));
    let date = Some(DataType::DateTime);
    assert!(!same(FieldValue::Text("".into()), "null", date));
}

#[test]
fn null_is_null_and_text_is_text() {
    assert!(same(FieldValue::Null, "null", None));
    assert!(!same(FieldValue::Null, "0", None));
    assert!(!same(FieldValue::Null, "true", None));
    assert!(same(
        FieldValue::Text("a\"\u{e9}".into()),
        "\"a\\\"\\u00e9\"",
        None
    ));
    assert!(!same(FieldValue::Text("A".into()), "\"a\"", None));
    assert!(same(FieldValue::Bool(true), "true", None));
    assert!(!same(FieldValue::Bool(true), "null", None));
}

fn read(json: &str, data_type: Option<&DataType>) -> Option<CanonicalKey> {
    let raw = RawValue::from_string(json.to_owned()).expect("JSON");
    CanonicalKey::read(&raw, data_type)
}

#[test]
fn a_written_key_equals_the_key_that_is_read_back() {
    let at: DateTime = "2022-01-24T20:30:51".parse().expect("a date");
    for (written, json) in [
        (FieldValue::Text("A@b.C ".into()), "\"a@B.c\""),
        (FieldValue::Integer(7), "7"),
        (FieldValue::Integer(7), "7.0"),
        (FieldValue::Number(0.1), "0.1"),
        (FieldValue::Number(1e30), "1E+30"),
        (FieldValue::Decimal(dec!(1.50)), "1.5"),
        (
            FieldValue::Text("2022-01-24T20:30:51 ".into()),
            "\"2022-01-24T20:30:51\"",
        ),
    ] {
        let key = CanonicalKey::of(&written, None);
        assert!(key.is_some());
        assert_eq!(key, read(json, None), "{json}");
    }
    let date = Some(&DataType::DateTime);
    let read = read("\"2022-01-24T20:30:51\"", date);
    assert_eq!(CanonicalKey::of(&FieldValue::DateTime(at), date), read);
}

#[test]
fn keys_are_compared_by_the_type_of_the_column() {
    let currency = Some(&DataType::Currency);
    let amount = |amount| CanonicalKey::of(&FieldValue::Decimal(amount), currency);
    assert_eq!(amount(dec!(1.00003)), read("1.0000", currency));
    assert_eq!(
        amount(dec!(1.00005)),
        None,
        "either neighbour may be stored"
    );
    let number = Some(&DataType::Number);
    let text = CanonicalKey::of(&FieldValue::Text("7.0".into()), number);
    assert_eq!(text, read("7", number));
    let large = CanonicalKey::of(&FieldValue::Integer(9_007_199_254_740_993), number);
    assert_eq!(large, read("9007199254740992", number));
    let text255 = Some(&DataType::Text255);
    let seven = CanonicalKey::of(&FieldValue::Text("7.0".into()), text255);
    assert_ne!(seven, read("\"7\"", text255));
}

#[test]
fn keys_of_different_values_differ() {
    let key = |value: FieldValue<'_>| CanonicalKey::of(&value, None);
    assert_ne!(key(FieldValue::Text("é".into())), read("\"e\"", None));
    assert_ne!(key(FieldValue::Integer(7)), read("7.5", None));
    assert_eq!(read("null", None), None);
    assert_eq!(key(FieldValue::Null), None);
}

#[test]
fn the_type_of_the_column_decides_whether_a_text_key_is_a_date() {
    let text = |text: &'static str| FieldValue::Text(text.into());
    let read_back = "\"2022-01-24T10:00:00\"";
    for spelled in ["2022-01-24 10:00:00", "2022-01-24T10:00:00.000"] {
        let date = Some(&DataType::DateTime);
        assert_eq!(
            CanonicalKey::of(&text(spelled), date),
            read(read_back, date)
        );
        let plain = Some(&DataType::Text255);
        assert_ne!(
            CanonicalKey::of(&text(spelled), plain),
            read(read_back, plain)
        );
    }
}

#[test]
fn an_amount_never_equals_null_or_text() {
    for data_type in [None, Some(DataType::Currency), Some(DataType::Number)] {
        for value in [
            FieldValue::Number(2.5),
            FieldValue::Decimal(dec!(2.5)),
            FieldValue::Integer(2),
        ] {
            assert!(!same(value.clone(), "null", data_type.clone()));
            assert!(!same(value, "\"x\"", data_type.clone()));
        }
    }
}

#[test]
fn equal_numbers_of_different_types_are_equal() {
    assert_eq!(FieldValue::Integer(5), FieldValue::Decimal(dec!(5.00)));
    assert_eq!(FieldValue::Number(2.5), FieldValue::Decimal(dec!(2.5)));
    assert_eq!(FieldValue::Number(5.0), FieldValue::Integer(5));
    assert_ne!(FieldValue::Integer(5), FieldValue::Decimal(dec!(5.01)));
    assert_ne!(FieldValue::Integer(0), FieldValue::Null);
    assert_ne!(
        FieldValue::Decimal(dec!(1.23456)),
        FieldValue::Decimal(dec!(1.2346))
    );
}
