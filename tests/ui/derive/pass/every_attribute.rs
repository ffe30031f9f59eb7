// Every attribute and every combination that makes sense.
#![allow(dead_code)]

use caspio::prelude::*;

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "My Contacts")]
#[caspio(rename_all = "PascalCase", crate = "caspio",)]
#[caspio()]
struct Contact {
    #[caspio(pk, read_only)]
    number: u32,
    #[caspio(rename = "E-Mail Address")]
    email: String,
    #[caspio(read_only, default)]
    total: Option<Decimal>,
    #[caspio(rename = "Visits")]
    #[caspio(default = "one")]
    visits: i64,
    #[caspio(rename = "Score", read_only, with = "number", default = "one")]
    score: i64,
    #[caspio(with = "number")]
    level: i64,
    #[caspio(skip)]
    selected: bool,
    #[caspio(skip, default = "Vec::new")]
    notes: Vec<std::time::Instant>,
    #[caspio {rename = "Braces"}]
    braces: bool,
}

mod number {
    pub fn deserialize<'de, D: serde::Deserializer<'de>>(value: D) -> Result<i64, D::Error> {
        serde::Deserialize::deserialize(value)
    }
}

fn one() -> i64 {
    1
}

fn main() {
    assert_eq!(Contact::COLUMNS.number.name(), "PK_ID");
    assert_eq!(Contact::COLUMNS.level.name(), "Level");
}
