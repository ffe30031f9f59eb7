// A type of the user's own as a field, and as a value that columns are compared with.
use caspio::field::{Field, FieldType, kind};
use caspio::filter::ToLiteral;
use caspio::filter::literal::Literal;
use caspio::prelude::*;
use serde::de::{Deserializer, Error};

#[derive(Clone, Copy, Debug)]
enum Status {
    Open,
    Closed,
}

impl Status {
    fn name(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Closed => "Closed",
        }
    }
}

impl FieldType for Status {
    type Kind = kind::Text;
    type Value = Self;
    const EXPECTED: &'static str = "`Open` or `Closed`";
}

impl<'de> Field<'de> for Status {
    fn read<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        match String::read(value)?.as_str() {
            "Open" => Ok(Self::Open),
            "Closed" => Ok(Self::Closed),
            other => Err(D::Error::custom(format!("unknown status {other:?}"))),
        }
    }
}

impl ToLiteral<kind::Text> for Status {
    fn to_literal(&self) -> Literal {
        Literal::text(self.name())
    }
}

#[derive(CaspioTable)]
#[caspio(table = "Orders")]
#[allow(dead_code)]
struct Order {
    status: Status,
    former: Option<Status>,
    note: String,
}

#[derive(CaspioRecord)]
#[caspio(of = Order)]
#[allow(dead_code)]
struct Part {
    status: Option<Status>,
    #[caspio(max = former)]
    last: Option<String>,
    note: Status,
}

fn main() {
    let c = Order::COLUMNS;
    let filter = c.status.eq(Status::Open)
        & c.former.in_([Status::Open, Status::Closed])
        & c.note.ne(&Status::Closed)
        & c.status.like("O%")
        & c.status.eq("Open");
    assert!(filter.to_sql().starts_with("Status = N'Open' AND Former IN"));
}
