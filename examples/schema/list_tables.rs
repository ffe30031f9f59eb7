//! Every table and view of the account, with its fields.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::schema::FieldDefinition;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::connect().await?;
    let caspio = &connection.caspio;

    for table in caspio.tables().await? {
        print("table", &table, &caspio.table_named(&table).fields().await?);
    }
    for view in caspio.views().await? {
        print("view", &view, &caspio.view_named(&view).fields().await?);
    }
    Ok(())
}

fn print(kind: &str, name: &str, fields: &[FieldDefinition]) {
    println!("{kind} {name}");
    for field in fields {
        let formula = if field.formula { " (formula)" } else { "" };
        println!("    {:<24} {}{formula}", field.name, field.data_type);
    }
    println!();
}
