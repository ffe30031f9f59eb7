//! Inserting one record.

use super::Purpose;
use super::encode::RowEncoder;
use super::encoded_row::EncodedRow;
use super::errors::{before_call, with_key, with_near_column};
use super::key_lookup::literal;
use super::reconcile::Reconciler;
use super::returning::Returning;
use super::send::returned;
use super::single_sender::SingleSender;
use crate::client::Client;
use crate::column::IntoColumn;
use crate::dialect::{self, inserted_key};
use crate::filter::ColumnFn;
use crate::read::{Query, key_is};
use crate::record::{DecodeOwned, Key, Record, Row, Source};
use crate::target::Target;
use crate::value::FieldValue;
use crate::work::Work;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Response, Result};
use futures::FutureExt;
use pin_project_lite::pin_project;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// An insert of one record. Awaiting it makes one call and returns the new record's key.
    ///
    /// It is sent again only if it was certainly not executed. After a lost response the error
    /// [may have been applied](caspio_core::Error::maybe_applied); [`unique_by`](Self::unique_by) finds out.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client, new: NewContact) -> caspio::Result<()> {
    /// match caspio.table::<Contact>().insert(&new).await {
    ///     Ok(id) => println!("record {id}"),
    ///     Err(error) if error.maybe_applied() => println!("the record may exist: {error}"),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Cancel safety
    ///
    /// Dropping the future cancels the call, which may still be executed.
    #[must_use = "an insert does nothing until it is awaited"]
    pub struct Insert<R, K> {
        request: Request,
        #[pin]
        work: Work<'static, Result<K>>,
        types: PhantomData<fn() -> (R, K)>,
    }
}

/// What is inserted, how and where.
struct Request {
    client: Client,
    target: Target,
    row: Row<'static>,
    unique: Option<Cow<'static, str>>,
}

impl<R: Record, K> Insert<R, K> {
    pub(super) fn new(client: Client, target: Target, row: Row<'_>) -> Self {
        Self {
            request: Request {
                client,
                target,
                row: row.into_owned(),
                unique: None,
            },
            work: Work::default(),
            types: PhantomData,
        }
    }

    /// After a lost response, looks the record up by this column, to find out whether it was inserted.
    ///
    /// The column is given as `|c| c.email`, or by its name as `|_| "Email"`.
    ///
    /// - A column that is unique by its definition: the record is inserted exactly once. It is looked up at most three
    ///   times within 2.5 seconds, because Caspio may still be working on the insert, and a read right after a write
    ///   may not see it yet. If it is not found, the row is sent again, at most twice, and Caspio refuses the attempt
    ///   that comes second, however late. If the fields were known before, one more call first reads whether the column
    ///   is still unique.
    /// - Any other column: the row is never sent twice, because an attempt that arrives after the last lookup would be
    ///   a second record. It is looked up once, after 2.5 seconds, because an older record may have the values. If it
    ///   is not found, the error remains, and [may have been applied](caspio_core::Error::maybe_applied): the record
    ///   may still appear.
    ///
    /// If exactly one record has the row's values, the row counts as inserted, even if the record existed before; two
    /// records, or one with other values, leave it unresolved. If a read does not show the new record after 2.5
    /// seconds, an older one with the same values is taken for it. In a view, a column that is not unique resolves
    /// nothing: the record that is found may be an older one, while the view's condition hides the new one. A lookup
    /// takes one call, and one more reads the fields if the client does not know them.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client, new: NewContact) -> caspio::Result<()> {
    /// caspio.table::<Contact>().insert(&new).unique_by(|c| c.email).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn unique_by<F>(mut self, column: F) -> Self
    where
        F: ColumnFn<R::Source>,
    {
        let column = column(<R::Source as Source>::COLUMNS);
        self.request.unique = Some(column.into_name());
        self
    }

    /// Returns the record as Caspio stores it, in the same call.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client, new: NewContact) -> caspio::Result<()> {
    /// let contact = caspio.table::<Contact>().insert(&new).returning().await?;
    /// println!("record {}", contact.pk_id);
    /// # Ok(())
    /// # }
    /// ```
    pub fn returning(self) -> Returning<Self, R> {
        Returning::new(self)
    }
}

impl Request {
    /// Moves the request out of a builder that is polled.
    fn take(&mut self) -> Self {
        Self {
            client: self.client.clone(),
            target: self.target.clone(),
            row: mem::take(&mut self.row),
            unique: self.unique.take(),
        }
    }

    async fn run(self) -> Result<Key> {
        let (client, target) = (&self.client, &self.target);
        let (row, reconciler) = prepare(client, target, self.row, self.unique).await?;
        let sender = SingleSender { client, target };
        let result = sender.send(&row).await;
        match reconciler {
            Some(reconciler) => reconciler.resolve_one(&sender, &row, result).await,
            None => result,
        }
    }

    async fn run_returning<R: DecodeOwned>(self) -> Result<R> {
        let (client, target) = (&self.client, &self.target);
        let (row, reconciler) = prepare(client, target, self.row, self.unique).await?;
        let sent = client
            .send_insert(target, &row, dialect::Returning::Records)
            .await;
        let (Err(error), Some(reconciler)) = (&sent, reconciler) else {
            return inserted(client, target, &sent?);
        };
        let sender = SingleSender { client, target };
        let result = Err(error.clone());
        let key = reconciler.resolve_one(&sender, &row, result).await?;
        // The record is there, but the response with it was lost.
        let query = Query::<R>::new(client.clone(), target.clone()).filter_expr(key_is(&key));
        let record = query.first().await;
        let record = record.map_err(|error| error.with_maybe_applied(true))?;
        record.ok_or_else(|| not_returned(target, Some(key)))
    }
}

/// Encodes the row, and remembers the value that identifies it.
async fn prepare(
    client: &Client,
    target: &Target,
    row: Row<'_>,
    unique: Option<Cow<'static, str>>,
) -> Result<(EncodedRow, Option<Reconciler>)> {
    let Some(column) = unique else {
        return Ok((encode(client, target, row).await?, None));
    };
    let dedup_key = dedup_key(&row, &column).map_err(|reason| {
        let error = Error::new(ErrorKind::Refused, reason)
            .with_operation("records.insert")
            .with_resource(target.to_string())
            .with_field(column.as_ref());
        match row.get(&column) {
            Some(_) => error,
            None => with_near_column(error, row.iter().map(|(name, _)| name), &column),
        }
    })?;
    let mut row = encode(client, target, row).await?;
    row.dedup_key = Some(dedup_key);
    let reconciler = Reconciler::new(column, client, target);
    Ok((row, Some(reconciler)))
}

async fn encode(client: &Client, target: &Target, row: Row<'_>) -> Result<EncodedRow> {
    RowEncoder::new(client, target, client.dialect(), Purpose::Insert)
        .encode(row)
        .await
        .map_err(|error| before_call(error, "records.insert"))
}

/// Checks everything that an insert checks before it is sent.
pub(crate) async fn check(client: &Client, target: &Target, row: Row<'_>) -> Result<()> {
    let mut encoder = RowEncoder::checking(client, target, Purpose::Insert).await?;
    encoder.encode(row).await.map(drop)
}

fn dedup_key(
    row: &Row<'_>,
    column: &str,
) -> std::result::Result<FieldValue<'static>, &'static str> {
    let value = row
        .get(column)
        .ok_or("the row does not have the column of `unique_by`, by which it is found after a lost response")?;
    match literal(value) {
        Some(_) => Ok(value.clone().into_owned()),
        None => Err("null, Yes/No and lists do not identify a record"),
    }
}

/// The record of a response to an insert.
fn inserted<R: DecodeOwned>(client: &Client, target: &Target, response: &Response) -> Result<R> {
    let dialect = client.dialect();
    let record = returned::<R>(dialect, response.body(), target, "records.insert")?;
    record.ok_or_else(|| not_returned(target, inserted_key(response).ok()))
}

fn not_returned(target: &Target, key: Option<Key>) -> Error {
    let message = "the record was inserted, but it is not in the response";
    let error = Error::new(ErrorKind::Incomplete, message)
        .with_operation("records.insert")
        .with_resource(target.to_string())
        .with_maybe_applied(true)
        .with_hint("a view does not show a record that its condition leaves out");
    match key {
        Some(key) => with_key(error, &key),
        None => error,
    }
}

impl<R: Record + 'static, K: TryFrom<Key> + Send + 'static> Future for Insert<R, K> {
    type Output = Result<K>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.work.poll(context, || {
            let request = this.request.take();
            let target = request.target.clone();
            async move { typed(request.run().await?, &target) }.boxed()
        })
    }
}

impl<R: DecodeOwned + 'static, K: 'static> Future for Returning<Insert<R, K>, R> {
    type Output = Result<R>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let write = this.write;
        this.work
            .poll(context, || write.request.take().run_returning().boxed())
    }
}

/// The key of a new record in the type of the handle.
pub(crate) fn typed<K: TryFrom<Key>>(key: Key, target: &Target) -> Result<K> {
    typed_key(key, target).map_err(|key| not_a_key(&key, target, "inserted"))
}

/// The key in the type of the handle.
pub(crate) fn typed_key<K: TryFrom<Key>>(key: Key, target: &Target) -> std::result::Result<K, Key> {
    let key = key.in_form_of(target.kind)?;
    K::try_from(key.clone()).map_err(|_| key)
}

/// The error of a record that was written, but whose key is of another type than the handle's.
pub(crate) fn not_a_key(key: &Key, target: &Target, done: &str) -> Error {
    let message = format!(
        "the record was {done}, but its key \"{key}\" is not a key of a {}",
        target.kind
    );
    Error::new(ErrorKind::Protocol, message)
        .with_resource(target.to_string())
        .with_maybe_applied(true)
}

impl<R, K> fmt::Debug for Insert<R, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Insert")
            .field("target", &self.request.target)
            .field("row", &self.request.row)
            .finish_non_exhaustive()
    }
}
