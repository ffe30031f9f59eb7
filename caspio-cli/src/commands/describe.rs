//! `caspio describe`: prints the fields of a table or view. One call.

use crate::context::Context;
use crate::error::CliError;
use crate::format::{Align, table};
use crate::source::table_or_view;
use caspio::schema::FieldDefinition;
use clap::Args;
use serde::Serialize;

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
    label: Option<&'f str>,
    description: Option<&'f str>,
    unique: bool,
    formula: bool,
}

impl<'f> Field<'f> {
    fn new(field: &'f FieldDefinition) -> Self {
        let given = |text: &'f str| Some(text).filter(|text| !text.is_empty());
        Self {
            name: &field.name,
            data_type: field.data_type.name(),
            label: given(&field.label),
            description: given(&field.description),
            unique: field.unique,
            formula: field.formula,
        }
    }

    fn notes(&self) -> String {
        let marks = [(self.unique, "unique"), (self.formula, "formula")];
        let marks = marks
            .into_iter()
            .filter(|(is, _)| *is)
            .map(|(_, mark)| mark);
        marks.chain(self.description).collect::<Vec<_>>().join(", ")
    }
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
    let rows = described.fields.iter().map(|field| {
        [
            field.name.to_owned(),
            field.data_type.to_owned(),
            field.label.unwrap_or_default().to_owned(),
            field.notes(),
        ]
    });
    context.out.line(format_args!("{}", table(&header, rows)))?;
    context.out.note(format_args!(
        "{} {}: {} fields, in addition to the PK_ID of every record.",
        described.kind,
        arguments.name,
        described.fields.len()
    ));
    Ok(())
}
