//! Columns and values, and when the oracle treats two values as equal. It shares no code with the SDK.

use super::random::Random;
use caspio_emulator::{DataType, FieldDef, TableDef};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The types of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Type {
    Text,
    Integer,
    Number,
    Currency,
    Date,
    YesNo,
    List,
    Password,
}

/// The columns next to the key column `K`.
pub(super) const COLUMNS: [(&str, Type); 8] = [
    ("T", Type::Text),
    ("N", Type::Number),
    ("I", Type::Integer),
    ("C", Type::Currency),
    ("D", Type::Date),
    ("Y", Type::YesNo),
    ("L", Type::List),
    ("P", Type::Password),
];

/// The column of files.
pub(super) const FILE: &str = "A";

/// The passwords that a record may have.
pub(super) const PASSWORDS: [&str; 3] = ["hunter2 horse", "pass'word 3", "hunter2 \"staple\""];

/// Dates by what is stored: those of one number are the same.
const DATES: [(&str, u8); 9] = [
    ("2022-01-24T20:30:51", 1),
    ("2022-01-24 20:30:51", 1),
    ("1/24/2022 8:30:51 PM", 1),
    ("2022-01-24T20:30:51.607", 2),
    ("2022-01-24", 3),
    ("2022-01-24T00:00:00", 3),
    ("1753-01-01T00:00:00", 4),
    ("9999-12-31T23:59:59", 5),
    ("2022-01-24T20:30:51.605", 2),
];

const TEXTS: [&str; 17] = [
    "a",
    "A ",
    "b",
    "B",
    "c-1",
    "c'1",
    "2024-01-02T10:00:00",
    "2024-01-02T10:00:00.0",
    "Ça",
    "k 7",
    "straße",
    "STRASSE",
    "ａ",
    "b🟢",
    "caf\u{e9}",
    "cafe\u{301}",
    "1.23456",
];

pub(super) fn definition(name: &str, key: Type, unique: bool) -> TableDef {
    let field = |name: &str, ty: Type| {
        FieldDef::new(
            name,
            match ty {
                Type::Text => DataType::Text255,
                Type::Integer => DataType::Integer,
                Type::Number => DataType::Number,
                Type::Currency => DataType::Currency,
                Type::Date => DataType::DateTime,
                Type::YesNo => DataType::YesNo,
                Type::List => DataType::ListText,
                Type::Password => DataType::Password,
            },
        )
    };
    let field = |name: &str, ty: Type| match ty {
        Type::List => field(name, ty).list(["red", "blue", "Grün"]),
        _ => field(name, ty),
    };
    let key = field("K", key);
    let table = TableDef::new(name).field(if unique { key.unique() } else { key });
    let table = table.field(FieldDef::new(FILE, DataType::Attachment));
    COLUMNS
        .iter()
        .fold(table, |table, (name, ty)| table.field(field(name, *ty)))
}

/// A value of a column; sometimes one that the service refuses.
pub(super) fn value(random: &mut Random, ty: Type) -> Value {
    if random.percent(12) {
        return Value::Null;
    }
    match ty {
        Type::Text if random.percent(3) => json!("x".repeat(300)),
        Type::Text if random.percent(8) => json!(""),
        Type::YesNo => json!(random.percent(50)),
        Type::List if random.percent(3) => json!(["none of them"]),
        Type::List => random.pick(&[
            json!([]),
            json!(["red"]),
            json!(["blue", "red"]),
            json!(["Grün", "red", "red"]),
        ]),
        Type::Date if random.percent(3) => json!("13/12/2025"),
        // What a column would store as another value.
        Type::Date if random.percent(2) => json!("2022-01-24T10:00:00+02:00"),
        Type::Currency if random.percent(3) => json!("1.23456"),
        Type::Integer if random.percent(4) => json!(1.5),
        Type::Number if random.percent(2) => json!(9_007_199_254_740_993_i64),
        // The emulator keeps such a time exactly, so that a condition on a key column would not find it.
        Type::Date if random.percent(10) => json!("2022-01-24T20:30:51.605"),
        _ => key(random, ty),
    }
}

/// A value of a key column.
pub(super) fn key(random: &mut Random, ty: Type) -> Value {
    match ty {
        Type::Text => json!(random.pick(&TEXTS)),
        Type::Integer => json!(random.below(8)),
        Type::Number => random.pick(&[
            json!(1),
            json!(1.0),
            json!(0.1),
            json!(1e30),
            json!(1e-7),
            json!(-2.5),
        ]),
        Type::Currency => random.pick(&[json!(1), json!(2.5), json!(0.0001), json!(-1200.75)]),
        Type::Date => json!(random.pick(&DATES[..8]).0),
        Type::YesNo => json!(random.percent(50)),
        Type::List | Type::Password => Value::Null,
    }
}

/// The date of a spelling, as ISO 8601; `None` if it is none.
pub(super) fn date(text: &str) -> Option<&'static str> {
    let (_, class) = DATES.iter().find(|(spelled, _)| *spelled == text)?;
    Some(match class {
        1 => "2022-01-24T20:30:51",
        2 => "2022-01-24T20:30:51.607",
        3 => "2022-01-24T00:00:00",
        4 => "1753-01-01T00:00:00",
        _ => "9999-12-31T23:59:59",
    })
}

/// Whether a column keeps a value of its type as it is, and a struct can hold it.
pub(super) fn is_kept(ty: Type, value: &Value) -> bool {
    match (ty, value) {
        (Type::Date, Value::String(text)) => date(text).is_some(),
        (Type::Currency, value) => !value.is_string(),
        (Type::Integer, value) => !value.is_f64(),
        // A float does not have so many digits.
        (Type::Number, value) => value.as_i64().is_none_or(|whole| whole < 1 << 53),
        _ => true,
    }
}

/// What a column stores for a value, as text that is equal for equal values.
pub(super) fn stored(ty: Type, value: &Value) -> String {
    match (ty, value) {
        (Type::YesNo, Value::Null) => "false".to_owned(),
        (Type::Text | Type::List | Type::Password, Value::Null) => String::new(),
        (Type::List, Value::Array(values)) => set(values.iter()),
        (Type::List, Value::Object(values)) => set(values.values()),
        (Type::Date, Value::String(text)) => {
            let date = DATES.iter().find(|(spelled, _)| spelled == text);
            date.map_or_else(|| text.clone(), |(_, class)| format!("date {class}"))
        }
        (_, Value::String(text)) => text.clone(),
        (_, Value::Number(number)) => match number.as_i64() {
            // A float would change it.
            Some(whole) => whole.to_string(),
            None => number.as_f64().unwrap_or_default().to_string(),
        },
        (_, other) => other.to_string(),
    }
}

fn set<'v>(values: impl Iterator<Item = &'v Value>) -> String {
    let values: BTreeSet<&str> = values.filter_map(Value::as_str).collect();
    values.into_iter().collect::<Vec<_>>().join("|")
}

/// The value of a key column as Caspio compares it.
pub(super) fn identity(ty: Type, value: &Value) -> String {
    match ty {
        Type::Text => stored(ty, value).trim_end_matches(' ').to_lowercase(),
        _ => stored(ty, value),
    }
}

/// The value of a column as the service compares it, which takes more texts for equal than [`identity`].
pub(super) fn compared(ty: Type, value: &str) -> String {
    if ty != Type::Text {
        return value.to_owned();
    }
    let mut compared = String::new();
    for letter in value.to_lowercase().chars() {
        match letter {
            'ß' => compared.push_str("ss"),
            '\u{10000}'.. => {}
            '\u{FF01}'..='\u{FF5E}' => {
                let narrow = char::from_u32(u32::from(letter) - 0xFEE0);
                compared.extend(narrow.unwrap_or(letter).to_lowercase());
            }
            _ => compared.push(letter),
        }
    }
    compared.trim_end_matches(' ').to_owned()
}
