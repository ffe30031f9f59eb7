//! How the service was seen to show values, so that a read begins its pages with the call that finds their place.

use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicBool, Ordering};

/// How the service shows values, as far as a read has seen it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Shown {
    /// Null and an empty text are shown alike.
    pub(super) blanks_alike: bool,
    /// Floats are shown with fewer digits than they have.
    pub(super) digits_cut: bool,
}

impl Shown {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What a read has seen, shared by its calls.
#[derive(Debug, Default)]
pub(super) struct Seen {
    blanks_alike: AtomicBool,
    digits_cut: AtomicBool,
}

impl Seen {
    pub(super) fn new(shown: Shown) -> Self {
        Self {
            blanks_alike: shown.blanks_alike.into(),
            digits_cut: shown.digits_cut.into(),
        }
    }

    pub(super) fn shown(&self) -> Shown {
        Shown {
            blanks_alike: self.blanks_alike.load(Ordering::Relaxed),
            digits_cut: self.digits_cut.load(Ordering::Relaxed),
        }
    }

    pub(super) fn blanks_are_alike(&self, alike: bool) {
        self.blanks_alike.store(alike, Ordering::Relaxed);
    }

    pub(super) fn digits_are_cut(&self, cut: bool) {
        self.digits_cut.store(cut, Ordering::Relaxed);
    }
}
