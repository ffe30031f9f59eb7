//! Which calls a program has made, and how many a billing period will have.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::calls::BillingPeriod;
use caspio::prelude::*;

#[derive(Debug, CaspioTable)]
#[caspio(table = "Orders")]
struct Order {
    #[caspio(pk)]
    pk_id: i64,
    total: Decimal,
}

/// The calls that the account's plan includes, and the price of one beyond them: see your plan.
const QUOTA: u64 = 500_000;
const PRICE: Decimal = dec!(0.001);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // For an account: `Client::builder().time_zone("America/New_York")`, by whose days Caspio counts.
    let connection = caspio_examples::connect().await?;
    let caspio = &connection.caspio;
    let orders = caspio.table::<Order>();
    let total = orders.query().sum(|o| o.total).await?;
    let count = orders.count().await?;
    println!("{count} orders, {total:?} in all\n");

    let usage = caspio.usage();
    for count in &usage.counts {
        println!("{count}");
    }

    let period = BillingPeriod::of_month(usage.until.date(), 5).ok_or("no such day of a month")?;
    let forecast = period.forecast(&usage);
    println!(
        "\n{} calls since {}, about {} by the end of {}",
        forecast.calls, period.first, forecast.expected, period.last
    );
    match forecast.cost(QUOTA, PRICE) {
        Some(cost) => println!("cost beyond the quota: {}", cost.normalize()),
        None => println!("the cost is too large a number"),
    }
    Ok(())
}
