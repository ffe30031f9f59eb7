// Newtypes and enums as the types of columns: in functions, from macros, with any names, and without the prelude.
#![no_implicit_prelude]
#![allow(dead_code, non_camel_case_types)]

use ::caspio::prelude::CaspioValue;
use ::std::assert_eq;
use ::std::clone::Clone;
use ::std::convert::Into;
use ::std::string::ToString;

mod vendor {
    pub use ::caspio as database;
}

#[derive(Clone, CaspioValue)]
struct Ok(i64);

#[derive(CaspioValue)]
#[caspio(crate = "crate::vendor::database")]
struct Result {
    r#type: ::std::string::String,
}

#[derive(CaspioValue)]
struct None(::caspio::List<Some>);

#[derive(CaspioValue)]
enum Some {
    Some,
    None,
    r#match,
    #[caspio(rename = "")]
    Empty,
    #[caspio(other)]
    Err(::std::sync::Arc<::std::primitive::str>),
}

/// Written and never read: it borrows from the program, not from a page.
#[derive(CaspioValue)]
struct Label(&'static str);

/// Written and never read.
#[derive(CaspioValue)]
struct Secret(::caspio::Password);

#[derive(::caspio::CaspioTable)]
#[caspio(table = "Orders")]
struct Order {
    #[caspio(pk)]
    id: Ok,
    status: Some,
    earlier: None,
    note: Result,
}

#[derive(::caspio::CaspioInsert)]
#[caspio(table = Order)]
struct NewOrder {
    note: Label,
    status: Some,
}

macro_rules! values {
    ($($name:ident($ty:ty) { $($word:ident = $text:literal),* })*) => {$(
        mod $name {
            #[derive(::caspio::CaspioValue)]
            pub struct Id(pub $ty);

            #[derive(::caspio::CaspioValue)]
            pub enum Word {
                $(#[caspio(rename = $text)] $word,)*
            }
        }
    )*};
}

values! {
    one(i64) { A = "a", B = "b c" }
    two(::std::string::String) { C = "c" }
}

fn main() {
    #[derive(CaspioValue)]
    struct Local(u8);

    let c = Order::COLUMNS;
    assert_eq!(c.id.eq(Ok(7)).to_sql(), "PK_ID = 7");
    assert_eq!(c.id.eq(Local(7)).to_sql(), "PK_ID = 7");
    assert_eq!(c.id.eq(one::Id(7)).to_sql(), "PK_ID = 7");
    assert_eq!(c.status.eq(Some::r#match).to_sql(), "Status = N'match'");
    assert_eq!(c.status.eq(one::Word::B).to_sql(), "Status = N'b c'");
    assert_eq!(c.note.eq(Label("x")).to_sql(), "Note = N'x'");
    let text: ::std::string::String = two::Id("x".to_string()).into();
    assert_eq!(text, "x");
}
