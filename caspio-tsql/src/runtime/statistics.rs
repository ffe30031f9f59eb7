//! `STDEV`, `STDEVP`, `VAR` and `VARP` as aggregates.

use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::{Connection, Result};

/// A running mean and sum of squared distances from it.
#[derive(Debug, Default)]
struct Spread {
    count: f64,
    mean: f64,
    squares: f64,
}

/// The function that it computes.
#[derive(Clone, Copy, Debug)]
struct Kind {
    population: bool,
    root: bool,
}

impl Aggregate<Spread, Option<f64>> for Kind {
    fn init(&self, _: &mut Context<'_>) -> Result<Spread> {
        Ok(Spread::default())
    }

    fn step(&self, context: &mut Context<'_>, spread: &mut Spread) -> Result<()> {
        if let Some(number) = context.get::<Option<f64>>(0)? {
            spread.count += 1.0;
            let distance = number - spread.mean;
            spread.mean += distance / spread.count;
            spread.squares += distance * (number - spread.mean);
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, spread: Option<Spread>) -> Result<Option<f64>> {
        let spread = spread.unwrap_or_default();
        let degrees = spread.count - if self.population { 0.0 } else { 1.0 };
        if degrees <= 0.0 {
            return Ok(None);
        }
        let variance = spread.squares / degrees;
        Ok(Some(if self.root { variance.sqrt() } else { variance }))
    }
}

pub(super) fn install(connection: &Connection) -> Result<()> {
    for (name, population, root) in [
        ("ts_stdev", false, true),
        ("ts_stdevp", true, true),
        ("ts_var", false, false),
        ("ts_varp", true, false),
    ] {
        connection.create_aggregate_function(
            name,
            1,
            FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC,
            Kind { population, root },
        )?;
    }
    Ok(())
}
