//! A segment of a table's keys.

use super::cursor::Cursor;
use crate::record::Key;

/// The records after a cursor, up to and including a key if the segment has an end.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct KeySegment {
    pub(super) after: Option<Cursor>,
    pub(super) until: Option<i64>,
}

impl KeySegment {
    /// Returns the key below all keys of the segment.
    pub(super) fn low(&self) -> Option<i64> {
        match self.after.as_ref()?.key {
            Some(Key::Id(low)) => Some(low),
            _ => None,
        }
    }

    /// Whether no key can be in the segment.
    pub(super) fn is_empty(&self) -> bool {
        self.until.is_some() && self.until <= self.low()
    }

    /// Cuts the segment in two after `key`.
    pub(super) fn cut_at(self, key: i64) -> (Self, Self) {
        let first = Self {
            after: self.after,
            until: Some(key),
        };
        let rest = Self {
            after: Some(Cursor::at_key(&Key::Id(key))),
            until: self.until,
        };
        (first, rest)
    }
}
