//! `City`, `Products`, `Orders` and the view that joins them.

use super::{CONTACTS, PRODUCTS, count_to, insert_rows, some_date, text, whole, words};
use crate::store::StoreError;
use crate::store::define::{FieldDef, TableDef, ViewDef};
use crate::store::schema::Table;
use caspio_schema::DataType as Type;
use rusqlite::Transaction;
use rusqlite::types::Value;

pub(super) fn city_table() -> TableDef {
    TableDef::new("City")
        .field(FieldDef::new("Name", Type::Text255).unique())
        .field(FieldDef::new("State", Type::Text255))
        .field(FieldDef::new("Population", Type::Integer))
}

pub(super) fn product_table() -> TableDef {
    TableDef::new("Products")
        .field(FieldDef::new("Product_ID", Type::Autonumber))
        .field(FieldDef::new("SKU", Type::Text255).unique())
        .field(FieldDef::new("Name", Type::Text255))
        .field(FieldDef::new("Price", Type::Currency))
        .field(FieldDef::new("Weight", Type::Number))
        .field(FieldDef::new("In_Stock", Type::YesNo))
}

pub(super) fn table() -> TableDef {
    TableDef::new("Orders")
        .field(FieldDef::new("Order_ID", Type::Autonumber))
        .field(FieldDef::new("Contact_ID", Type::Integer))
        .field(FieldDef::new("Product_ID", Type::Integer))
        .field(FieldDef::new("Quantity", Type::Integer))
        .field(FieldDef::new("Total", Type::Currency))
        .field(FieldDef::new("Placed", Type::DateTime))
        .field(FieldDef::new("Shipped", Type::DateTime))
        .field(FieldDef::new("Status", Type::Text255))
}

pub(super) fn details_view() -> ViewDef {
    ViewDef::new("Order_Details", "Orders")
        .join("Contacts", "Orders.Contact_ID", "Contact_ID")
        .join("Products", "Orders.Product_ID", "Product_ID")
        .field("Orders.Order_ID")
        .field("Orders.Quantity")
        .field("Orders.Total")
        .field("Orders.Placed")
        .field("Orders.Status")
        .field("Contacts.Full_Name")
        .field("Contacts.Email")
        .field("Contacts.Interests")
        .field_as("Products.Name", "Product")
        .field("Products.Price")
        .editable("Orders")
}

pub(super) fn fill_cities(transaction: &Transaction<'_>, table: &Table) -> Result<(), StoreError> {
    let rows = words::CITIES
        .iter()
        .map(|(name, state, people)| vec![text(*name), text(*state), whole(*people)]);
    insert_rows(transaction, table, &["Name", "State", "Population"], rows)
}

pub(super) fn fill_products(
    transaction: &Transaction<'_>,
    table: &Table,
    random: &mut fastrand::Rng,
) -> Result<(), StoreError> {
    let fields = ["Product_ID", "SKU", "Name", "Price", "Weight", "In_Stock"];
    let rows = (1..=PRODUCTS).map(|number| {
        let at = number as usize - 1;
        let material = words::MATERIALS[at / words::GOODS.len() % words::MATERIALS.len()];
        let good = words::GOODS[at % words::GOODS.len()];
        vec![
            whole(number),
            text(format!("SKU-{number:03}")),
            text(format!("{material} {good}")),
            whole(price(number)),
            Value::Real(f64::from(random.u32(1..5_000)) / 100.0),
            whole(number % 7 != 0),
        ]
    });
    insert_rows(transaction, table, &fields, rows.collect::<Vec<_>>())?;
    count_to(transaction, table, "Product_ID", PRODUCTS)
}

/// Ten-thousandths; prices end in .99 or .4999.
fn price(product: u32) -> i64 {
    let ending = if product.is_multiple_of(2) {
        9_900
    } else {
        4_999
    };
    i64::from(product * 37 % 400 + 1) * 10_000 + ending
}

pub(super) fn fill(
    transaction: &Transaction<'_>,
    table: &Table,
    random: &mut fastrand::Rng,
    orders: u32,
) -> Result<(), StoreError> {
    let fields = [
        "Order_ID",
        "Contact_ID",
        "Product_ID",
        "Quantity",
        "Total",
        "Placed",
        "Shipped",
        "Status",
    ];
    let rows = (1..=orders).map(|number| {
        let product = random.u32(1..=PRODUCTS);
        let quantity = random.u32(1..10);
        let status = words::STATUSES[random.usize(..words::STATUSES.len())];
        vec![
            whole(number),
            whole(random.u32(1..=CONTACTS)),
            whole(product),
            whole(quantity),
            whole(i64::from(quantity) * price(product)),
            text(some_date(random)),
            match status {
                "Shipped" | "Returned" => text(some_date(random)),
                _ => Value::Null,
            },
            text(status),
        ]
    });
    insert_rows(transaction, table, &fields, rows)?;
    count_to(transaction, table, "Order_ID", orders)
}
