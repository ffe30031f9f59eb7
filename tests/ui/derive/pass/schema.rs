// Structs that fit the account's schema.
#![deny(warnings)]
#![allow(dead_code)]

use caspio::Password;
use caspio::prelude::*;
use caspio::record::Source;

#[derive(CaspioTable)]
#[caspio(
    table = "contacts",
    schema = "../../../../tests/ui/schemas/account.json"
)]
struct Contact<'a, T> {
    #[caspio(pk)]
    pk_id: i64,
    code: &'a str,
    email: Option<String>,
    #[caspio(default)]
    age: i64,
    balance: Option<Decimal>,
    score: Option<i32>,
    active: bool,
    joined: T,
    tags: List<String>,
    #[caspio(password)]
    secret: Password,
    #[caspio(read_only)]
    total: serde_json::Value,
    #[caspio(read_only)]
    guid: String,
    #[caspio(skip)]
    colour: String,
}

#[derive(CaspioView)]
#[caspio(
    view = "Recent",
    schema = "../../../../tests/ui/schemas/account.json"
)]
struct Recent {
    #[caspio(pk)]
    pk_id: String,
    #[caspio(rename = "contacts_email", read_only)]
    email: Option<String>,
}

#[derive(CaspioInsert)]
#[caspio(table = Contact<'static, DateTime>)]
struct NewContact<'a> {
    code: &'a str,
}

#[derive(CaspioTable)]
#[caspio(table = "Nowhere", schema = false)]
struct Unchecked {
    email: String,
}

fn main() {
    assert_eq!(Contact::<DateTime>::REQUIRED, ["Code"]);
    assert!(Recent::REQUIRED.is_empty());
}
