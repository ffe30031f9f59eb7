//! The differences between two states of a record.

use super::changes::Changes;
use crate::record::{Key, ToRow};
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

/// The key that both records have.
pub(super) fn shared_key(before: Option<Key>, after: Option<Key>) -> Result<Key> {
    match (before, after) {
        (Some(before), Some(after)) if before == after => Ok(before),
        (Some(_), Some(_)) => Err(Error::new(
            ErrorKind::Refused,
            "the two are not the same record, their keys differ",
        )),
        _ => Err(
            Error::new(ErrorKind::Refused, "the record does not know its key")
                .with_hint("give the struct a field with `#[caspio(pk)]`"),
        ),
    }
}
