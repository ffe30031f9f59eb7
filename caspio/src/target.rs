//! A table or view by its name.

use crate::record::ObjectKind;
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
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.kind, self.name)
    }
}
