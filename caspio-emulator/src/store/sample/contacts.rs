//! `Contacts`, with every type of field, and a view of the active ones.

use super::{CONTACTS, count_to, insert_rows, some_date, text, whole, words};
use crate::store::StoreError;
use crate::store::define::{FieldDef, TableDef, ViewDef};
use crate::store::schema::Table;
use crate::store::{generate, list, password};
use caspio_schema::DataType as Type;
use rusqlite::Transaction;
use rusqlite::types::Value;

const FIELDS: [&str; 21] = [
    "Contact_ID",
    "First_Name",
    "Last_Name",
    "Email",
    "Notes",
    "Balance",
    "Score",
    "Age",
    "Joined",
    "Active",
    "Photo",
    "Resume",
    "Secret",
    "Code",
    "Number",
    "Guid",
    "Updated",
    "Interests",
    "Lucky_Numbers",
    "Anniversaries",
    "City",
];

pub(super) fn table() -> TableDef {
    TableDef::new("Contacts")
        .note("People, with every type of field")
        .field(FieldDef::new("Contact_ID", Type::Autonumber))
        .field(FieldDef::new("First_Name", Type::Text255).label("First name"))
        .field(FieldDef::new("Last_Name", Type::Text255).label("Last name"))
        .field(FieldDef::new("Email", Type::Text255))
        .field(FieldDef::new("Notes", Type::Text64000))
        .field(FieldDef::new("Balance", Type::Currency))
        .field(FieldDef::new("Score", Type::Number))
        .field(FieldDef::new("Age", Type::Integer))
        .field(FieldDef::new("Joined", Type::DateTime))
        .field(FieldDef::new("Active", Type::YesNo))
        .field(FieldDef::new("Photo", Type::File))
        .field(FieldDef::new("Resume", Type::Attachment))
        .field(FieldDef::new("Secret", Type::Password))
        .field(FieldDef::new("Code", Type::RandomId).length(8))
        .field(
            FieldDef::new("Number", Type::PrefixedAutonumber)
                .prefix("C-")
                .format("0001"),
        )
        .field(FieldDef::new("Guid", Type::Guid))
        .field(
            FieldDef::new("Updated", Type::Timestamp)
                .on_insert()
                .on_update(),
        )
        .field(FieldDef::new("Interests", Type::ListText).list(words::INTERESTS))
        .field(FieldDef::new("Lucky_Numbers", Type::ListNumber).list([3, 7, 13, 21]))
        .field(
            FieldDef::new("Anniversaries", Type::ListDateTime)
                .list(["2001-01-01T00:00:00", "2012-12-12T00:00:00"]),
        )
        .field(FieldDef::new("Full_Name", Type::Text64000).formula("First_Name + ' ' + Last_Name"))
        .field(FieldDef::new("Lifetime_Value", Type::Number).formula("ISNULL(Score, 0) * 10 + 5"))
        .field(FieldDef::new("City", Type::Text255))
}

pub(super) fn active_view() -> ViewDef {
    let all = [
        "Contact_ID",
        "First_Name",
        "Last_Name",
        "Email",
        "Balance",
        "Joined",
        "Active",
        "City",
        "Full_Name",
        "Interests",
    ];
    let view = ViewDef::new("Active_Contacts", "Contacts").filter("Active = 1");
    all.iter()
        .fold(view, |view, field| view.field(&format!("Contacts.{field}")))
}

pub(super) fn fill(
    transaction: &Transaction<'_>,
    table: &Table,
    random: &mut fastrand::Rng,
) -> Result<(), StoreError> {
    // One hash for all records: hashing is slow, and passwords are never read.
    let secret = password::hash("sample");
    let rows = (1..=CONTACTS).map(|number| row(random, number, &secret));
    insert_rows(transaction, table, &FIELDS, rows.collect::<Vec<_>>())?;
    count_to(transaction, table, "Contact_ID", CONTACTS)?;
    count_to(transaction, table, "Number", CONTACTS)
}

fn row(random: &mut fastrand::Rng, number: u32, secret: &str) -> Vec<Value> {
    let first = words::FIRST[random.usize(..words::FIRST.len())];
    let last = words::LAST[random.usize(..words::LAST.len())];
    let city = words::CITIES[random.usize(..words::CITIES.len())].0;
    let guid = generate::guid(random).to_string();
    let joined = text(some_date(random));
    let joined = rarely_null(random, joined);
    vec![
        whole(number),
        text(first),
        text(last),
        rarely_null(random, text(format!("contact{number}@example.com"))),
        text(notes(random, number)),
        rarely_null(random, whole(balance(number))),
        rarely_null(random, Value::Real(f64::from(number * 37 % 1_000) / 10.0)),
        rarely_null(random, whole(18 + number * 7 % 70)),
        joined,
        whole(random.bool()),
        match number % 4 {
            0 => text(format!("/Photos/{number}.png")),
            _ => Value::Null,
        },
        Value::Null,
        text(secret),
        text(code(random)),
        text(format!("C-{number:04}")),
        text(guid),
        text(some_date(random)),
        some_keys(random, words::INTERESTS.len()),
        some_keys(random, 4),
        some_keys(random, 2),
        text(city),
    ]
}

fn rarely_null(random: &mut fastrand::Rng, value: Value) -> Value {
    match random.u32(..10) {
        0 => Value::Null,
        _ => value,
    }
}

/// Amounts that a float would get wrong, some at the limits of money.
fn balance(number: u32) -> i64 {
    match number {
        1 => i64::MAX,
        2 => -1,
        3 => 1_000,
        _ => i64::from(number) * 9_876_543 % 25_000_001 - 2_500_000,
    }
}

fn notes(random: &mut fastrand::Rng, number: u32) -> String {
    match number % 5 {
        0 => String::new(),
        1 => "It's \"quoted\", [bracketed] & 100% fine; -- not a comment".into(),
        2 => "Line one\nLine two\twith a tab".into(),
        3 => "Grüße 🙂🚀 from 東京".into(),
        _ => "lorem ipsum ".repeat(random.usize(1..20)),
    }
}

fn code(random: &mut fastrand::Rng) -> String {
    (0..8)
        .map(|_| random.digit(36).to_ascii_uppercase())
        .collect()
}

fn some_keys(random: &mut fastrand::Rng, values: usize) -> Value {
    let keys = (1..)
        .take(values)
        .filter(|_: &u32| random.u32(..3) == 0)
        .collect();
    list::stored(keys).map_or(Value::Null, Value::Text)
}
