//! What the operations on applications have in common: ids that are checked, and errors with a remedy.

use crate::text_id;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Operation, Result};

/// The subject of an operation, for errors.
#[derive(Clone, Debug)]
pub(super) struct Resource(String);

impl Resource {
    pub(super) fn application(id: &str) -> Self {
        Self(format!("application {id:?}"))
    }

    pub(super) fn data_page(key: &str) -> Self {
        Self(format!("DataPage {key:?}"))
    }

    pub(super) fn operation(&self, name: &'static str) -> Operation {
        Operation::new(name).on(&self.0)
    }

    /// Creates the error of an operation that is refused without a call.
    pub(super) fn refused(&self, operation: &'static str, message: impl Into<String>) -> Error {
        self.with_context(operation, Error::new(ErrorKind::Refused, message))
    }

    /// Refuses ids that would reach another operation.
    pub(super) fn check(&self, operation: &'static str, ids: &[&str]) -> Result<()> {
        let checked = ids.iter().try_for_each(|id| text_id::check(id));
        checked.map_err(|error| self.with_context(operation, error))
    }

    pub(super) fn with_context(&self, operation: &'static str, error: Error) -> Error {
        error.with_operation(operation).with_resource(&self.0)
    }
}

/// Adds the remedy to the error of an unknown application or DataPage.
pub(super) fn explained(error: Error) -> Error {
    match error.kind() {
        ErrorKind::NotFound => error.with_hint(
            "check the id of the application and the key of the DataPage, which the lists return, and that the API \
             profile may use them",
        ),
        _ => error,
    }
}
