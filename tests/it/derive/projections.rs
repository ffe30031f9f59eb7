//! Projections: the columns they read and the values they compute.

use caspio::codegen_support::decode_row;
use caspio::prelude::*;
use caspio::record::{FieldInfo, Origin, Record, Source};
use std::borrow::Cow;

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
#[allow(dead_code, reason = "only the columns matter")]
struct Contact {
    #[caspio(pk)]
    number: i64,
    #[caspio(rename = "Town")]
    city: String,
    r#type: Option<String>,
    age: Option<i32>,
    balance: Option<Decimal>,
    joined: Option<DateTime>,
    tags: List<String>,
    #[caspio(with = "anything")]
    waited: std::time::Duration,
}

mod anything {
    use serde::{Deserialize, Deserializer};

    pub(super) fn deserialize<'de, T: Default, D>(value: D) -> Result<T, D::Error>
    where
        D: Deserializer<'de>,
    {
        serde::de::IgnoredAny::deserialize(value).map(|_| T::default())
    }
}

#[derive(Debug, PartialEq, CaspioRecord)]
#[caspio(of = Contact)]
struct Short<'a> {
    #[caspio(pk)]
    id: i64,
    #[caspio(column = city)]
    town: Option<Cow<'a, str>>,
    r#type: &'a str,
    #[caspio(default)]
    age: i64,
    tags: List<String>,
    #[caspio(with = "anything")]
    waited: u8,
    #[caspio(skip)]
    chosen: bool,
}

#[derive(Debug, PartialEq, CaspioRecord)]
#[caspio(of = Contact, rename_all = "PascalCase")]
struct PerCity {
    city: String,
    #[caspio(count)]
    people: u64,
    #[caspio(count = joined)]
    with_date: i32,
    #[caspio(sum = balance)]
    sum_of_balances: Option<Decimal>,
    #[caspio(sum = age)]
    years: Option<i64>,
    #[caspio(avg = age, rename = "Mean")]
    age: Option<f64>,
    #[caspio(min = joined)]
    first: Option<Date>,
    #[caspio(max = r#type)]
    last_type: Option<String>,
    #[caspio(expr = "YEAR(MAX(Joined))")]
    latest: Option<i32>,
    #[caspio(max = balance, with = "anything")]
    most: u8,
}

#[derive(Debug, PartialEq, CaspioRecord)]
#[caspio(of = Named<i64, String>)]
struct Part<T> {
    value: T,
    #[caspio(max = name)]
    name: T,
}

#[derive(Debug, PartialEq, CaspioTable)]
#[caspio(table = "Values")]
struct Named<T, U> {
    value: T,
    name: U,
}

fn sql(info: &FieldInfo) -> String {
    match info.origin {
        Origin::Column => info.name.to_owned(),
        Origin::Expression(sql) => format!("{sql} AS {}", info.name),
        Origin::Aggregate { function, column } => format!("{function}({column}) AS {}", info.name),
        _ => unreachable!("an origin of another kind"),
    }
}

fn columns<R: Record>() -> Vec<String> {
    R::FIELDS.iter().map(sql).collect()
}

#[test]
fn columns_have_the_names_that_the_table_gives_them() {
    assert_eq!(
        columns::<Short<'_>>(),
        ["PK_ID", "Town", "Type", "Age", "Tags", "Waited"],
    );
}

#[test]
fn computed_columns_have_names_of_their_own() {
    assert_eq!(
        columns::<PerCity>(),
        [
            "Town",
            "COUNT() AS People",
            "COUNT(Joined) AS WithDate",
            "SUM(Balance) AS SumOfBalances",
            "SUM(Age) AS Years",
            "AVG(Age) AS Mean",
            "MIN(Joined) AS First",
            "MAX(Type) AS LastType",
            "YEAR(MAX(Joined)) AS Latest",
            "MAX(Balance) AS Most",
        ],
    );
}

#[test]
fn a_projection_has_the_source_of_its_table() {
    fn source<R: Record>() -> &'static str {
        R::Source::NAME
    }

    assert_eq!(source::<PerCity>(), "Contacts");
    assert_eq!(source::<Short<'_>>(), "Contacts");
    assert_eq!(source::<Part<i64>>(), "Values");
}

#[test]
fn a_projection_is_read_like_any_record() {
    let row = r#"{"Town":"Rome","People":3,"WithDate":2,"SumOfBalances":1.50,"Years":null,
        "Mean":40,"First":"2024-02-29T00:00:00","LastType":"x","Latest":2024,"Most":1}"#;

    let rome = decode_row::<PerCity>(row).expect("a record");

    assert_eq!(
        (rome.city.as_str(), rome.people, rome.with_date),
        ("Rome", 3, 2)
    );
    assert_eq!(rome.sum_of_balances, Some(dec!(1.50)));
    assert_eq!((rome.years, rome.age), (None, Some(40.0)));
    assert_eq!((rome.latest, rome.most), (Some(2024), 0));
    assert_eq!(rome.last_type.as_deref(), Some("x"));
    assert_eq!(rome.first, Some(Date::constant(2024, 2, 29)));
}

#[test]
fn fields_list_the_kinds_their_types_hold() {
    let fields = PerCity::FIELDS;

    assert_eq!(fields[1].member, "people");
    assert_eq!((fields[1].rust_type, fields[1].nullable), ("u64", false));
    assert_eq!(
        (fields[3].rust_type, fields[3].nullable),
        ("Option<Decimal>", true)
    );
    assert!(Short::FIELDS[3].nullable, "it has a default");
}

#[test]
fn a_projection_may_be_generic() {
    assert_eq!(columns::<Part<String>>(), ["Value", "MAX(Name) AS Name"]);
}

#[test]
fn a_projection_knows_its_key() {
    let row = r#"{"PK_ID":7,"Town":"Rome","Type":"x","Age":null,"Tags":null,"Waited":1}"#;

    let short = decode_row::<Short<'_>>(row).expect("a record");

    assert_eq!(short.key(), Some(Key::Id(7)));
    assert_eq!((short.town.as_deref(), short.r#type), (Some("Rome"), "x"));
    assert_eq!((short.age, short.chosen, short.waited), (0, false, 0));
    assert!(short.tags.is_empty());
}
