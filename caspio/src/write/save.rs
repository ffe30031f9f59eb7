//! Writing what differs between two states of a record.

use super::changes::Changes;
use crate::record::{Key, Row, ToRow};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};

/// The columns of `after` whose values differ from `before`.
pub(super) fn differences<T: ToRow>(before: &T, after: &T) -> Changes {
    let old = before.to_row();
    let changed = after
        .to_row()
        .without(|name, value| old.get(name) == Some(value));
    Changes::of(changed)
}

/// The key that both have.
pub(super) fn same_key(before: Option<Key>, after: Option<Key>) -> Result<Key> {
    let refused = |what: &str| Err(Error::new(ErrorKind::Refused, what));
    match (before, after) {
        (Some(before), Some(after)) if before == after => Ok(before),
        (Some(_), Some(_)) => refused("the two are not the same record, their keys differ"),
        _ => match refused("the record does not know its key") {
            Err(error) => Err(error.with_hint("give the struct a field with `#[caspio(pk)]`")),
            ok => ok,
        },
    }
}

impl Changes {
    /// Whether nothing is set.
    pub(super) fn is_empty(&self) -> bool {
        self.row().is_empty()
    }

    fn row(&self) -> &Row<'static> {
        &self.0
    }
}
