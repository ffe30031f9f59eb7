//! Conditions: T-SQL of a program's own that a write is restricted by, and values in conditions.
//!
//! A condition that obviously holds for every record is not sent; a value stays one constant.
#![cfg_attr(fuzzing, no_main)]

use caspio::ApiVersion;
use caspio::filter::{Filter, column_named};
use caspio::prelude::*;
use caspio_fuzz::checks::{in_proportion, lines};
use caspio_fuzz::responses::{self, Service};
use caspio_tsql::is_tautology;

/// A table with a column of each kind that the guard knows.
#[derive(Debug, CaspioTable)]
#[caspio(table = "Contacts")]
#[allow(dead_code)]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    name: Option<String>,
    active: bool,
    age: Option<i32>,
    balance: Option<Decimal>,
    joined: Option<DateTime>,
}

caspio_fuzz::target!(run);

fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };

    let service = Service::of(b"{\"RecordsAffected\":0}");
    let client = responses::client(&service, ApiVersion::V3);
    let deleted = in_proportion(input, || {
        responses::run(async { client.table::<Contact>().delete_where_raw(text, ()).await })
    });

    if let Err(error) = deleted {
        lines(&error);
    }
    if !service.seen().is_empty() {
        assert!(!is_tautology(text), "{text:?} was sent, and always holds");
    }
    check_value(text);
}

/// The constant of a text is one constant, equal to itself.
fn check_value(text: &str) {
    let condition: Filter<Contact> = column_named::<String>("Name").eq(text);
    let condition = condition.to_sql();
    let Some(constant) = condition.strip_prefix("[Name] = ") else {
        return;
    };
    assert!(
        is_tautology(&format!("{constant} = {constant}")),
        "{constant}"
    );
}
