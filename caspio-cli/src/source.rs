//! A table or a view by its name.

use crate::column::{Column, columns};
use crate::error::CliError;
use crate::row::Row;
use caspio::record::ObjectKind;
use caspio::schema::FieldDefinition;
use caspio::{ApiVersion, Client, Query};

/// What a command reads from.
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

    /// A query for its records.
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

    /// Its columns. One call; of a view on v2, which defines none there, those of its first record.
    pub(crate) async fn columns(&self, caspio: &Client) -> caspio::Result<Vec<Column>> {
        if caspio.api_version() != ApiVersion::V2 || self.kind == ObjectKind::Table {
            return Ok(columns(self.kind, &self.fields(caspio).await?));
        }
        let first = caspio.view_named(&self.name).first().await?;
        let names = first.iter().flat_map(|record| record.iter());
        let names = names.filter(|(name, _)| !name.eq_ignore_ascii_case(crate::column::PK_ID));
        let texts = names.map(|(name, _)| Column {
            name: name.to_owned(),
            kind: crate::column::Kind::Text,
        });
        Ok(columns(self.kind, &[]).into_iter().chain(texts).collect())
    }
}

/// Does something with the table of that name or, where there is none, with the view.
///
/// A name that is neither fails as the table did. A missing table costs one call more.
pub(crate) async fn table_or_view<T>(
    view: bool,
    name: &str,
    mut act: impl AsyncFnMut(Source) -> Result<T, CliError>,
) -> Result<T, CliError> {
    if view {
        return act(Source::new(ObjectKind::View, name)).await;
    }
    match act(Source::new(ObjectKind::Table, name)).await {
        Err(failure) if failure.exit == crate::error::ExitCode::NotFound => {
            let second = act(Source::new(ObjectKind::View, name)).await;
            second.map_err(|also| match also.exit {
                crate::error::ExitCode::NotFound => failure,
                _ => also,
            })
        }
        done => done,
    }
}
