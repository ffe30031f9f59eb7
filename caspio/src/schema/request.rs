//! Reading the definitions of a whole account, or of a part of it.

use super::{ObjectDefinition, Schema};
use crate::client::{Client, unknown_name_hint};
use crate::dialect::{SchemaJson, relationships, schemas_url};
use crate::record::ObjectKind;
use crate::target::Target;
use crate::work::Work;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use caspio_schema::position_of_name;
use futures::stream::{self, StreamExt, TryStreamExt};
use pin_project_lite::pin_project;
use std::collections::BTreeSet;
use std::pin::Pin;
use std::task::{Context, Poll};

const OPERATION: &str = "schema.read";

/// The number of tables whose fields are read at the same time.
const CONCURRENCY: usize = 4;

pin_project! {
    /// Reads tables and views with their fields when it is awaited. Created by [`Client::schema`].
    ///
    /// ```no_run
    /// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
    /// let pets = caspio.schema().tables(["Pets"]).views(["Pet_Names"]).await?;
    /// println!("{}", pets.to_json());
    /// # Ok(())
    /// # }
    /// ```
    #[derive(Clone, Debug)]
    #[must_use = "a schema request does nothing until it is awaited"]
    pub struct SchemaRequest {
        client: Client,
        tables: Option<Vec<String>>,
        views: Option<Vec<String>>,
        #[pin]
        work: Work<'static, Result<Schema>>,
    }
}

impl Client {
    /// Reads every table and view that the profile can see, with its fields.
    ///
    /// On v2 and v3 this takes one call for the names of the tables, one for those of the views, and one for each table
    /// and view, four at a time. v2 does not return the fields of views, so they have none. On v4 it takes one
    /// call for the tables and one for the views (one for every 1,000 of them), and one more for each table or view
    /// with list fields, because v4 does not return the keys of their values.
    ///
    /// Notes are empty if they would cost calls of their own.
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
            work: Work::default(),
        }
    }
}

impl SchemaRequest {
    /// Reads only these tables, and views only if they are named too.
    pub fn tables<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        let names = names.into_iter().map(Into::into);
        self.tables.get_or_insert_default().extend(names);
        self
    }

    /// Reads only these views, and tables only if they are named too.
    pub fn views<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        let names = names.into_iter().map(Into::into);
        self.views.get_or_insert_default().extend(names);
        self
    }

    async fn read(self) -> Result<Schema> {
        let narrowed = self.tables.is_some() || self.views.is_some();
        let selection = |names: Option<Vec<String>>| match names {
            Some(names) => Selection::These(names),
            None if narrowed => Selection::None,
            None => Selection::All,
        };
        let (tables, views) = (selection(self.tables), selection(self.views));
        let client = &self.client;
        let mut schema = Schema::default();
        schema.tables = client.described(ObjectKind::Table, tables).await?;
        schema.views = client
            .described(ObjectKind::View, views)
            .await?
            .into_iter()
            .map(into_view)
            .collect();
        schema.unreported = client.dialect().capabilities().unreported.to_vec();
        schema.sort();
        Ok(schema)
    }
}

impl Future for SchemaRequest {
    type Output = Result<Schema>;

    /// Reads the definitions.
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.work.poll(context, || {
            let request = Self {
                client: this.client.clone(),
                tables: this.tables.clone(),
                views: this.views.clone(),
                work: Work::default(),
            };
            Box::pin(request.read())
        })
    }
}

/// The tables or views to read.
enum Selection {
    All,
    These(Vec<String>),
    None,
}

impl Selection {
    /// Returns the selected ones of `known`.
    ///
    /// # Errors
    ///
    /// `NotFound`: some are missing; the error names all of them.
    fn choose<T>(self, kind: ObjectKind, known: Vec<T>, name: fn(&T) -> &str) -> Result<Vec<T>> {
        let wanted = match self {
            Self::All => return Ok(known),
            Self::None => return Ok(Vec::new()),
            Self::These(wanted) => wanted,
        };
        let position = |wanted: &String| position_of_name(known.iter().map(name), wanted);
        let missing: Vec<_> = wanted
            .iter()
            .filter(|one| position(one).is_none())
            .collect();
        if !missing.is_empty() {
            let known: Vec<&str> = known.iter().map(name).collect();
            return Err(unknown(kind, &missing, &known));
        }
        let chosen: BTreeSet<usize> = wanted.iter().filter_map(position).collect();
        let known = known.into_iter().enumerate();
        let chosen = known.filter(|(at, _)| chosen.contains(at));
        Ok(chosen.map(|(_, one)| one).collect())
    }
}

impl Client {
    /// Reads tables or views with their fields; views are returned as tables.
    async fn described(
        &self,
        kind: ObjectKind,
        selection: Selection,
    ) -> Result<Vec<ObjectDefinition>> {
        if matches!(selection, Selection::None) {
            return Ok(Vec::new());
        }
        if self.dialect().capabilities().lists_schemas {
            self.all_described(kind, selection).await
        } else {
            self.each_described(kind, selection).await
        }
    }

    /// Reads the list of all definitions.
    async fn all_described(
        &self,
        kind: ObjectKind,
        selection: Selection,
    ) -> Result<Vec<ObjectDefinition>> {
        let url = schemas_url(self.base(), kind);
        let all: Vec<SchemaJson> = self.every_page(&url, OPERATION).await?;
        let chosen = selection.choose(kind, all, |one| &one.name)?;
        stream::iter(chosen)
            .map(|one| async move {
                let target = Target::new(kind, one.name.as_str());
                let fields = self.with_keys(&target, one.fields).await?;
                let mut table = ObjectDefinition::new(one.name, fields);
                table.note = one.note.unwrap_or_default();
                table.relationships = relationships(one.relationships);
                Ok(table)
            })
            .buffered(CONCURRENCY)
            .try_collect()
            .await
    }

    /// Reads the definition of each table or view.
    async fn each_described(
        &self,
        kind: ObjectKind,
        selection: Selection,
    ) -> Result<Vec<ObjectDefinition>> {
        let names = selection.choose(kind, self.names(kind).await?, |name| name)?;
        let no_fields =
            kind == ObjectKind::View && !self.dialect().capabilities().lists_view_fields;
        stream::iter(names)
            .map(|name| async move {
                let target = Target::new(kind, name.as_str());
                let fields = if no_fields {
                    Vec::new()
                } else {
                    self.fields(&target).await?
                };
                Ok(ObjectDefinition::new(name, fields))
            })
            .buffered(CONCURRENCY)
            .try_collect()
            .await
    }
}

fn into_view(mut view: ObjectDefinition) -> ObjectDefinition {
    view.relationships.clear();
    view
}

fn unknown(kind: ObjectKind, names: &[&String], known: &[&str]) -> Error {
    let hint = unknown_name_hint(kind, names.iter().map(|name| name.as_str()), known);
    let names: Vec<_> = names.iter().map(|name| format!("{name:?}")).collect();
    Error::new(ErrorKind::NotFound, "the account has no such name")
        .with_operation(OPERATION)
        .with_resource(format!("{kind} {}", names.join(", ")))
        .with_hint(hint)
}
