//! Many records in few calls: 1,000 inserts in one, updates and deletes by their keys.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::prelude::*;

#[derive(Debug, CaspioTable)]
#[caspio(table = "Products")]
struct Product {
    #[caspio(pk)]
    pk_id: i64,
    #[caspio(rename = "SKU")]
    sku: String,
    name: String,
    price: Option<Decimal>,
}

#[derive(Debug, CaspioInsert)]
#[caspio(table = Product)]
struct NewProduct {
    sku: String,
    name: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::emulate().await?;
    let caspio = &connection.caspio;
    let products = caspio.table::<Product>();
    let rows: Vec<NewProduct> = (0..2_500).map(new_product).collect();

    let inserted = products.insert_many(&rows).await?;
    for failure in inserted.failed() {
        println!(
            "row {:?} was not inserted: {}",
            failure.index, failure.error
        );
    }
    let keys: Vec<i64> = inserted.keys().copied().collect();
    println!("inserted {}", keys.len());

    let prices = keys
        .iter()
        .map(|key| (*key, Product::COLUMNS.price.to(dec!(9.90))));
    let updated = products.update_many(prices).await?;
    println!("updated  {}", updated.updated);

    let deleted = products.delete_many(keys).await?;
    println!("deleted  {}", deleted.deleted);

    println!("in {} calls", caspio.meter().snapshot().calls);
    Ok(())
}

fn new_product(number: usize) -> NewProduct {
    NewProduct {
        sku: format!("NEW-{number:05}"),
        name: format!("Product {number}"),
    }
}
