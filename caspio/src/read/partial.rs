//! The result of a read that may have been stopped before its end.

use super::position::Position;
use super::records::RecordStream;
use crate::record::DecodeOwned;
use caspio_core::{Error, Result};
use futures::TryStreamExt;

/// All records of a query, or those that were read before the read was stopped.
///
/// ```no_run
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// use caspio::read::Collected;
///
/// let read = caspio.table::<Order>().query().max_calls(50).collect_partial().await?;
/// let orders = match read {
///     Collected::Complete(orders) => orders,
///     Collected::Partial(part) => part.records,
/// };
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "some records may not have been read"]
pub enum Collected<R> {
    /// Every record.
    Complete(Vec<R>),
    /// The first records, and the position to resume from.
    Partial(Partial<R>),
}

/// The first records of a read that was stopped.
///
/// ```no_run
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// use caspio::read::Collected;
///
/// let orders = caspio.table::<Order>();
/// let read = orders.query().max_calls(50).collect_partial().await?;
/// if let Collected::Partial(part) = read {
///     println!("{} orders, then: {}", part.records.len(), part.reason);
///     let rest = orders.query().resume_from(&part.resume).collect().await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Partial<R> {
    /// The records that were read.
    pub records: Vec<R>,
    /// The position for [`Query::resume_from`](super::Query::resume_from).
    pub resume: Position,
    /// The error that stopped the read.
    pub reason: Error,
}

impl<R: DecodeOwned> Collected<R> {
    pub(super) async fn read(mut stream: RecordStream<R>) -> Result<Self> {
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
