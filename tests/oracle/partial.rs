//! Reads that may have been stopped.

use crate::read::Failure;
use caspio::read::{Collected, Position};
use caspio::{Error, ErrorKind};

/// The error of a read that cannot be continued, because the place where it ended was written.
pub(crate) const LOST_PLACE: &str = "was changed or deleted";
/// What this error says if a record of a view has the key and the place of the one that was written.
pub(crate) const ANOTHER_RECORD: &str = "may be it or another one";

/// Returns the records of a read that may have been stopped, and, if it was, the position if it has one.
#[allow(clippy::type_complexity, reason = "used twice")]
pub(crate) fn split<R>(
    part: Result<Collected<R>, Error>,
) -> Result<(Vec<R>, Option<Option<Position>>), Failure> {
    let can_be_resumed = |error: &Error| {
        error.kind() == ErrorKind::Incomplete && !error.to_string().contains(LOST_PLACE)
    };
    match part {
        Ok(Collected::Complete(records)) => Ok((records, None)),
        Ok(Collected::Partial(part)) if can_be_resumed(&part.reason) => {
            Ok((part.records, Some(Some(part.resume))))
        }
        Ok(Collected::Partial(part)) => Err(part.reason.into()),
        Err(error) if can_be_resumed(&error) => Ok((Vec::new(), Some(None))),
        Err(error) => Err(error.into()),
    }
}
