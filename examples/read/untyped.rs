//! A table whose name is known only at run time: records as maps.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::connect().await?;
    let table = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "Products".to_owned());

    let records = connection
        .caspio
        .table_named(&table)
        .limit(5)
        .collect()
        .await?;

    for record in &records {
        for (column, value) in record {
            println!("{column:<12} {value}");
        }
        println!();
    }
    Ok(())
}
