// Fields and items named like what generated code or the traits use.
#![allow(dead_code, non_camel_case_types, non_snake_case)]

use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    key: i64,
    row: i64,
    __row: i64,
    __index: i64,
    __value: i64,
    index: Option<i64>,
    de: bool,
    decode: bool,
    name: String,
    eq: String,
    filter: String,
    COLUMNS: String,
    FIELDS: String,
    r#type: String,
    r#match: Option<String>,
}

#[derive(CaspioView)]
#[caspio(view = "Types")]
struct r#type {
    r#struct: String,
}

fn main() {
    assert_eq!(Contact::COLUMNS.r#type.name(), "Type");
    assert_eq!(Contact::COLUMNS.eq.name(), "Eq");
    assert_eq!(Contact::COLUMNS.COLUMNS.name(), "COLUMNS");
    assert_eq!(r#type::COLUMNS.r#struct.name(), "Struct");
}
