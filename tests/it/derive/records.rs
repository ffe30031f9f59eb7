//! Derived records: their metadata, and how they read a row.

use caspio::codegen_support::decode_row;
use caspio::prelude::*;
use caspio::record::{FieldInfo, ObjectKind, Record, Source};

#[derive(Debug, PartialEq, CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    number: i64,
    first_name: String,
    #[caspio(rename = "E_Mail")]
    email: Option<String>,
    #[caspio(read_only)]
    lifetime_value: Option<f64>,
    #[caspio(default)]
    visits: i64,
    #[caspio(default = "seven")]
    weight: i64,
    #[caspio(with = "minutes")]
    waited: std::time::Duration,
    #[caspio(with = "minutes", default, read_only)]
    rested: std::time::Duration,
    #[caspio(skip)]
    selected: bool,
    #[caspio(skip, default = "seven")]
    place: i64,
}

#[derive(Debug, PartialEq, CaspioView)]
#[caspio(view = "Order Details")]
struct Detail {
    #[caspio(pk)]
    id: String,
    total: f64,
}

#[derive(Debug, PartialEq, CaspioTable)]
#[caspio(table = "Contacts")]
struct WithoutKey {
    email: Option<String>,
}

mod minutes {
    use serde::{Deserialize, Deserializer};
    use std::time::Duration;

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(value: D) -> Result<Duration, D::Error> {
        u64::deserialize(value).map(|minutes| Duration::from_secs(60 * minutes))
    }
}

fn seven() -> i64 {
    7
}

const ROW: &str = r#"{"PK_ID":12,"First_Name":"Ada","E_Mail":"a@b.c","Lifetime_Value":1.5,
    "Visits":3,"Weight":4,"Waited":5,"Rested":6}"#;

fn ada() -> Contact {
    Contact {
        number: 12,
        first_name: "Ada".to_owned(),
        email: Some("a@b.c".to_owned()),
        lifetime_value: Some(1.5),
        visits: 3,
        weight: 4,
        waited: std::time::Duration::from_secs(300),
        rested: std::time::Duration::from_secs(360),
        selected: false,
        place: 7,
    }
}

fn info(column: &str) -> FieldInfo {
    let mut fields = Contact::FIELDS.iter();
    *fields.find(|field| field.name == column).expect(column)
}

#[test]
fn a_row_becomes_a_record() {
    assert_eq!(decode_row::<Contact>(ROW), Ok(ada()));
}

#[test]
fn columns_match_in_any_order_and_case_among_unknown_ones() {
    let row = r#"{"rested":6,"Password":null,"WEIGHT":4,"visits":3,"Tags":{"1":"Cat"},
        "lifetime_value":1.5,"e_mail":"a@b.c","first_name":"Ada","Waited":5,"pk_id":12}"#;

    assert_eq!(decode_row::<Contact>(row), Ok(ada()));
}

#[test]
fn null_is_none_or_the_default() {
    let row = r#"{"PK_ID":12,"First_Name":"Ada","E_Mail":null,"Lifetime_Value":null,
        "Visits":null,"Weight":null,"Waited":5,"Rested":null}"#;

    let contact = decode_row::<Contact>(row).expect("a record");

    assert_eq!(contact.email, None);
    assert_eq!(contact.lifetime_value, None);
    assert_eq!(contact.visits, 0);
    assert_eq!(contact.weight, 7);
    assert_eq!(contact.rested, std::time::Duration::ZERO);
}

#[test]
fn a_column_with_a_default_may_be_missing() {
    let row = r#"{"PK_ID":12,"First_Name":"Ada","E_Mail":null,"Lifetime_Value":null,"Waited":5}"#;

    let contact = decode_row::<Contact>(row).expect("a record");

    assert_eq!((contact.visits, contact.weight), (0, 7));
    assert_eq!(contact.rested, std::time::Duration::ZERO);
}

#[test]
fn any_other_missing_column_is_an_error_that_names_it() {
    for (without, column) in [
        (r#""PK_ID":12,"#, "PK_ID"),
        (r#""First_Name":"Ada","#, "First_Name"),
        (r#""E_Mail":"a@b.c","#, "E_Mail"),
        (r#""Waited":5,"#, "Waited"),
    ] {
        let row = ROW.replace(without, "");

        let error = decode_row::<Contact>(&row).expect_err(column);

        assert!(error.starts_with(&format!("{column}: missing")), "{error}");
    }
}

#[test]
fn a_value_that_does_not_fit_is_an_error_that_names_its_column() {
    for (right, wrong, column) in [
        (r#""PK_ID":12"#, r#""PK_ID":null"#, "PK_ID"),
        (r#""First_Name":"Ada""#, r#""First_Name":1"#, "First_Name"),
        (r#""Visits":3"#, r#""Visits":"three""#, "Visits"),
        (r#""Waited":5"#, r#""Waited":-5"#, "Waited"),
        (r#""Waited":5"#, r#""Waited":null"#, "Waited"),
    ] {
        let row = ROW.replace(right, wrong);

        let error = decode_row::<Contact>(&row).expect_err(column);

        assert!(error.starts_with(&format!("{column}: ")), "{error}");
    }
}

#[test]
fn the_last_of_a_repeated_column_counts() {
    let row = r#"{"PK_ID":"1,2","Total":1,"Total":2}"#;

    let detail = decode_row::<Detail>(row).expect("a record");

    assert_eq!(detail.total.to_bits(), 2.0_f64.to_bits());
}

#[test]
fn a_record_knows_its_key() {
    let detail = decode_row::<Detail>(r#"{"PK_ID":"7,12","Total":1}"#).expect("a record");
    let without = decode_row::<WithoutKey>(r#"{"PK_ID":1,"Email":null}"#).expect("a record");

    assert_eq!(ada().key(), Some(Key::Id(12)));
    assert_eq!(detail.key(), Some(Key::Text("7,12".to_owned())));
    assert_eq!(without.key(), None);
}

#[test]
fn a_struct_is_bound_to_its_source() {
    assert_eq!(<Contact as Source>::NAME, "Contacts");
    assert_eq!(<Contact as Source>::KIND, ObjectKind::Table);
    assert_eq!(<Detail as Source>::NAME, "Order Details");
    assert_eq!(<Detail as Source>::KIND, ObjectKind::View);
}

#[test]
fn fields_are_the_columns_in_their_order() {
    let names: Vec<_> = Contact::FIELDS.iter().map(|field| field.name).collect();
    let members: Vec<_> = Contact::FIELDS.iter().map(|field| field.member).collect();

    assert_eq!(
        names,
        [
            "PK_ID",
            "First_Name",
            "E_Mail",
            "Lifetime_Value",
            "Visits",
            "Weight",
            "Waited",
            "Rested",
        ],
    );
    assert_eq!(members[0], "number");
    assert_eq!(members[2], "email");
}

#[test]
fn fields_list_the_kinds_their_types_hold() {
    let email = info("E_Mail");
    assert_eq!(
        (email.rust_type, email.expected),
        ("Option<String>", "text")
    );

    let waited = info("Waited");
    assert_eq!(waited.rust_type, "std::time::Duration");
    assert_eq!(waited.expected, "a value");
}

#[test]
fn fields_report_whether_they_accept_null() {
    let nullable: Vec<_> = Contact::FIELDS
        .iter()
        .filter(|field| field.nullable)
        .map(|field| field.name)
        .collect();

    assert_eq!(
        nullable,
        ["E_Mail", "Lifetime_Value", "Visits", "Weight", "Rested"],
    );
}

#[test]
fn fields_report_whether_they_are_written() {
    let read_only: Vec<_> = Contact::FIELDS
        .iter()
        .filter(|field| field.read_only)
        .map(|field| field.name)
        .collect();

    assert_eq!(read_only, ["PK_ID", "Lifetime_Value", "Rested"]);
}

#[test]
fn the_columns_are_those_of_the_trait() {
    assert_eq!(
        Contact::COLUMNS.email.name(),
        <Contact as Source>::COLUMNS.email.name(),
    );
    assert_eq!(Contact::COLUMNS.number.name(), "PK_ID");
}

#[test]
fn columns_print_their_names() {
    assert_eq!(
        format!("{:?}", Detail::COLUMNS),
        r#"DetailColumns {"PK_ID", "Total"}"#,
    );
}
