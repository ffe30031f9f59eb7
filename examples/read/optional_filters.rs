//! Conditions that depend on the user's input, as in a search form.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::Table;
use caspio::prelude::*;

#[derive(Debug, CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    first_name: String,
    city: Option<String>,
    balance: Option<Decimal>,
    active: bool,
}

/// The fields of a search form; those left empty do not restrict the search.
#[derive(Debug, Default)]
struct Search {
    city: Option<String>,
    min_balance: Option<Decimal>,
    active: Option<bool>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::connect().await?;
    let contacts = connection.caspio.table::<Contact>();

    for search in [
        Search::default(),
        Search {
            city: Some("Oslo".to_owned()),
            ..Search::default()
        },
        Search {
            min_balance: Some(dec!(1000)),
            active: Some(true),
            ..Search::default()
        },
    ] {
        let count = find(&contacts, &search).count().await?;
        let first = find(&contacts, &search).first().await?;
        println!("{search:?}: {count} contacts, the first is {first:?}");
    }
    Ok(())
}

fn find(contacts: &Table<Contact>, search: &Search) -> Query<Contact> {
    contacts.filter(|c| {
        Filter::all([
            search.city.as_ref().map(|city| c.city.eq(city)),
            search.min_balance.map(|least| c.balance.ge(least)),
            search.active.map(|active| c.active.eq(active)),
        ])
    })
}
