//! `caspio describe`: prints the fields of a table or view. One call.

use crate::column::PK_ID;
use crate::context::Context;
use crate::error::CliError;
use crate::format::{Align, fitted};
use crate::source::table_or_view;
use caspio::record::ObjectKind;
use caspio::schema::{DataType, FieldDefinition};
use clap::Args;
use serde::Serialize;
use serde_json::Value;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The table or view
    name: String,
    /// NAME is a view; by default tables are searched first
    #[arg(long)]
    view: bool,
}

#[derive(Serialize)]
struct Described<'f> {
    name: &'f str,
    kind: String,
    fields: Vec<Field<'f>>,
}

#[derive(Serialize)]
struct Field<'f> {
    name: &'f str,
    #[serde(rename = "type")]
    data_type: &'f str,
    /// The most characters of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<usize>,
    label: Option<&'f str>,
    description: Option<&'f str>,
    unique: bool,
    formula: bool,
    /// Whether records can be written with it.
    writable: bool,
    /// The values of a list, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<&'f Value>,
}

impl<'f> Field<'f> {
    fn new(field: &'f FieldDefinition) -> Self {
        let given = |text: &'f str| Some(text).filter(|text| !text.is_empty());
        Self {
            name: &field.name,
            data_type: field.data_type.name(),
            max_length: field.data_type.max_length(),
            label: given(&field.label),
            description: given(&field.description),
            unique: field.unique,
            formula: field.formula,
            writable: field.is_writable(),
            values: field.list.values().collect(),
        }
    }

    fn row(&self) -> [String; 4] {
        let length = self.max_length.map(|length| format!(" ({length})"));
        [
            self.name.to_owned(),
            format!("{}{}", self.data_type, length.unwrap_or_default()),
            self.label.unwrap_or_default().to_owned(),
            self.notes(),
        ]
    }

    fn notes(&self) -> String {
        let mut notes: Vec<String> = Vec::new();
        let read_only = !self.writable && !self.formula;
        for (is, mark) in [
            (self.unique, "unique"),
            (self.formula, "formula"),
            (read_only, "read only"),
        ] {
            notes.extend(is.then(|| mark.to_owned()));
        }
        if !self.values.is_empty() {
            let values = self.values.iter().map(|value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            notes.push(format!(
                "values: {}",
                values.collect::<Vec<_>>().join(" | ")
            ));
        }
        notes.extend(self.description.map(str::to_owned));
        notes.join(", ")
    }
}

/// Returns the row of the key, which every table and view has.
fn key_row(kind: ObjectKind) -> [String; 4] {
    let data_type = match kind {
        ObjectKind::Table => DataType::Autonumber,
        ObjectKind::View => DataType::Text255,
    };
    let notes = "key, read only".to_owned();
    [
        PK_ID.to_owned(),
        data_type.name().to_owned(),
        String::new(),
        notes,
    ]
}

pub(crate) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    let caspio = context.connect().await?;
    let (kind, fields) = table_or_view(&caspio, arguments.view, &arguments.name, async |source| {
        Ok((source.kind, source.fields(&caspio).await?))
    })
    .await?;
    let described = Described {
        name: &arguments.name,
        kind: kind.to_string(),
        fields: fields.iter().map(Field::new).collect(),
    };
    if context.out.json {
        return context.out.json(&described);
    }
    let header = ["Field", "Type", "Label", "Notes"].map(|name| (name, Align::Left));
    let has_key = described.fields.iter().any(|field| field.name == PK_ID);
    let key = (!has_key).then(|| key_row(kind));
    let rows = described.fields.iter().map(Field::row);
    let rows = key.into_iter().chain(rows).map(Vec::from).collect();
    context
        .out
        .line(format_args!("{}", fitted(&header, rows, false)))?;
    context.out.note(format_args!(
        "{} {}: {} fields, in addition to the key.",
        described.kind,
        arguments.name,
        described.fields.len()
    ));
    Ok(())
}
