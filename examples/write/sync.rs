//! A table made equal to rows from elsewhere, by a column that identifies them: only the differences are written.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::prelude::*;

#[derive(Debug, CaspioTable)]
#[caspio(table = "City")]
struct City {
    #[caspio(pk)]
    pk_id: i64,
    name: String,
    state: Option<String>,
    population: Option<i32>,
}

#[derive(Debug, CaspioInsert)]
#[caspio(table = City)]
struct CityRow {
    name: String,
    state: Option<String>,
    population: Option<i32>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::emulate().await?;
    let cities = connection.caspio.table::<City>();
    let rows = [
        row("Springfield", "Oregon", 62_000),
        row("Ogdenville", "Utah", 4_100),
    ];

    for _ in 0..2 {
        let report = cities.sync_many(|c| c.name, &rows).await?;
        println!("{report:?}");
    }
    Ok(())
}

fn row(name: &str, state: &str, population: i32) -> CityRow {
    CityRow {
        name: name.to_owned(),
        state: Some(state.to_owned()),
        population: Some(population),
    }
}
