//! What an error of an operation on files says.

use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind};

/// Whether an error means that there is no such file. A 404 without a code may come from a gateway, or be that of a
/// path that a version does not have.
pub(super) fn is_absent(error: &Error) -> bool {
    error.is_not_found() && error.code().is_some()
}

/// What an operation is on, for its errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// All files of the account.
    Account,
    RootFolder,
    /// A folder, by its id.
    Folder(String),
    /// A folder, by its path.
    FolderAt(String),
    /// A file, by its id.
    File(String),
    /// A file, by its path.
    FileAt(String),
    /// A new file, with its length and where it is stored.
    NewFile {
        name: String,
        length: u64,
        folder: String,
    },
}

impl Place {
    /// Returns the resource of an operation.
    pub(super) fn resource(&self) -> String {
        match self {
            Self::Account => "files".to_owned(),
            Self::RootFolder => "the root folder".to_owned(),
            Self::Folder(id) => format!("folder {id:?}"),
            Self::FolderAt(path) => format!("folder {path:?}"),
            Self::File(id) => format!("file {id:?}"),
            Self::FileAt(path) => format!("file {path:?}"),
            Self::NewFile { name, folder, .. } => format!("file {name:?} in {folder}"),
        }
    }

    fn hint(&self, kind: ErrorKind, status: Option<u16>) -> Option<String> {
        let hint = match (kind, self) {
            (ErrorKind::Permission, _) => {
                "grant the API profile the permission for this operation on files, in Caspio"
            }
            (ErrorKind::Conflict, Self::NewFile { .. }) => {
                "the folder has a file of this name: upload with `IfExists::Replace`, `IfExists::Skip` or \
                 `IfExists::NewName`, or under another name by `Upload::named`"
            }
            (ErrorKind::Conflict, Self::RootFolder | Self::Folder(_)) => {
                "the folder has a folder of this name: `folders()` lists them"
            }
            (ErrorKind::NotFound, Self::FileAt(_)) => {
                "there is no file at this path, which is case-sensitive, or the API profile has no access to it: \
                 `list()` of the folder returns its files"
            }
            (ErrorKind::NotFound, Self::File(_)) => {
                "there is no file with this id, or the API profile has no access to it: `list()` of a folder returns \
                 the ids of its files"
            }
            (ErrorKind::NotFound, Self::Folder(_) | Self::NewFile { .. }) => {
                "there is no folder with this id, or the API profile has no access to it: `folders()` returns the ids \
                 of folders, `folder_at(path)` finds one"
            }
            (_, Self::NewFile { length, .. }) if status == Some(413) => {
                return Some(format!(
                    "the service accepts no file of {length} bytes here; its limit is not documented: upload a \
                     smaller file"
                ));
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }

    /// Adds the operation, the resource and the remedy to an error.
    pub(super) fn explain(&self, operation: &'static str, error: Error) -> Error {
        // A token request has an operation of its own.
        if error.operation().is_some_and(|name| name != operation) {
            return error;
        }
        let error = match error.operation() {
            Some(_) => error,
            None => error
                .with_operation(operation)
                .with_resource(self.resource()),
        };
        let error = match self.is_unknown_folder(&error) {
            true => error.with_kind(ErrorKind::NotFound),
            false => error,
        };
        if error.hint().is_some() && error.status().is_none() {
            return error;
        }
        match self.hint(error.kind(), error.status()) {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }

    /// For the list of an unknown folder, v3 documents 400 and no 404. The folder is the only parameter that a caller
    /// chooses.
    fn is_unknown_folder(&self, error: &Error) -> bool {
        matches!(self, Self::Folder(_)) && error.code() == Some("IncorrectQueryParameter")
    }

    /// Creates the error of an operation that is refused without a call.
    pub(super) fn refused(&self, operation: &'static str, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Refused, message)
            .with_operation(operation)
            .with_resource(self.resource())
    }

    /// Creates the error of an operation that this version of the API does not have.
    pub(super) fn unsupported(&self, operation: &'static str, what: &str) -> Error {
        self.refused(operation, format!("this version of the API {what}"))
            .with_hint("use v4, by `ClientBuilder::api_version`")
    }
}
