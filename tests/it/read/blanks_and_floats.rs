//! A table whose values a service may show in another way than it compares them: null and an empty text alike, and
//! floats with fewer digits.

use caspio::prelude::*;
use caspio_emulator::{DataType, FieldDef, TableDef};

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "T")]
pub(super) struct Row {
    #[caspio(pk)]
    pub(super) pk_id: i64,
    pub(super) note: Option<String>,
    pub(super) score: Option<f64>,
    pub(super) long: Option<String>,
}

pub(super) fn table() -> TableDef {
    TableDef::new("T")
        .field(FieldDef::new("Note", DataType::Text255))
        .field(FieldDef::new("Score", DataType::Number))
        .field(FieldDef::new("Long", DataType::Text64000))
}
