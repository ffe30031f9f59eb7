//! Views: which of their columns may be null.

mod support;

use caspio_codegen::Generator;
use caspio_schema::Schema;
use support::*;

/// Two tables, and a view with these fields.
fn of_view(fields: Vec<caspio_schema::FieldDefinition>) -> Schema {
    let mut schema = table(
        "Orders",
        vec![
            unique("Number", "INTEGER"),
            field("Total", "CURRENCY"),
            field("Paid", "YES/NO"),
            formula("Tax", "CURRENCY"),
            field("Note", "STRING"),
        ],
    );
    schema
        .tables
        .extend(table("Customers", vec![field("Name", "STRING")]).tables);
    schema.views.push(view("Order_Details", fields));
    schema
}

fn generated(schema: &Schema) -> String {
    let output = generate_by(Generator::new(schema).view("Order_Details"), &Files::new());
    assert_formatted(&output);
    file(&output, "order_details.rs")
}

#[test]
fn a_view_is_read_only_as_a_struct_and_its_key_is_text() {
    let text = generated(&of_view(vec![of_table(
        "Total",
        "CURRENCY",
        "Orders.Total",
    )]));

    assert!(text.contains("#[derive(Debug, Clone, PartialEq, CaspioView)]"));
    assert!(text.contains("#[caspio(view = \"Order_Details\")]\npub struct OrderDetail {"));
    assert!(has(&text, "#[caspio(pk)] pub pk_id: String,"));
    assert!(!text.contains("CaspioInsert"));
}

#[test]
fn a_view_of_one_table_has_that_tables_nulls() {
    let text = generated(&of_view(vec![
        of_table("Number", "INTEGER", "orders.number"),
        of_table("Total", "CURRENCY", "Orders.Total"),
        of_table("Paid", "YES/NO", "Orders.Paid"),
        of_table("Tax", "CURRENCY", "Orders.Tax"),
        of_table("Note", "STRING", "Orders.Note"),
    ]));

    assert!(has(&text, "pub number: i32,"));
    assert!(has(&text, "pub total: Option<Decimal>,"));
    assert!(has(&text, "pub paid: bool,"));
    assert!(has(&text, "#[caspio(read_only)] pub tax: Option<Decimal>,"));
    assert!(has(&text, "#[caspio(default)] pub note: String,"));
}

#[test]
fn in_a_view_of_several_tables_everything_but_lists_may_be_null() {
    let text = generated(&of_view(vec![
        of_table("Number", "INTEGER", "Orders.Number"),
        of_table("Paid", "YES/NO", "Orders.Paid"),
        of_table("Name", "STRING", "Customers.Name"),
        of_table("Tags", "LIST-STRING", "Customers.Tags"),
    ]));

    assert!(has(&text, "pub number: Option<i32>,"));
    assert!(has(&text, "pub paid: Option<bool>,"));
    assert!(has(&text, "pub name: Option<String>,"));
    assert!(has(&text, "pub tags: List<String>,"));
}

#[test]
fn a_view_of_unknown_tables_may_join_several() {
    let text = generated(&of_view(vec![
        of_table("Paid", "YES/NO", "Orders.Paid"),
        field("Sent", "YES/NO"),
    ]));

    assert!(has(&text, "pub paid: Option<bool>,"));
    assert!(has(&text, "pub sent: Option<bool>,"));
}

#[test]
fn a_table_with_dots_in_its_name_is_found() {
    let mut schema = of_view(vec![of_table("No", "INTEGER", "My.Orders.Order.No")]);
    let columns = vec![unique("Order.No", "INTEGER")];
    schema.tables.extend(table("My.Orders", columns).tables);

    assert!(has(&generated(&schema), "pub no: i32,"));
}

#[test]
fn a_view_has_no_passwords() {
    let text = generated(&of_view(vec![
        of_table("Total", "CURRENCY", "Orders.Total"),
        of_table("Secret", "PASSWORD", "Orders.Secret"),
    ]));

    assert!(!text.contains("Password"));
}
