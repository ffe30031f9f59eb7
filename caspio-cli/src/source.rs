//! The table or view that a command reads from.

use crate::column::{Column, columns};
use crate::error::{CliError, ExitCode};
use crate::row::Row;
use crate::suggest::near_objects;
use caspio::record::ObjectKind;
use caspio::schema::FieldDefinition;
use caspio::{ApiVersion, Client, Query};
use caspio_schema::DataType;

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

    /// Returns its columns. One call. v2 does not define those of a view, so they are read from its first record.
    pub(crate) async fn columns(&self, caspio: &Client) -> caspio::Result<Vec<Column>> {
        if caspio.api_version() != ApiVersion::V2 || self.kind == ObjectKind::Table {
            return Ok(columns(self.kind, &self.fields(caspio).await?));
        }
        let first = caspio.view_named(&self.name).first().await?;
        let names = first.iter().flat_map(|record| record.iter());
        let names = names.filter(|(name, _)| !name.eq_ignore_ascii_case(crate::column::PK_ID));
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
