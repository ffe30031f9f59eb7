//! A table made equal to rows from elsewhere, by a column that identifies them: only the differences are written, and
//! a signal stops it.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::bulk::StopSignal;
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

    // Makes the rows the only records.
    let report = cities.replace_all(|c| c.name, &rows).await?;
    println!("{} deleted, {} left", report.deleted, cities.count().await?);

    // Another task stops the sync, for example when the program is asked to end: calls in progress are finished.
    let signal = StopSignal::new();
    let grown = rows.map(|row| CityRow {
        population: row.population.map(|people| people + 100),
        ..row
    });
    let sync = cities.sync_many(|c| c.name, &grown).stop_by(&signal);
    signal.stop();
    match sync.await {
        Ok(report) => println!(
            "{} changed, {} not sent",
            report.updated,
            report.failed().len()
        ),
        Err(error) => println!("{error}"),
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
