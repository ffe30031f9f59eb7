//! What a message contains: records of a table, or JSON of a program's own template.

use super::message::Message;
use crate::decode::decode_page;
use crate::dialect::of_messages;
use crate::record::{DecodeOwned, Source};
use crate::target::Target;
use crate::webhooks::words::EventKind;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use caspio_schema::is_same_name;
use serde::de::DeserializeOwned;

/// The content of a message: [`Event`] for Caspio's own payload, [`Custom`] for one of your own.
pub trait Payload: sealed::Sealed + Sized {
    #[doc(hidden)]
    fn read(body: &[u8], message: &Message) -> Result<Self>;
}

/// What happened to records of a table, in Caspio's own payload.
///
/// The records are read as those of a query are: a column of the struct that is not in the message is an error. If the
/// event names [`payload_fields`](crate::webhooks::EventSettings::payload_fields), or a triggered action watches the
/// same event, which leaves out list fields (documented), use a struct with the columns that are there
/// ([`CaspioRecord`](derive@crate::CaspioRecord)), or a [`RecordMap`](crate::RecordMap), which takes all.
///
/// A message may contain several records (inferred, fact `records-of-a-message`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<R> {
    /// Records were inserted.
    Inserted(Vec<R>),
    /// Values of records were changed; these are the records after it.
    Updated(Vec<R>),
    /// Records were deleted; these are the records before it.
    Deleted(Vec<R>),
    /// Something else happened, by the service's word for it; empty if the message does not say.
    Other(String, Vec<R>),
}

impl<R> Event<R> {
    /// Returns the records.
    #[must_use]
    pub fn records(&self) -> &[R] {
        match self {
            Self::Inserted(records) | Self::Updated(records) => records,
            Self::Deleted(records) | Self::Other(_, records) => records,
        }
    }
}

/// A message whose body is a template of your own, as a type that serde reads.
///
/// A repeated delivery is recognized only if the template contains the message's id, as the member `messageId`. The
/// members `eventId` and `eventType` of [`Message`] are known only if the template has these, too:
///
/// ```text
/// {'messageId': '[@out-hook:messageId]', 'id': '[@field:PK_ID]', 'email': '[@field:Email]'}
/// ```
///
/// It is recognized by the id together with the whole content (that only the call's id and the secret differ is
/// inferred, fact `repeated-deliveries`). If the service renders the template anew for each attempt, values that differ
/// each time, such as the link to the file of an attachment (`[@field:Photo/]`), make a repetition be passed on again.
/// With such values, keep the [`message_id`](Message::message_id) of what was handled yourself, and skip one that is
/// there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Custom<T>(pub T);

mod sealed {
    pub trait Sealed {}
    impl<R: crate::record::DecodeOwned> Sealed for super::Event<R> {}
    impl<T: serde::de::DeserializeOwned> Sealed for super::Custom<T> {}
}

impl<R: DecodeOwned> Payload for Event<R> {
    fn read(body: &[u8], message: &Message) -> Result<Self> {
        let target = target::<R::Source>(message)?;
        let page = decode_page::<R>(body, of_messages(), &target, 1);
        let records = page.map_err(of_delivery)?.records;
        Ok(match &message.kind {
            Some(EventKind::Inserted) => Self::Inserted(records),
            Some(EventKind::Updated) => Self::Updated(records),
            Some(EventKind::Deleted) => Self::Deleted(records),
            Some(EventKind::Other(word)) => Self::Other(word.clone(), records),
            None => Self::Other(String::new(), records),
        })
    }
}

impl<T: DeserializeOwned> Payload for Custom<T> {
    fn read(body: &[u8], _: &Message) -> Result<Self> {
        let read = serde_json::from_slice(body);
        // The parser quotes the body, which may contain a secret.
        read.map(Self).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let message =
                format!("the message does not fit the type, at line {line} column {column}");
            of_delivery(Error::new(ErrorKind::Decode, message))
        })
    }
}

/// Returns the table that the message is about.
///
/// # Errors
///
/// `Decode`: it is not that of the struct.
fn target<S: Source>(message: &Message) -> Result<Target> {
    let name = match &message.table {
        Some(table) if S::NAME.is_empty() => table,
        Some(table) if !is_same_name(table, S::NAME) => {
            let message = format!("the message is about table {table:?}, not {:?}", S::NAME);
            let error = Error::new(ErrorKind::Decode, message);
            return Err(of_delivery(error).with_hint(
                "receive the events of each table at a URL of its own, or all as `Event<RecordMap>`",
            ));
        }
        _ => S::NAME,
    };
    Ok(Target::new(S::KIND, name))
}

fn of_delivery(error: Error) -> Error {
    error.with_operation(super::OPERATION)
}
