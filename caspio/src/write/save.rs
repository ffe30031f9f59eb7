//! Saving a record that was read and changed.

use super::Purpose;
use super::affected::affected_of;
use super::changes::Changes;
use super::encode::RowEncoder;
use super::errors::{before_call, missing, with_key};
use super::key_lookup::literal;
use super::update::{NothingSet, Update};
use super::update_by_key::ByKey;
use crate::client::Client;
use crate::dialect::{RecordSelector, Returning};
use crate::filter::literal::Literal;
use crate::filter::{Expr, Operator};
use crate::read::{MAX_URI, key_is};
use crate::record::{Key, Record, Row, ToRow};
use crate::target::Target;
use crate::value::FieldValue;
use crate::work::Work;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use caspio_schema::{Kind, is_same_name};
use futures::FutureExt;
use pin_project_lite::pin_project;
use std::fmt;
use std::marker::PhantomData;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// A write of the columns that differ between a record as it was read and as it is now. Awaiting it returns whether
    /// there were any.
    ///
    /// One call, or none if nothing changed. Values are compared as Caspio stores them: numbers as numbers, dates in
    /// steps of 1/300 s.
    ///
    /// The record is not read again. If another program changed a column in the meantime, that change is overwritten
    /// where the column changed here as well, and kept where it did not. With [`if_unchanged`](Self::if_unchanged)
    /// nothing is overwritten.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client, contact: Contact) -> caspio::Result<()> {
    /// let now = Contact { email: None, ..contact.clone() };
    /// let changed: bool = caspio.table::<Contact>().save(&contact, &now).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Awaiting it fails with `Refused` if the two are not the same record or the struct has no key, with `NotFound` if
    /// the record was deleted in the meantime, and with `Conflict` if it must be unchanged and is not.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future cancels the call, which may still be executed.
    #[must_use = "a save does nothing until it is awaited"]
    pub struct Save<R> {
        client: Client,
        target: Target,
        key: Result<Key>,
        before: Row<'static>,
        changes: Changes,
        if_unchanged: bool,
        #[pin]
        work: Work<'static, Result<bool>>,
        record: PhantomData<fn() -> R>,
    }
}

impl<R: Record + ToRow> Save<R> {
    pub(super) fn new(client: &Client, target: &Target, before: &R, after: &R) -> Self {
        let key = shared_key(before.key(), after.key());
        Self {
            client: client.clone(),
            target: target.clone(),
            key: key.map_err(|error| error.with_resource(target.to_string())),
            before: before.to_row().into_owned(),
            changes: differences(before, after),
            if_unchanged: false,
            work: Work::default(),
            record: PhantomData,
        }
    }

    /// Writes only where the columns that are written still hold what was read, and fails with `Conflict` otherwise.
    ///
    /// It is checked in the same call, by a condition on these columns; other columns may have changed. Values are
    /// compared as Caspio compares them, so another program's change of case or of blanks at the end is not noticed.
    /// One call, and one more to distinguish a changed record from a deleted one. The call is not repeated when its
    /// response is lost.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client, contact: Contact) -> caspio::Result<()> {
    /// let now = Contact { email: None, ..contact.clone() };
    /// match caspio.table::<Contact>().save(&contact, &now).if_unchanged().await {
    ///     Err(error) if error.kind() == caspio::ErrorKind::Conflict => println!("read it again: {error}"),
    ///     result => println!("changed: {}", result?),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `Refused`: a list is to be written, which Caspio cannot compare; or on v2 and v3 the old values are too long for
    /// a URL. v4 takes them in the body.
    pub fn if_unchanged(mut self) -> Self {
        self.if_unchanged = true;
        self
    }

    async fn run(self) -> Result<bool> {
        let key = self.key.clone();
        let key = key.map_err(|error| {
            before_call(error, "records.update").with_resource(self.target.to_string())
        })?;
        if self.changes.is_empty() {
            return Ok(false);
        }
        if self.if_unchanged {
            return self.update_unchanged(key).await;
        }
        let update = Update::<R, ByKey, NothingSet>::by_key(&self.client, &self.target, key);
        update.with(self.changes).await?;
        Ok(true)
    }

    async fn update_unchanged(self, key: Key) -> Result<bool> {
        let Self {
            client,
            target,
            before,
            changes,
            ..
        } = self;
        let with_context = |error: Error| {
            let error = error.with_operation("records.update");
            with_key(error.with_resource(target.to_string()), &key)
        };
        let refused = |error| with_key(before_call(error, "records.update"), &key);
        let row = changes.into_row_of(&target).map_err(refused)?;
        let names = row.iter().map(|(name, _)| name);
        let is_text = |name: &str| is_text::<R>(&client, &target, name);
        let condition = unchanged(&key, &before, names, is_text).map_err(with_context)?;
        let url = client.records_url_by_name(&target);
        let length = client.dialect().condition_url_length(&url, &condition);
        if length.is_some_and(|length| length > MAX_URI) {
            let message = "the old values are too long for the URL of a conditional update";
            let error = Error::new(ErrorKind::Refused, message);
            return Err(with_context(error).with_hint("v4 takes them in the body"));
        }
        let mut encoder = RowEncoder::new(&client, &target, client.dialect(), Purpose::Update);
        let row = encoder.encode(row).await.map_err(refused)?;
        let records = RecordSelector::Filter(condition);
        let sent = client.send_update(&target, &records, &row, Returning::Nothing);
        let response = sent.await.map_err(|error| with_key(error, &key))?;
        if affected_of(&response, &target)?.records > 0 {
            return Ok(true);
        }
        match client.first_key(&target, &key_is(&key).to_sql()).await? {
            Some(_) => {
                let message = "the record was changed after it was read, so nothing was written";
                let error = with_context(Error::new(ErrorKind::Conflict, message));
                Err(error.with_hint("read the record again, and decide which change is right"))
            }
            None => Err(missing(&target, &key).with_operation("records.update")),
        }
    }
}

/// Whether a column holds text, as far as the struct or the fields that are known show it.
fn is_text<R: Record>(client: &Client, target: &Target, name: &str) -> bool {
    let mut fields = R::FIELDS.iter();
    if let Some(field) = fields.find(|field| is_same_name(field.name, name)) {
        return field.kind == Some(Kind::Text);
    }
    let fields = client.cached_definitions(target).unwrap_or_default();
    let mut fields = fields.iter();
    fields.any(|field| is_same_name(&field.name, name) && field.data_type.is_text())
}

/// The condition that a record still holds the old values of columns. `is_text` returns whether a column holds text.
fn unchanged<'n>(
    key: &Key,
    before: &Row<'_>,
    names: impl Iterator<Item = &'n str>,
    is_text: impl Fn(&str) -> bool,
) -> Result<String> {
    let mut condition = key_is(key);
    for name in names {
        let column = name.to_owned();
        let part = match before.get(name) {
            Some(FieldValue::Null) if is_text(name) => is_blank(column),
            Some(FieldValue::Null) => Expr::null(column, true),
            Some(FieldValue::Bool(yes)) => {
                Expr::compare(column, Operator::Eq, Literal::yes_no(*yes))
            }
            Some(FieldValue::Text(text)) if text.is_empty() => is_blank(column),
            value => {
                let literal = value.and_then(literal).ok_or_else(|| {
                    let message = "this column cannot be compared with its old value";
                    Error::new(ErrorKind::Refused, message).with_field(name)
                })?;
                Expr::compare(column, Operator::Eq, literal)
            }
        };
        condition = condition.and(part);
    }
    Ok(condition.to_sql())
}

/// Blank text may be read as null and null as blank text.
fn is_blank(column: String) -> Expr {
    let blank = Expr::compare(column.clone(), Operator::Eq, Literal::text(""));
    blank.or(Expr::null(column, true))
}

/// The columns of `after` whose values differ from `before`.
fn differences<T: ToRow>(before: &T, after: &T) -> Changes {
    let old = before.to_row();
    let changed = after
        .to_row()
        .without(|name, value| old.get(name) == Some(value));
    Changes::of(changed)
}

/// The key that both records have.
fn shared_key(before: Option<Key>, after: Option<Key>) -> Result<Key> {
    match (before, after) {
        (Some(before), Some(after)) if before == after => Ok(before),
        (Some(before), Some(after)) => {
            let message =
                format!("the two are not the same record, their keys are {before} and {after}");
            Err(Error::new(ErrorKind::Refused, message))
        }
        _ => Err(Error::new(ErrorKind::Refused, "the record has no key")
            .with_hint("give the struct a field with `#[caspio(pk)]`")),
    }
}

impl<R: Record + ToRow + 'static> Future for Save<R> {
    type Output = Result<bool>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.work.poll(context, || {
            let save = Self {
                client: this.client.clone(),
                target: this.target.clone(),
                key: this.key.clone(),
                before: mem::take(this.before),
                changes: mem::take(this.changes),
                if_unchanged: *this.if_unchanged,
                work: Work::default(),
                record: PhantomData,
            };
            save.run().boxed()
        })
    }
}

impl<R> fmt::Debug for Save<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Save")
            .field("target", &self.target)
            .field("changes", &self.changes)
            .field("if_unchanged", &self.if_unchanged)
            .finish_non_exhaustive()
    }
}
