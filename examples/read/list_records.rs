//! A typed table, filtered and sorted: the twenty richest contacts with an e-mail address.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::prelude::*;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};

#[derive(Debug, CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    first_name: String,
    last_name: String,
    email: Option<String>,
    city: Option<String>,
    balance: Option<Decimal>,
    joined: Option<DateTime>,
    interests: List<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::connect().await?;
    let contacts = connection.caspio.table::<Contact>();

    let rich = contacts
        .filter(|c| c.balance.gt(dec!(1000)) & c.email.is_not_null())
        .order_by(|c| c.balance.desc())
        .limit(20)
        .collect()
        .await?;

    println!("{}", as_table(&rich));
    println!(
        "The {} richest contacts with an e-mail address.",
        rich.len()
    );
    Ok(())
}

fn as_table(contacts: &[Contact]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_header([
        "PK_ID",
        "Name",
        "Email",
        "City",
        "Balance",
        "Joined",
        "Interests",
    ]);
    for contact in contacts {
        table.add_row([
            contact.pk_id.to_string(),
            format!("{} {}", contact.first_name, contact.last_name),
            contact.email.clone().unwrap_or_default(),
            contact.city.clone().unwrap_or_default(),
            contact
                .balance
                .map(|b| format!("{b:.2}"))
                .unwrap_or_default(),
            contact
                .joined
                .map(|at| at.date().to_string())
                .unwrap_or_default(),
            contact.interests.join(", "),
        ]);
    }
    for number in [0, 4] {
        if let Some(column) = table.column_mut(number) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}
