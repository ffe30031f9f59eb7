//! Inserting one record.

use super::Purpose;
use super::encode::RowEncoder;
use super::encoded_row::EncodedRow;
use super::key_lookup::literal;
use super::reconcile::{Reconciler, SendRows};
use super::send::returned;
use crate::client::Client;
use crate::column::Column;
use crate::dialect::{Returning, inserted_key};
use crate::record::{DecodeOwned, Key, Record, Row, Source};
use crate::target::Target;
use crate::value::FieldValue;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::borrow::Cow;
use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;

/// An insert of one record. Awaiting it makes one call and gives the new record's key.
///
/// It is never sent twice unless it is certain that it did not arrive: after a lost answer the error
/// [may have been applied](caspio_core::Error::maybe_applied).
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
/// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
/// # #[derive(CaspioInsert)] #[caspio(table = Contact)]
/// # struct NewContact { email: String }
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let new = NewContact { email: "a@b.c".to_owned() };
/// match caspio.table::<Contact>().insert(&new).await {
///     Ok(id) => println!("record {id}"),
///     Err(error) if error.maybe_applied() => println!("it may be there: {error}"),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "an insert does nothing until it is awaited"]
pub struct Insert<R, K> {
    pub(crate) client: Client,
    pub(crate) target: Target,
    pub(crate) row: Row<'static>,
    pub(crate) unique: Option<Cow<'static, str>>,
    types: PhantomData<fn() -> (R, K)>,
}

/// An insert of one record. Awaiting it makes one call and gives the record as Caspio keeps it.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
/// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
/// # #[derive(CaspioInsert)] #[caspio(table = Contact)]
/// # struct NewContact { email: String }
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let new = NewContact { email: "a@b.c".to_owned() };
/// let contact: Contact = caspio.table::<Contact>().insert(&new).returning().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "an insert does nothing until it is awaited"]
pub struct InsertReturning<R> {
    client: Client,
    target: Target,
    row: Row<'static>,
    record: PhantomData<fn() -> R>,
}

impl<R: Record, K> Insert<R, K> {
    pub(crate) fn new(client: Client, target: Target, row: Row<'_>) -> Self {
        Self {
            client,
            target,
            row: row.into_owned(),
            unique: None,
            types: PhantomData,
        }
    }

    /// Resolves the doubt after a lost answer by looking for the record with this column's value.
    ///
    /// The record that holds it is taken for the one that was sent. Looking takes up to three calls, with
    /// pauses, since a read right after a write may still see the old records. When none is found, the
    /// record is sent again if the column is unique by its definition, so that Caspio would refuse a
    /// double; otherwise the error stands.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
    /// # #[derive(CaspioInsert)] #[caspio(table = Contact)]
    /// # struct NewContact { email: String }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let new = NewContact { email: "a@b.c".to_owned() };
    /// caspio.table::<Contact>().insert(&new).unique_by(|c| c.email).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn unique_by<U, A>(
        mut self,
        column: impl FnOnce(<R::Source as Source>::Columns) -> Column<R::Source, U, A>,
    ) -> Self {
        let name = column(<R::Source as Source>::COLUMNS).name();
        self.unique = Some(Cow::Borrowed(name));
        self
    }

    /// As [`unique_by`](Self::unique_by), by the column's name.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let new = RecordMap::from([("Email", "a@b.c")]);
    /// caspio.table_named("Contacts").insert(&new).unique_by_name("Email").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn unique_by_name(mut self, column: &str) -> Self {
        self.unique = Some(Cow::Owned(column.to_owned()));
        self
    }

    /// Gives the record as Caspio keeps it, in the same call.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
    /// # #[derive(CaspioInsert)] #[caspio(table = Contact)]
    /// # struct NewContact { email: String }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let new = NewContact { email: "a@b.c".to_owned() };
    /// let contact = caspio.table::<Contact>().insert(&new).returning().await?;
    /// println!("record {}", contact.pk_id);
    /// # Ok(())
    /// # }
    /// ```
    pub fn returning(self) -> InsertReturning<R> {
        InsertReturning {
            client: self.client,
            target: self.target,
            row: self.row,
            record: PhantomData,
        }
    }
}

async fn encode(client: &Client, target: &Target, row: Row<'_>) -> Result<EncodedRow> {
    RowEncoder::new(client, target, client.dialect(), Purpose::Insert)
        .encode(row)
        .await
}

/// Finds out what an insert would refuse before it is sent.
pub(crate) async fn check(client: &Client, target: &Target, row: Row<'_>) -> Result<()> {
    let mut encoder = RowEncoder::checking(client, target, Purpose::Insert).await?;
    encoder.encode(row).await.map(drop)
}

/// Sends single rows.
struct SingleSender<'c> {
    client: &'c Client,
    target: &'c Target,
}

impl SingleSender<'_> {
    async fn send(&self, row: &EncodedRow) -> Result<Key> {
        let sent = self
            .client
            .send_insert(self.target, row, Returning::Nothing);
        inserted_key(&sent.await?).map_err(|error| {
            let error = error.with_operation("records.insert");
            row.attach_sent(error.with_resource(self.target.to_string()))
        })
    }
}

impl SendRows for SingleSender<'_> {
    async fn send_rows(&self, rows: &[&EncodedRow]) -> Vec<Result<Key>> {
        let mut results = Vec::with_capacity(rows.len());
        for row in rows {
            results.push(self.send(row).await);
        }
        results
    }
}

async fn insert(client: &Client, target: &Target, row: Row<'_>) -> Result<Key> {
    let row = encode(client, target, row).await?;
    SingleSender { client, target }.send(&row).await
}

/// Inserts a row that the value of a column identifies: an insert of many with one row.
async fn insert_unique(
    client: &Client,
    target: &Target,
    row: Row<'_>,
    column: Cow<'static, str>,
) -> Result<Key> {
    let dedup_key = dedup_key(&row, &column).map_err(|what| {
        Error::new(ErrorKind::Refused, what)
            .with_operation("records.insert")
            .with_resource(target.to_string())
            .with_field(column.as_ref())
    })?;
    let mut row = encode(client, target, row).await?;
    row.dedup_key = Some(dedup_key);
    let sender = SingleSender { client, target };
    let result = sender.send(&row).await;
    let reconciler = Reconciler {
        column,
        client: client.clone(),
        target: target.clone(),
    };
    let rows = std::slice::from_ref(&row);
    let results = reconciler.resolve(&sender, rows, vec![result]).await;
    results
        .into_iter()
        .next()
        .unwrap_or_else(|| Err(no_result()))
}

fn dedup_key(
    row: &Row<'_>,
    column: &str,
) -> std::result::Result<FieldValue<'static>, &'static str> {
    let value = row
        .get(column)
        .ok_or("the record has no value in the column that identifies it")?;
    match literal(value) {
        Some(_) => Ok(value.clone().into_owned()),
        None => Err("null, Yes/No and lists do not identify a record"),
    }
}

/// The error for a row that a response leaves out.
pub(crate) fn no_result() -> Error {
    let what = "the response has no result for this row";
    Error::new(ErrorKind::Protocol, what).with_maybe_applied(true)
}

async fn insert_returning<R: DecodeOwned>(
    client: &Client,
    target: &Target,
    row: Row<'_>,
) -> Result<R> {
    let row = encode(client, target, row).await?;
    let response = client.send_insert(target, &row, Returning::Records).await?;
    let key = inserted_key(&response).ok();
    let record = returned::<R>(client.dialect(), response.body(), target)
        .map_err(|error| error.with_maybe_applied(true))?;
    record.ok_or_else(|| {
        let what = "the record was inserted, but it is not in the answer";
        let error = Error::new(ErrorKind::Incomplete, what)
            .with_operation("records.insert")
            .with_resource(target.to_string())
            .with_maybe_applied(true)
            .with_hint("a view does not show a record that its condition leaves out");
        match key {
            Some(key) => error.with_key(format!("PK_ID {key}")),
            None => error,
        }
    })
}

impl<R: Record + 'static, K: TryFrom<Key> + Send + 'static> IntoFuture for Insert<R, K> {
    type Output = Result<K>;
    type IntoFuture = BoxFuture<'static, Result<K>>;

    fn into_future(self) -> Self::IntoFuture {
        async move {
            let Self {
                client,
                target,
                row,
                unique,
                ..
            } = self;
            let key = match unique {
                None => insert(&client, &target, row).await?,
                Some(column) => insert_unique(&client, &target, row, column).await?,
            };
            typed(key, &target)
        }
        .boxed()
    }
}

/// The key as the handle's type has it: a view's may look like a number.
pub(crate) fn typed<K: TryFrom<Key>>(key: Key, target: &Target) -> Result<K> {
    let key = match target.kind {
        crate::record::ObjectKind::Table => key,
        crate::record::ObjectKind::View => Key::Text(key.to_string()),
    };
    K::try_from(key.clone()).map_err(|_| {
        Error::new(
            ErrorKind::Protocol,
            format!(
                "the record was inserted, but its key \"{key}\" is none of a {}",
                target.kind
            ),
        )
        .with_resource(target.to_string())
        .with_maybe_applied(true)
    })
}

impl<R: DecodeOwned> IntoFuture for InsertReturning<R> {
    type Output = Result<R>;
    type IntoFuture = BoxFuture<'static, Result<R>>;

    fn into_future(self) -> Self::IntoFuture {
        async move { insert_returning(&self.client, &self.target, self.row).await }.boxed()
    }
}

impl<R, K> fmt::Debug for Insert<R, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Insert")
            .field("target", &self.target)
            .field("row", &self.row)
            .finish_non_exhaustive()
    }
}

impl<R> fmt::Debug for InsertReturning<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InsertReturning")
            .field("target", &self.target)
            .field("row", &self.row)
            .finish_non_exhaustive()
    }
}
