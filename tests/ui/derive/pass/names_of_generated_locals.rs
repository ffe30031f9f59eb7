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

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
struct Row<'p, __T, A: 'p, const __N: usize> {
    __columns: &'p str,
    columns: __T,
    at: Option<A>,
    #[caspio(skip)]
    __x: std::marker::PhantomData<[u8; __N]>,
}

#[derive(CaspioRecord)]
#[caspio(of = Row<'static, i64, Option<bool>, 3>)]
struct Part<'x, const N: usize> {
    __columns: &'x str,
    #[caspio(sum = columns)]
    columns: i64,
}

#[derive(CaspioRecord)]
#[caspio(of = r#type)]
struct r#match<'r#fn> {
    r#struct: &'r#fn str,
    #[caspio(max = r#struct)]
    r#loop: String,
}

fn main() {
    assert_eq!(Contact::COLUMNS.r#type.name(), "Type");
    assert_eq!(Contact::COLUMNS.eq.name(), "Eq");
    assert_eq!(Contact::COLUMNS.COLUMNS.name(), "COLUMNS");
    assert_eq!(Row::<i64, i64, 3>::COLUMNS.__columns.name(), "__Columns");
    assert_eq!(r#type::COLUMNS.r#struct.name(), "Struct");
}
