// Records that write, in programs that deny what they can.
#![deny(warnings, unused_lifetimes, single_use_lifetimes, unused_qualifications, trivial_bounds)]
#![allow(dead_code)]

use caspio::Password;
use caspio::prelude::*;
use caspio::record::ToRow;

#[derive(CaspioTable)]
#[caspio(table = "Members")]
struct Member<'a, T> {
    #[caspio(pk)]
    pk_id: i64,
    email: &'a str,
    value: T,
    values: Option<T>,
    #[caspio(password)]
    secret: Password,
}

fn main() {
    let member = Member {
        pk_id: 1,
        email: "a@b.c",
        value: 5,
        values: None,
        secret: "x".into(),
    };
    assert_eq!(member.to_row().len(), 4);
}
