//! Reading the shape of a whole account, or of a part of it.

use super::{Schema, TableDefinition, ViewDefinition};
use crate::client::Client;
use crate::dialect::{SchemaJson, relationships, schemas_url};
use crate::record::SourceKind;
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::future::BoxFuture;
use futures::stream::{self, StreamExt, TryStreamExt};
use std::future::IntoFuture;

const OPERATION: &str = "schema.read";

/// How many tables are asked for their fields at once.
const AT_ONCE: usize = 4;

/// Reads tables and views with their fields; made by [`Client::schema`], and read by `.await`.
///
/// ```no_run
/// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
/// let pets = caspio.schema().tables(["Pets"]).views(["Pet_Names"]).await?;
/// println!("{}", pets.to_json());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is read before it is awaited"]
pub struct SchemaRequest {
    client: Client,
    tables: Option<Vec<String>>,
    views: Option<Vec<String>>,
}

impl Client {
    /// What the account holds: every table and view that the profile may see, with its fields.
    ///
    /// On v4 one call for the tables and one for the views (one for every 1,000 of them), and one more
    /// for each table or view with list fields, since v4 does not tell the keys of their values. On v2
    /// and v3 one call for the names of the tables, one for those of the views, and one for each table
    /// and view, four at a time. v2 does not tell the fields of views, so there they have none.
    ///
    /// Notes are left empty where they would cost calls of their own.
    ///
    /// ```no_run
    /// # async fn example(caspio: caspio::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let account = caspio.schema().await?;
    /// account.save("caspio.schema.json")?;
    ///
    /// let two = caspio.schema().tables(["Contacts", "Orders"]).await?;
    /// assert_eq!(two.tables.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn schema(&self) -> SchemaRequest {
        SchemaRequest {
            client: self.clone(),
            tables: None,
            views: None,
        }
    }
}

impl SchemaRequest {
    /// Reads these tables only, and views only if they are named too.
    ///
    /// ```no_run
    /// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
    /// let two = caspio.schema().tables(["Contacts", "Orders"]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn tables<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        let names = names.into_iter().map(Into::into);
        self.tables.get_or_insert_default().extend(names);
        self
    }

    /// Reads these views only, and tables only if they are named too.
    ///
    /// ```no_run
    /// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
    /// let one = caspio.schema().views(["Active"]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn views<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        let names = names.into_iter().map(Into::into);
        self.views.get_or_insert_default().extend(names);
        self
    }

    async fn read(self) -> Result<Schema> {
        let narrowed = self.tables.is_some() || self.views.is_some();
        let asked = |names: Option<Vec<String>>| match names {
            Some(names) => Asked::These(names),
            None if narrowed => Asked::None,
            None => Asked::All,
        };
        let (tables, views) = (asked(self.tables), asked(self.views));
        let client = &self.client;
        let mut schema = Schema::default();
        schema.tables = client.described(SourceKind::Table, tables).await?;
        schema.views = client
            .described(SourceKind::View, views)
            .await?
            .into_iter()
            .map(into_view)
            .collect();
        schema.sort();
        Ok(schema)
    }
}

impl IntoFuture for SchemaRequest {
    type Output = Result<Schema>;
    type IntoFuture = BoxFuture<'static, Result<Schema>>;

    /// Reads.
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.read())
    }
}

/// Which tables or views are wanted.
enum Asked {
    All,
    These(Vec<String>),
    None,
}

impl Asked {
    /// Those of `known` that are wanted.
    ///
    /// # Errors
    ///
    /// `NotFound`: some that are wanted are not there; all of them are named.
    fn choose<T>(self, kind: SourceKind, known: Vec<T>, name: fn(&T) -> &str) -> Result<Vec<T>> {
        let wanted = match self {
            Self::All => return Ok(known),
            Self::None => return Ok(Vec::new()),
            Self::These(wanted) => wanted,
        };
        let same = |left: &str, right: &str| left.to_lowercase() == right.to_lowercase();
        let is_known = |wanted: &&String| known.iter().any(|one| same(name(one), wanted));
        let missing: Vec<_> = wanted.iter().filter(|one| !is_known(one)).collect();
        if !missing.is_empty() {
            return Err(unknown(kind, &missing));
        }
        let is_wanted = |one: &T| wanted.iter().any(|wanted| same(wanted, name(one)));
        Ok(known.into_iter().filter(is_wanted).collect())
    }
}

impl Client {
    /// Tables or views with their fields; views in the shape of tables.
    async fn described(&self, kind: SourceKind, asked: Asked) -> Result<Vec<TableDefinition>> {
        if matches!(asked, Asked::None) {
            return Ok(Vec::new());
        }
        if self.dialect().capabilities().lists_schemas {
            self.all_described(kind, asked).await
        } else {
            self.each_described(kind, asked).await
        }
    }

    /// All in one call, as v4 tells them.
    async fn all_described(&self, kind: SourceKind, asked: Asked) -> Result<Vec<TableDefinition>> {
        let url = schemas_url(self.base(), kind);
        let all: Vec<SchemaJson> = self.every_page(&url, OPERATION).await?;
        let chosen = asked.choose(kind, all, |one| &one.name)?;
        stream::iter(chosen)
            .map(|one| async move {
                let target = Target::new(kind, one.name.as_str());
                let fields = self.with_keys(&target, one.fields).await?;
                let mut table = TableDefinition::new(one.name, fields);
                table.note = one.note.unwrap_or_default();
                table.relationships = relationships(one.relationships);
                Ok(table)
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await
    }

    /// One after the other, as v2 and v3 tell them.
    async fn each_described(&self, kind: SourceKind, asked: Asked) -> Result<Vec<TableDefinition>> {
        let names = asked.choose(kind, self.names(kind).await?, |name| name)?;
        let untold = kind == SourceKind::View && !self.dialect().capabilities().lists_view_fields;
        stream::iter(names)
            .map(|name| async move {
                let target = Target::new(kind, name.as_str());
                let fields = match untold {
                    true => Vec::new(),
                    false => self.fields(&target).await?,
                };
                Ok(TableDefinition::new(name, fields))
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await
    }
}

fn into_view(table: TableDefinition) -> ViewDefinition {
    let mut view = ViewDefinition::new(table.name, table.fields);
    view.note = table.note;
    view
}

fn unknown(kind: SourceKind, names: &[&String]) -> Error {
    let names: Vec<_> = names.iter().map(|name| format!("{name:?}")).collect();
    Error::new(ErrorKind::NotFound, "the account has no such name")
        .with_operation(OPERATION)
        .with_resource(format!("{kind} {}", names.join(", ")))
        .with_hint("check the spelling, and that the profile may read it")
}
