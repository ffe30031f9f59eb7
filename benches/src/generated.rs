//! Programs of generated tables, by the generator and by serde's derives on the same structs.

use caspio_codegen::Generator;
use caspio_schema::{DataType, FieldDefinition, ObjectDefinition, Schema};
use std::fmt::Write as _;

/// How many tables there are.
const TABLES: usize = 200;

/// How many columns each has in addition to its key.
const COLUMNS: usize = 30;

/// The types of the columns, in turn, with their Rust type in a record.
const TYPES: [(DataType, &str); 5] = [
    (DataType::Text255, "String"),
    (DataType::Number, "Option<f64>"),
    (DataType::Integer, "Option<i32>"),
    (DataType::YesNo, "bool"),
    (DataType::Text64000, "String"),
];

/// Generated structs, each decoded and written.
pub(crate) fn by_caspio() -> String {
    let tables = (0..TABLES).map(table).collect();
    let schema = Schema::new(tables, Vec::new());
    let generated = Generator::new(&schema).all().generate_one_file();
    let mut text = generated.expect("code for plain names");
    text.push_str("fn main() {\n    let json = std::env::args().last().unwrap_or_default();\n");
    text.push_str("    let mut count = json.len();\n");
    for table in 0..TABLES {
        let _ = writeln!(
            text,
            "    count += usize::from(caspio::codegen_support::decode_row::<Thing{table}>(&json).is_ok());\n\
             \x20   count += caspio::record::ToRow::to_row(&NewThing{table}::default()).len();",
        );
    }
    text.push_str("    println!(\"{count}\");\n}\n");
    text
}

/// The same structs with serde's derives, each decoded and written.
pub(crate) fn by_serde() -> String {
    let mut text = String::new();
    for table in 0..TABLES {
        write_serde(&mut text, table);
    }
    text.push_str("fn main() {\n    let json = std::env::args().last().unwrap_or_default();\n");
    text.push_str("    let mut count = json.len();\n");
    for table in 0..TABLES {
        let _ = writeln!(
            text,
            "    count += usize::from(serde_json::from_str::<Thing{table}>(&json).is_ok());\n\
             \x20   count += serde_json::to_string(&NewThing{table}::default()).map_or(0, |t| t.len());",
        );
    }
    text.push_str("    println!(\"{count}\");\n}\n");
    text
}

fn table(table: usize) -> ObjectDefinition {
    let fields = (0..COLUMNS).map(|column| {
        let (data_type, _) = &TYPES[column % TYPES.len()];
        FieldDefinition::new(format!("Column_{table}_{column}"), data_type.clone())
    });
    ObjectDefinition::new(format!("Thing{table}"), fields.collect())
}

fn write_serde(text: &mut String, table: usize) {
    let _ = writeln!(
        text,
        "#[derive(Debug, Clone, PartialEq, serde::Deserialize)]\npub struct Thing{table} {{\n    \
         #[serde(rename = \"PK_ID\")]\n    pub pk_id: i64,"
    );
    let columns = |column: usize| {
        (
            format!("column_{table}_{column}"),
            &TYPES[column % TYPES.len()],
        )
    };
    for (name, (_, ty)) in (0..COLUMNS).map(columns) {
        let _ = writeln!(text, "    #[serde(default)]\n    pub {name}: {ty},");
    }
    let _ = writeln!(
        text,
        "}}\n#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]\npub struct NewThing{table} {{"
    );
    for (name, (_, ty)) in (0..COLUMNS).map(columns) {
        let ty = ty.trim_start_matches("Option<").trim_end_matches('>');
        let skip = "#[serde(skip_serializing_if = \"Option::is_none\")]";
        let _ = writeln!(text, "    {skip}\n    pub {name}: Option<{ty}>,");
    }
    text.push_str("}\n");
}
