//! What came of a read that may have been stopped before its end.

use super::position::Position;
use super::records::Records;
use crate::record::DecodeOwned;
use caspio_core::{Error, Result};
use futures::TryStreamExt;

/// All records of a query, or the part that came before the read was stopped.
#[derive(Clone, Debug)]
#[must_use = "a part is not the whole"]
pub enum Collected<R> {
    /// Every record.
    Complete(Vec<R>),
    /// The first records, and where to go on.
    Partial(Partial<R>),
}

/// The first records of a read that was stopped.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Partial<R> {
    /// What came.
    pub records: Vec<R>,
    /// Where to go on, with [`Query::resume_from`](super::Query::resume_from).
    pub resume: Position,
    /// What stopped the read.
    pub reason: Error,
}

impl<R: DecodeOwned> Collected<R> {
    pub(super) async fn read(mut stream: Records<R>) -> Result<Self> {
        let mut records = Vec::new();
        loop {
            match stream.try_next().await {
                Ok(Some(record)) => records.push(record),
                Ok(None) => return Ok(Self::Complete(records)),
                Err(error) if records.is_empty() => return Err(error),
                Err(reason) => {
                    return Ok(Self::Partial(Partial {
                        records,
                        resume: stream.position(),
                        reason,
                    }));
                }
            }
        }
    }
}
