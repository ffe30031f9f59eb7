//! The errors of the store.

use crate::error::EmulatorError;
use caspio_tsql::TsqlError;
use std::fmt;

/// A refusal of the store. `http` decides which response an HTTP caller gets for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StoreError {
    TableNotFound,
    ViewNotFound,
    FileNotFound,
    /// Another object that does not exist, such as a directory.
    ObjectNotFound,
    FieldsNotFound(Vec<String>),
    /// These fields cannot be written, or not by this operation.
    ReadOnly(Vec<String>),
    /// Another record has the same value in these unique fields.
    Duplicate(Vec<String>),
    /// The values do not fit the data types of these fields.
    InvalidValues(Vec<String>),
    /// A definition lacks something or has a value out of range.
    InvalidDefinition,
    /// A table, view or field of this name exists.
    ObjectExists(String),
    /// Another object uses the field.
    InUse,
    /// A valid request that is refused for this reason.
    Refused(String),
    /// A query that does not compile, or that failed while it ran.
    Query(TsqlError),
    /// A query whose select list has an unknown name.
    SelectList(TsqlError),
    /// A failure of SQLite or of the emulator that the caller did not cause.
    Internal,
}

impl StoreError {
    pub(crate) fn fields_not_found(fields: &[&str]) -> Self {
        Self::FieldsNotFound(owned(fields))
    }

    pub(crate) fn read_only(fields: &[&str]) -> Self {
        Self::ReadOnly(owned(fields))
    }

    pub(crate) fn duplicate(fields: &[&str]) -> Self {
        Self::Duplicate(owned(fields))
    }

    pub(crate) fn invalid_values(fields: &[&str]) -> Self {
        Self::InvalidValues(owned(fields))
    }

    pub(crate) fn refused(reason: impl Into<String>) -> Self {
        Self::Refused(reason.into())
    }
}

fn owned(fields: &[&str]) -> Vec<String> {
    fields.iter().map(ToString::to_string).collect()
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TableNotFound => f.write_str("the table does not exist"),
            Self::ViewNotFound => f.write_str("the view does not exist"),
            Self::FileNotFound => f.write_str("the file or folder does not exist"),
            Self::ObjectNotFound => f.write_str("the object does not exist"),
            Self::FieldsNotFound(fields) => write!(f, "unknown fields: {}", fields.join(", ")),
            Self::ReadOnly(fields) => write!(f, "read-only fields: {}", fields.join(", ")),
            Self::Duplicate(fields) => {
                write!(f, "the fields must be unique: {}", fields.join(", "))
            }
            Self::InvalidValues(fields) => write!(
                f,
                "the values do not fit the data types of the fields: {}",
                fields.join(", ")
            ),
            Self::InvalidDefinition => f.write_str("the definition is incomplete or invalid"),
            Self::ObjectExists(name) => write!(f, "{name:?} exists"),
            Self::InUse => f.write_str("another object uses the field"),
            Self::Refused(reason) => f.write_str(reason),
            Self::Query(error) | Self::SelectList(error) => error.fmt(f),
            Self::Internal => f.write_str("the store failed"),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<TsqlError> for StoreError {
    fn from(error: TsqlError) -> Self {
        Self::Query(error)
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        TsqlError::of_execution(&error).map_or(Self::Internal, Self::Query)
    }
}

/// A failure outside of any call.
impl From<StoreError> for EmulatorError {
    fn from(error: StoreError) -> Self {
        Self::refused(error.to_string())
    }
}
