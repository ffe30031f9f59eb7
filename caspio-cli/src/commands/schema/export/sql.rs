//! Tables for SQL Server, on which Caspio runs.

use super::returned::{fields, is_nullable};
use caspio::record::ObjectKind;
use caspio::schema::{DataType, FieldDefinition, ObjectDefinition, Property, Schema};
use caspio_schema::PK_ID;

const HEADER: &str = "\
-- The tables of a Caspio account for SQL Server, written by `caspio schema export --format sql`.
-- Left out are views and relationships, of which the API does not report enough, and passwords, which it never returns.
-- A formula is a column of its result's type. A list is JSON, as the API returns it.
";

pub(super) fn text(schema: &Schema) -> String {
    let mut out = HEADER.to_owned();
    // Without this property every unique field may be null several times.
    let allow_nulls = schema.unreported.contains(&Property::UniqueAllowNulls);
    for table in &schema.tables {
        create(table, allow_nulls, &mut out);
    }
    out
}

fn create(table: &ObjectDefinition, allow_nulls: bool, out: &mut String) {
    let name = quoted(&table.name);
    let mut indexes = Vec::new();
    let mut lines = vec![(
        format!(
            "{} BIGINT IDENTITY(1,1) NOT NULL PRIMARY KEY",
            quoted(PK_ID)
        ),
        "",
    )];
    let stored = fields(table).filter(|field| field.data_type != DataType::Password);
    for (at, field) in stored.enumerate() {
        let ty = sql_type(field);
        let nullable = is_nullable(ObjectKind::Table, field);
        let mut line = format!("{} {ty}{}", quoted(&field.name), nulls(field, nullable));
        let mut comment = "";
        match field.unique {
            true if ty.ends_with("(MAX)") => {
                comment = " -- unique; SQL Server has no index of this type"
            }
            true if nullable && (allow_nulls || field.unique_allow_nulls) => {
                indexes.push((at + 1, quoted(&field.name)));
            }
            true => line.push_str(" UNIQUE"),
            false => {}
        }
        lines.push((line, comment));
    }
    let last = lines.len() - 1;
    out.push_str(&format!("\nCREATE TABLE {name} (\n"));
    for (at, (line, comment)) in lines.iter().enumerate() {
        let comma = if at == last { "" } else { "," };
        out.push_str(&format!("    {line}{comma}{comment}\n"));
    }
    out.push_str(");\n");
    for (number, field) in indexes {
        out.push_str(&format!(
            "CREATE UNIQUE INDEX [UQ_{number}] ON {name} ({field}) WHERE {field} IS NOT NULL;\n"
        ));
    }
}

fn nulls(field: &FieldDefinition, nullable: bool) -> &'static str {
    match (nullable, &field.data_type) {
        (true, _) => " NULL",
        (false, DataType::YesNo) => " NOT NULL DEFAULT 0",
        (false, _) => " NOT NULL",
    }
}

/// Returns the type that holds a field's values. That a text's length counts UTF-16 units, a date is a `datetime` and
/// an amount is `money`, is inferred: facts `text-length-in-utf-16`, `steps-of-a-second` and `amounts-are-exact`.
fn sql_type(field: &FieldDefinition) -> &'static str {
    match field.data_type {
        DataType::Text255 | DataType::PrefixedAutonumber | DataType::RandomId => "NVARCHAR(255)",
        DataType::Number => "FLOAT",
        DataType::Integer => "INT",
        DataType::Autonumber => "BIGINT",
        DataType::Currency => "MONEY",
        DataType::DateTime | DataType::Timestamp => "DATETIME",
        DataType::YesNo => "BIT",
        DataType::Guid => "UNIQUEIDENTIFIER",
        _ => "NVARCHAR(MAX)",
    }
}

/// Returns a name in brackets, in which only the closing one has a meaning.
fn quoted(name: &str) -> String {
    format!("[{}]", name.replace(']', "]]"))
}
