//! The table or view that a command reads from.

use crate::column::{Column, PK_ID, chosen, columns};
use crate::error::{CliError, ExitCode};
use crate::row::Row;
use crate::suggest::{near_objects, near_or_all};
use caspio::record::ObjectKind;
use caspio::schema::FieldDefinition;
use caspio::{Capability, Client, Query, RecordMap, Table};
use caspio_schema::{DataType, is_same_name};

/// A table or a view, by its name.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) kind: ObjectKind,
    pub(crate) name: String,
}

impl Source {
    pub(crate) fn new(kind: ObjectKind, name: &str) -> Self {
        Self {
            kind,
            name: name.to_owned(),
        }
    }

    /// Returns a query for its records.
    pub(crate) fn query(&self, caspio: &Client) -> Query<Row<'static>> {
        let query = match self.kind {
            ObjectKind::Table => caspio.table_named(&self.name).query(),
            ObjectKind::View => caspio.view_named(&self.name).query(),
        };
        query.select::<Row<'static>>()
    }

    pub(crate) async fn fields(&self, caspio: &Client) -> caspio::Result<Vec<FieldDefinition>> {
        match self.kind {
            ObjectKind::Table => caspio.table_named(&self.name).fields().await,
            ObjectKind::View => caspio.view_named(&self.name).fields().await,
        }
    }

    /// Returns its columns. One call. If the fields of views cannot be read, as on v2, the columns are those of the
    /// first record.
    pub(crate) async fn columns(&self, caspio: &Client) -> caspio::Result<Vec<Column>> {
        if self.kind == ObjectKind::Table || caspio.supports(Capability::ViewFields) {
            return Ok(columns(self.kind, &self.fields(caspio).await?));
        }
        let first = caspio.view_named(&self.name).first().await?;
        let names = first.iter().flat_map(|record| record.iter());
        let names = names.filter(|(name, _)| !is_same_name(name, PK_ID));
        let texts = names.map(|(name, _)| Column {
            name: name.to_owned(),
            data_type: DataType::Text255,
        });
        Ok(columns(self.kind, &[]).into_iter().chain(texts).collect())
    }
}

/// Runs an action on the table of that name or, if there is none, on the view.
///
/// A name that is neither fails with the table's error and a suggestion. A missing table costs one extra call,
/// a name that is neither two more, for the account's names.
pub(crate) async fn table_or_view<T>(
    caspio: &Client,
    view: bool,
    name: &str,
    mut act: impl AsyncFnMut(Source) -> Result<T, CliError>,
) -> Result<T, CliError> {
    let is_missing = |error: &CliError| error.exit == ExitCode::NotFound;
    let mut first = None;
    if !view {
        match act(Source::new(ObjectKind::Table, name)).await {
            Err(error) if is_missing(&error) => first = Some(error),
            done => return done,
        }
    }
    let error = match act(Source::new(ObjectKind::View, name)).await {
        Err(error) if is_missing(&error) => first.unwrap_or(error),
        done => return done,
    };
    let asked = [(ObjectKind::View, name), (ObjectKind::Table, name)];
    let asked = if view { &asked[..1] } else { &asked[..] };
    Err(near_objects(caspio, error, asked).await)
}

/// Returns a table and its fields, or an error that suggests near names. One call; a name that is not found costs one
/// more.
pub(crate) async fn table_and_fields(
    caspio: &Client,
    name: &str,
) -> Result<(Table<RecordMap>, Vec<FieldDefinition>), CliError> {
    let table = caspio.table_named(name);
    match table.fields().await.map_err(CliError::from) {
        Ok(fields) => Ok((table, fields)),
        Err(error) if error.exit == ExitCode::NotFound => {
            Err(near_objects(caspio, error, &[(ObjectKind::Table, name)]).await)
        }
        Err(error) => Err(error),
    }
}

/// Replaces the hint of a refused read by the unknown column among the one the error names and those selected,
/// with the nearest known column.
///
/// The service does not always name the column. One call, if there is a column to check.
pub(crate) async fn near_columns(
    caspio: &Client,
    source: &Source,
    error: CliError,
    select: &[String],
) -> CliError {
    let named = error.facts.as_ref().and_then(|facts| facts.field.clone());
    let names: Vec<String> = named.into_iter().chain(select.iter().cloned()).collect();
    if error.facts.is_none() || error.exit != ExitCode::Usage || names.is_empty() {
        return error;
    }
    let Ok(known) = source.columns(caspio).await else {
        return error;
    };
    let unknown = names.iter().find(|name| {
        let is_expression = name.contains(['(', '*', '\'']);
        !is_expression && chosen(&known, &[(*name).clone()]).is_err()
    });
    let Some(unknown) = unknown else {
        return error;
    };
    let known = known.iter().map(|column| column.name.as_str());
    let near = near_or_all(unknown, known, "the columns are");
    error.with_hint(format!("there is no column {unknown:?}: {near}"))
}
