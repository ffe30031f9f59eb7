//! A position in a read, to resume from.

use super::cursor::Cursor;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind};
use caspio_support::hash::fnv1a_64;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How far a read got: every record before it was delivered, and none after it.
///
/// It can be stored as text ([`Display`](fmt::Display) and [`FromStr`]) or by serde, and passed to
/// [`Query::resume_from`](super::Query::resume_from) of the same query, in this process or another. The
/// text is JSON: escape it in a URL. It contains the last record's values in the columns of the query's
/// order, readable for whoever gets it.
///
/// ```no_run
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # fn example(caspio: Client) -> caspio::Result<()> {
/// use caspio::read::Position;
///
/// let position: Position = caspio.table::<Order>().stream().position();
/// let kept = position.to_string();
/// assert_eq!(kept.parse::<Position>()?, position);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// The table or view, for the error message if the query differs.
    pub(super) of: String,
    /// A fingerprint of the query's condition and order.
    pub(super) query: u64,
    /// The cursor of the last record; `None` before the first.
    pub(super) after: Option<Cursor>,
    /// How many records were delivered.
    pub(super) read: u64,
}

impl Position {
    /// Returns how many records were delivered before this position.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.read
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_string(self).map_err(|_| fmt::Error)?;
        f.write_str(&json)
    }
}

impl FromStr for Position {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(|error| {
            Error::new(ErrorKind::Refused, "this text is not a position of a read")
                .with_source(error)
        })
    }
}

/// Returns a hash that identifies a query. Positions are stored, so it must be the same on every machine
/// and in every version of this crate.
pub(super) fn fingerprint(parts: &[&str]) -> u64 {
    fnv1a_64(parts.iter().flat_map(|part| part.bytes().chain([0])))
}
