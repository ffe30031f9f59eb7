//! Some of the columns, one row for each group, conditions on groups: structs that hold a part of a table's record.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::filter::count_all;
use caspio::prelude::*;
use caspio::{ApiVersion, CaspioRecord};

#[derive(Debug, CaspioTable)]
#[caspio(table = "Orders")]
struct Order {
    #[caspio(pk)]
    pk_id: i64,
    total: Decimal,
    status: String,
}

/// Two of the columns: the others are not sent.
#[derive(Debug, CaspioRecord)]
#[caspio(of = Order)]
struct OrderTotal {
    #[caspio(pk)]
    pk_id: i64,
    total: Decimal,
}

/// One row for each status.
#[derive(Debug, CaspioRecord)]
#[caspio(of = Order)]
struct PerStatus {
    status: String,
    #[caspio(count)]
    orders: u64,
    #[caspio(expr = "SUM(Total)")]
    total: Decimal,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Conditions on groups are for v4 only.
    let connection =
        caspio_examples::connect_with(|client| client.api_version(ApiVersion::V4)).await?;
    let orders = connection.caspio.table::<Order>();

    let largest = orders
        .order_by(|o| o.total.desc())
        .limit(3)
        .select::<OrderTotal>()
        .collect()
        .await?;
    for order in largest {
        println!("order {:>5}  {:>10.2}", order.pk_id, order.total);
    }

    let groups = orders.query().select::<PerStatus>().group_by(|o| o.status);
    for group in groups.collect().await? {
        println!(
            "{:<10} {:>5} {:>14.2}",
            group.status, group.orders, group.total
        );
    }

    let common = orders
        .select::<PerStatus>()
        .group_by(|o| o.status)
        .having(|o| count_all().ge(10) & o.total.avg().gt(100));
    println!("{} statuses are common", common.collect().await?.len());
    Ok(())
}
