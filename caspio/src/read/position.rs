//! A place in a read, to go on from.

use super::cursor::Cursor;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind};
use caspio_support::hash::fnv1a_64;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How far a read got: everything up to there was delivered, nothing after it.
///
/// It can be kept as text ([`Display`](fmt::Display) and [`FromStr`]) or by serde, and handed to
/// [`Query::resume_from`](super::Query::resume_from) of the same query, in this process or a later
/// one. It holds the values of the last record in the query's order, and no secret.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
/// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
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
    /// The table or view, for the message when it does not fit.
    pub(super) of: String,
    /// A fingerprint of the query's condition and order.
    pub(super) query: u64,
    /// The last record delivered; `None` before the first.
    pub(super) after: Option<Cursor>,
    /// How many records were delivered.
    pub(super) read: u64,
}

impl Position {
    /// How many records were delivered before this place.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let mut orders = caspio.table::<Order>().stream();
    /// let first = orders.try_next().await?;
    /// println!("{} read", orders.position().records());
    /// # Ok(())
    /// # }
    /// ```
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
            Error::new(ErrorKind::Refused, "this is not the position of a read").with_source(error)
        })
    }
}

/// A hash that identifies a query on every machine and in every version of this crate.
pub(super) fn fingerprint(parts: &[&str]) -> u64 {
    fnv1a_64(parts.iter().flat_map(|part| part.bytes().chain([0])))
}
