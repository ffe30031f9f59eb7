//! Schemas to generate from.

#![allow(dead_code, unreachable_pub)]

use caspio_codegen::{Generator, Output};
use caspio_schema::{DataType, FieldDefinition, ObjectDefinition, Schema};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One of each of Caspio's types.
pub const TYPES: &[&str] = &[
    "STRING",
    "TEXT",
    "NUMBER",
    "INTEGER",
    "CURRENCY",
    "DATE/TIME",
    "YES/NO",
    "FILE",
    "ATTACHMENT",
    "PASSWORD",
    "AUTONUMBER",
    "PREFIXED AUTONUMBER",
    "RANDOM ID",
    "GUID",
    "TIMESTAMP",
    "LIST-STRING",
    "LIST-NUMBER",
    "LIST-DATE/TIME",
    "FORMULA",
    "GEO-POINT",
];

pub fn field(name: &str, data_type: &str) -> FieldDefinition {
    FieldDefinition::new(name, DataType::from_name(data_type))
}

pub fn unique(name: &str, data_type: &str) -> FieldDefinition {
    let mut field = field(name, data_type);
    field.unique = true;
    field
}

pub fn formula(name: &str, data_type: &str) -> FieldDefinition {
    let mut field = field(name, data_type);
    field.formula = true;
    field
}

pub fn list(name: &str, values: &[&str]) -> FieldDefinition {
    let mut field = field(name, "LIST-STRING");
    field.list = (1..)
        .zip(values.iter().map(|value| (*value).into()))
        .collect();
    field
}

pub fn of_table(name: &str, data_type: &str, table_field: &str) -> FieldDefinition {
    let mut field = field(name, data_type);
    field.table_field = Some(table_field.to_owned());
    field
}

pub fn table(name: &str, fields: Vec<FieldDefinition>) -> Schema {
    let mut schema = Schema::default();
    schema.tables.push(ObjectDefinition::new(name, fields));
    schema
}

pub fn view(name: &str, fields: Vec<FieldDefinition>) -> ObjectDefinition {
    ObjectDefinition::new(name, fields)
}

/// The table of the documentation.
pub fn contacts() -> Schema {
    let mut first = field("First_Name", "STRING");
    first.description = "The given name.".to_owned();
    first.label = "Given name".to_owned();
    let mut schema = table(
        "Contacts",
        vec![
            first,
            field("Balance", "CURRENCY"),
            field("2nd phone", "STRING"),
            formula("Full_Name", "STRING"),
            field("Secret", "PASSWORD"),
            list("Interests", &["Cat", "Dog"]),
        ],
    );
    schema.tables[0].note = "People and companies.".to_owned();
    schema
}

pub type Files = BTreeMap<PathBuf, String>;

pub fn generate(schema: &Schema, existing: &Files) -> Output {
    generate_by(Generator::new(schema).all(), existing)
}

pub fn generate_by(generator: Generator<'_>, existing: &Files) -> Output {
    generator.generate(existing).expect("generated")
}

/// The generated text of one file.
pub fn file(output: &Output, name: &str) -> String {
    output.files[Path::new(name)].clone()
}

/// What is in the file of the table `Contacts` after another run, with a schema, over a text.
pub fn rerun(schema: &Schema, text: &str) -> String {
    let files = Files::from([(PathBuf::from("contacts.rs"), text.to_owned())]);
    file(&generate(schema, &files), "contacts.rs")
}

/// The file of the table of contacts, when it is new.
pub fn text_of(schema: &Schema) -> String {
    file(&generate(schema, &Files::new()), "contacts.rs")
}

/// A table of contacts with these columns.
pub fn columns(fields: Vec<FieldDefinition>) -> Schema {
    table("Contacts", fields)
}

/// The text after another run, and its messages.
pub fn run(schema: &Schema, text: &str) -> (String, String) {
    let files = Files::from([(PathBuf::from("contacts.rs"), text.to_owned())]);
    let output = generate(schema, &files);
    let report = output.report.clone();
    let text = file(&output, "contacts.rs");
    let again = generate(schema, &output.files);
    assert!(
        again.report.is_current(),
        "a third run changes: {}",
        again.report
    );
    (text, report.to_string())
}

/// The text without blanks at line ends and beginnings, to search for code in it.
pub fn has(text: &str, code: &str) -> bool {
    let dense = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    dense(text).contains(&dense(code))
}

/// Asserts that rustfmt would change nothing in any of the files.
pub fn assert_formatted(output: &Output) {
    let dir = tempfile::tempdir().expect("a folder");
    for (path, text) in &output.files {
        std::fs::write(dir.path().join(path), text).expect("written");
    }
    let check = Command::new("rustfmt")
        .args(["--edition", "2024", "--check", "mod.rs"])
        .current_dir(dir.path())
        .output()
        .expect("rustfmt");
    let diff = String::from_utf8_lossy(&check.stdout).into_owned();
    assert!(
        check.status.success(),
        "{diff}{}",
        String::from_utf8_lossy(&check.stderr)
    );
}

/// Names that nobody should give to anything, and people do.
pub fn hostile_names() -> Vec<String> {
    let names = [
        "2nd phone",
        "type",
        "self",
        "crate",
        "super",
        "async",
        "gen",
        "dyn",
        "union",
        "_",
        "__",
        "a b",
        "a_b",
        "A-B",
        "[bracket]",
        "\"quote\"",
        "back\\slash",
        "new\nline",
        "*/ comment",
        "// line",
        "{brace}",
        "#hash",
        "%",
        "😀",
        "😀 mood",
        "Größe",
        "имя",
        "名前",
        "e\u{301}tat",
        "\u{202e}rtl",
        "İstanbul",
        "field_1",
        "field 2",
        "a_b_2",
        "Pk-Id",
        "x",
        "X ",
        "ＡＢＣ",
        "µ",
        "ﬁsh",
        "Option",
        "String",
        "Some",
        "None",
        "1",
        "1st",
        "r#type",
        "name\u{0}",
        "' or 1=1",
        "caspio",
        "std",
        "core",
        "New",
        "value",
        "Ünïcödé näme",
    ];
    let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    for length in [40, 70, 90, 120, 255] {
        names.push("Long ".repeat(60).chars().take(length).collect());
        names.push("W".repeat(length));
    }
    names
}

/// A schema with every name for a table, each with a dozen of the names for columns, and one table
/// with all of them.
pub fn hostile() -> Schema {
    let names = hostile_names();
    let mut schema = Schema::default();
    for (index, name) in names.iter().enumerate() {
        let count = if index == 0 { names.len() } else { 12 };
        let columns = names.iter().cycle().skip(index).take(count).enumerate();
        let fields = columns
            .map(|(number, column)| hostile_field(name, column, index + number, &names))
            .collect();
        schema.tables.push(ObjectDefinition::new(name, fields));
        schema.tables[index].note = format!("    {name}\n# {name}\n- x\n1. y\n\n```\n{name}");
    }
    schema
}

fn hostile_field(table: &str, name: &str, number: usize, values: &[String]) -> FieldDefinition {
    let mut field = field(name, TYPES[number % TYPES.len()]);
    field.description = format!("{table} [x] <b> ``` http://a.example/b_c_");
    field.label = format!("{name} too");
    field.unique = number.is_multiple_of(7);
    if field.data_type == DataType::ListText {
        field.list = (1..)
            .zip(values.iter().map(|value| value.as_str().into()))
            .collect();
    }
    field
}
