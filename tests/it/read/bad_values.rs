//! A value that a record cannot hold is an error that names the table, the record, the column and the value.

use caspio::field::{Any, FieldValue, ToValue};
use caspio::prelude::*;
use caspio::record::{CaspioTable, DecodeOwned};
use caspio::{Error, ErrorKind};
use caspio_tests::scripted::client_of_records;
use std::fmt::Debug;

#[derive(Debug, CaspioTable)]
#[caspio(table = "Values")]
struct Values {
    #[caspio(pk)]
    pk_id: i64,
    text: String,
    number: f64,
    whole: i64,
    amount: Decimal,
    at: DateTime,
    yes: bool,
    list: List<String>,
    maybe: Option<f32>,
}

#[derive(Debug, CaspioTable)]
#[caspio(table = "Values")]
struct WithoutKey {
    text: String,
}

#[derive(Debug, PartialEq, CaspioTable)]
#[caspio(table = "Values")]
struct Blank {
    number: Option<f64>,
    short: Option<f32>,
    whole: Option<i32>,
    amount: Option<Decimal>,
    #[caspio(default)]
    count: u8,
}

const GOOD: &str = r#"{"PK_ID":1,"Text":"a","Number":1.5,"Whole":2,"Amount":3.25,"At":"2024-01-02T03:04:05","Yes":true,"List":{"1":"x"},"Maybe":null}"#;

async fn error_of<R: CaspioTable + DecodeOwned + Debug>(records: String) -> Error {
    let caspio = client_of_records(records);
    caspio
        .table::<R>()
        .collect()
        .await
        .expect_err("a bad value")
}

/// Two records, the second with another value in a column.
async fn error_with(column: &str, value: &str) -> Error {
    let start = GOOD.find(&format!("\"{column}\":")).expect("the column") + column.len() + 3;
    let rest = &GOOD[start..];
    let end = match column {
        "List" => rest.find('}').expect("its end") + 1,
        _ => rest.find([',', '}']).expect("its end"),
    };
    let bad =
        format!("{}{value}{}", &GOOD[..start], &rest[end..]).replace("\"PK_ID\":1", "\"PK_ID\":2");
    error_of::<Values>(format!("[{GOOD},{bad}]")).await
}

#[tokio::test]
async fn every_kind_of_bad_value_is_named_with_its_record_and_column() {
    for (column, value) in [
        ("Text", r#""cut \ud83d""#),
        ("Text", r#""\udc00""#),
        ("Text", "5"),
        ("Text", "null"),
        ("Number", "1e999"),
        ("Number", r#""1""#),
        ("Number", r#""""#),
        ("Number", "true"),
        ("Whole", "1e999"),
        ("Whole", "1.5"),
        ("Whole", "9223372036854775808"),
        ("Whole", "9007199254740992.0"),
        ("Whole", "9007199254740993.0"),
        ("Whole", r#""""#),
        ("Amount", "1e999"),
        ("Amount", "79228162514264337593543950336"),
        ("Amount", "0.12345678901234567890123456789012345"),
        ("Amount", r#""1_000""#),
        ("Amount", r#""""#),
        ("Amount", "[1]"),
        ("At", r#""2024-13-01T00:00:00""#),
        ("At", r#""""#),
        ("At", r#""2024-01-01T00:00:00Z""#),
        ("At", "1"),
        ("Yes", r#""true""#),
        ("Yes", "1"),
        ("List", r#"{"1":"\ud83d"}"#),
        ("List", r#"{"1":2}"#),
        ("List", r#""x""#),
        ("Maybe", "1e39"),
        ("Maybe", "1e999"),
        ("Maybe", r#""x""#),
    ] {
        let error = error_with(column, value).await;
        let context = format!("{column} {value}: {error} {:?}", error.hint());
        assert_eq!(error.kind(), ErrorKind::Decode, "{context}");
        assert_eq!(error.resource(), Some("table \"Values\""), "{context}");
        assert_eq!(error.key(), Some("PK_ID 2"), "{context}");
        assert_eq!(error.operation(), Some("records.list"), "{context}");
        assert_eq!(error.field(), Some(column), "{context}");
        assert!(error.to_string().contains(value), "{context}");
        assert!(error.hint().is_some(), "{context}");
    }
}

#[tokio::test]
async fn a_blank_number_without_an_option_suggests_one() {
    for column in ["Number", "Whole", "Amount"] {
        let error = error_with(column, r#""""#).await;
        assert!(
            error.hint().is_some_and(|hint| hint.contains("Option<")),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_bad_value_in_a_record_without_a_fixed_shape_is_named_too() {
    let caspio = client_of_records(r#"[{"PK_ID":1,"A":"x"},{"A":"y","B":"\ud83d","PK_ID":2}]"#);

    let error = caspio
        .table_named("Values")
        .collect()
        .await
        .expect_err("a lone surrogate");

    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    assert_eq!((error.key(), error.field()), (Some("PK_ID 2"), Some("B")));
}

#[tokio::test]
async fn a_key_of_a_wrong_type_does_not_blame_the_column_before_it() {
    for key in ["true", "1.5", "[7]", "99999999999999999999"] {
        let records = format!(r#"[{{"Text":"fine","PK_ID":1}},{{"Text":"good","PK_ID":{key}}}]"#);
        let error = error_of::<WithoutKey>(records).await;
        assert_eq!(error.field(), Some("PK_ID"), "{error}");
        assert_eq!(error.key(), None, "{error}");
        assert!(error.message().contains("record 2 of its page"), "{error}");
        assert!(error.to_string().contains(key), "{error}");
    }
}

#[tokio::test]
async fn responses_that_are_not_records_are_protocol_errors() {
    for records in [
        r#"[{"Text":"a","PK_ID":1},null]"#,
        r#"[{"Text":"a","PK_ID":1},"b"]"#,
        r#"[{"Text":"a","PK_ID":1},{"\ud83d":"b"}]"#,
        r#"[{"Text":"a","PK_ID":1},{"Text":"b","PK_ID":2}"#,
        r#"[{"Text":"a","PK_ID":1},{"Text":"b" "PK_ID":2}]"#,
        r#"[{"Text":"a","PK_ID":1}],"result":[{"Text":"b","PK_ID":2}]"#,
        r#"{"Text":"a","PK_ID":1}"#,
        "null",
        "",
    ] {
        let error = error_of::<WithoutKey>(records.to_owned()).await;
        assert_eq!(error.kind(), ErrorKind::Protocol, "{records}: {error}");
        assert_eq!(error.resource(), Some("table \"Values\""), "{records}");
    }
}

#[tokio::test]
async fn a_blank_number_is_read_as_null() {
    let records = r#"[{"Number":"","Short":"","Whole":"","Amount":"","Count":"","PK_ID":1},
        {"Number":null,"Short":null,"Whole":null,"Amount":null,"Count":null,"PK_ID":2},
        {"Number":1,"Short":0.5,"Whole":2.0,"Amount":0.10,"Count":3,"PK_ID":3}]"#;

    let read = client_of_records(records).table::<Blank>().collect().await;

    let blank = || Blank {
        number: None,
        short: None,
        whole: None,
        amount: None,
        count: 0,
    };
    let full = Blank {
        number: Some(1.0),
        short: Some(0.5),
        whole: Some(2),
        amount: Some(dec!(0.10)),
        count: 3,
    };
    assert_eq!(read.expect("the records"), [blank(), blank(), full]);
}

#[test]
fn lists_are_equal_when_they_hold_the_same_values_equally_often() {
    let list = |values: &[&str]| -> FieldValue<'static> {
        let list: List<String> = values.iter().map(ToString::to_string).collect();
        list.to_value().into_owned()
    };
    for (a, b, equal) in [
        (&["x", "x"][..], &["x", "y"][..], false),
        (&["x", "x", "y"], &["x", "y", "y"], false),
        (&["x", "y", "x"], &["y", "x", "x"], true),
        (&[], &[], true),
        (&["x"], &[], false),
    ] {
        assert_eq!(list(a) == list(b), equal, "{a:?} {b:?}");
        assert_eq!(list(b) == list(a), equal, "{b:?} {a:?}");
    }
    let any = Any::from(vec!["x", "x"]);
    assert_ne!(any.to_value(), list(&["x", "y"]));
}
