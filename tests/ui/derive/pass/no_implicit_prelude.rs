// Structs named like the prelude's items, where the prelude is not there.
#![no_implicit_prelude]
#![allow(dead_code)]

use ::caspio::{CaspioRecord, CaspioTable, CaspioView};

struct Some;
struct None;
struct Ok;
struct Err;

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
struct Option {
    #[caspio(pk)]
    pk_id: i64,
    email: ::std::string::String,
    balance: ::std::option::Option<i64>,
    #[caspio(default)]
    visits: i64,
    #[caspio(default = "three", with = "number")]
    weight: i64,
    #[caspio(with = "number")]
    height: i64,
    #[caspio(skip)]
    selected: bool,
}

#[derive(CaspioView)]
#[caspio(view = "Contacts")]
struct String {
    #[caspio(pk)]
    pk_id: ::std::string::String,
}

#[derive(CaspioView)]
#[caspio(view = "Contacts")]
struct Result {
    email: bool,
}

#[derive(CaspioView)]
#[caspio(view = "Contacts")]
struct Default {
    #[caspio(default)]
    email: bool,
}

#[derive(CaspioView)]
#[caspio(view = "Contacts")]
struct Column {
    email: bool,
}

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
struct Vec<'a, T> {
    name: &'a str,
    #[caspio(default)]
    value: T,
    #[caspio(with = "number")]
    height: i64,
}

#[derive(CaspioRecord)]
#[caspio(of = Option)]
struct Iterator<'a> {
    email: &'a str,
    #[caspio(count)]
    people: i64,
    #[caspio(sum = balance, with = "number")]
    balance: i64,
    #[caspio(skip)]
    selected: bool,
}

mod number {
    pub(super) fn deserialize<'de, D: ::serde::Deserializer<'de>>(
        value: D,
    ) -> ::std::result::Result<i64, D::Error> {
        ::serde::Deserialize::deserialize(value)
    }
}

fn three() -> i64 {
    3
}

fn main() {}
