//! A table or view by its name.

use crate::record::ObjectKind;
use caspio_core::Operation;
use std::fmt;
use std::sync::Arc;

/// The kind and name of a table or view.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Target {
    pub(crate) kind: ObjectKind,
    pub(crate) name: Arc<str>,
}

impl Target {
    pub(crate) fn new(kind: ObjectKind, name: impl Into<Arc<str>>) -> Self {
        Self {
            kind,
            name: name.into(),
        }
    }

    /// Returns an operation on this table or view.
    pub(crate) fn operation(&self, name: &'static str) -> Operation {
        Operation::new(name).on(self.to_string()).table(&*self.name)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.kind, self.name)
    }
}
