//! All of Caspio's error responses.
//!
//! Codes and texts are the documented ones where a source has them. Where no source records the
//! body (401, 405, 413, 414, 415) it is empty rather than invented.

use crate::store::StoreError;
use axum::http::StatusCode;
use caspio_tsql::TsqlError;
use std::borrow::Borrow;
use std::fmt::Display;

/// The response to a refused call: its status and body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) body: Body,
}

/// The body of a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// No body.
    Empty,
    /// Caspio's error object.
    Caspio { code: &'static str, message: String },
    /// Bytes other than Caspio's error object.
    Raw {
        content_type: &'static str,
        text: String,
    },
}

impl Refusal {
    /// A status without a body, where no source records one.
    pub(crate) fn bare(status: StatusCode) -> Self {
        Self {
            status,
            body: Body::Empty,
        }
    }

    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            body: Body::Caspio {
                code,
                message: message.into(),
            },
        }
    }

    pub(crate) fn unauthorized() -> Self {
        Self::bare(StatusCode::UNAUTHORIZED)
    }

    pub(crate) fn incorrect_query() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "IncorrectQueryParameter",
            "Required query parameter absent or has incorrect format",
        )
    }

    /// A write without its condition, as recorded on v3.
    pub(crate) fn no_condition() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "IncorrectQueryParameter",
            "Cannot perform operation because the query parameter is absent or invalid.",
        )
    }

    pub(crate) fn incorrect_body() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "IncorrectBodyParameter",
            "Required body parameter absent or has incorrect format",
        )
    }

    /// A valid body that was refused; the reason is inferred, fact `reasons-of-refused-bodies`.
    pub(crate) fn incorrect_body_because(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "IncorrectBodyParameter", message)
    }

    pub(crate) fn invalid_input<S: Borrow<str>>(fields: &[S]) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "InvalidInputValue",
            format!(
                "Cannot perform operation because the value doesn't match the data type of the \
                 following field(s): {}",
                fields.join(", ")
            ),
        )
    }

    pub(crate) fn fields_not_found<S: Borrow<str> + Display>(fields: &[S]) -> Self {
        let quoted: Vec<_> = fields.iter().map(|field| format!("'{field}'")).collect();
        Self::new(
            StatusCode::NOT_FOUND,
            "FieldNotFound",
            format!(
                "Cannot perform operation because the following field(s) do not exist: {}.",
                quoted.join(", ")
            ),
        )
    }

    /// The text is inferred, fact `texts-about-read-only-fields`: sources call it "a read-only message".
    pub(crate) fn read_only<S: Borrow<str>>(fields: &[S]) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "AlterReadOnlyData",
            format!(
                "Cannot perform operation because the following field(s) are read-only: {}",
                fields.join(", ")
            ),
        )
    }

    /// Recorded on v2 and v3 with one field; that v4 has the same is inferred, fact `duplicates-in-v4`.
    pub(crate) fn duplicate<S: Borrow<str>>(fields: &[S]) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "SqlServerError",
            format!(
                "Cannot perform operation because duplicate or blank values are not allowed in \
                 field '{}'.",
                fields.join("', '")
            ),
        )
    }

    pub(crate) fn table_not_found() -> Self {
        Self::not_found("TableNotFound")
    }

    pub(crate) fn view_not_found() -> Self {
        Self::not_found("ViewNotFound")
    }

    pub(crate) fn file_not_found() -> Self {
        Self::not_found("FileNotFound")
    }

    pub(crate) fn object_not_found() -> Self {
        Self::not_found("ObjectNotFound")
    }

    /// Returns the message without the code.
    pub(crate) fn message(&self) -> String {
        match &self.body {
            Body::Caspio { message, .. } => message.clone(),
            _ => self.status.to_string(),
        }
    }

    /// A record or another object that was requested by its key.
    pub(crate) fn record_not_found() -> Self {
        Self::not_found("ResourceNotFound")
    }

    pub(crate) fn not_found(code: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, "Requested object not found")
    }

    /// Since release 73.0 a missing permission is 403; it is inferred that the code stayed the documented one, fact
    /// `missing-permission`.
    pub(crate) fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "UnsufficientPrivileges",
            "Not enough privileges to perform requested operation",
        )
    }

    pub(crate) fn profile_disabled() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "ProfileDisabled",
            "Profile is disabled",
        )
    }

    pub(crate) fn sql(status: StatusCode, message: impl Into<String>) -> Self {
        Self::new(status, "SqlServerError", message)
    }

    /// What Caspio has and the emulator has not. Caspio has no such code: nobody is to take it for Caspio's.
    pub(crate) fn not_emulated(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "NotEmulated", message)
    }

    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalError",
            "Internal error",
        )
    }

    pub(crate) fn file_exists() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "FILE_EXISTS",
            "A file with the same name already exists",
        )
    }

    /// The code was received from Caspio; the status and the text are inferred, fact `existing-name`.
    pub(crate) fn object_exists(name: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "ObjectExists",
            format!("Cannot perform operation because '{name}' already exists"),
        )
    }

    /// A change of a field that something else uses. The code and the text were received from Caspio; the status is
    /// inferred, fact `field-in-use`.
    pub(crate) fn in_use() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "ReferentialIntegrity",
            "Object cannot be changed or deleted because it is referenced by one or more objects.",
        )
    }

    /// Unlike all other errors the rate limit is a JSON array, with 429 or with 400.
    pub(crate) fn rate_limit(status: StatusCode) -> Self {
        Self {
            status,
            body: Body::Raw {
                content_type: "application/json; charset=utf-8",
                text: r#"[{"message":"You have exceeded your API call rate limits.","name":"api-calls-rate"}]"#
                    .into(),
            },
        }
    }

    /// The response of a gateway in front of Caspio: HTML, not JSON.
    pub(crate) fn bad_gateway() -> Self {
        Self {
            status: StatusCode::BAD_GATEWAY,
            body: Body::Raw {
                content_type: "text/html",
                text: "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
                       <center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
                    .into(),
            },
        }
    }
}

/// Maps a refusal of the store to the response that the caller gets.
impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::TableNotFound => Self::table_not_found(),
            StoreError::ViewNotFound => Self::view_not_found(),
            StoreError::FileNotFound => Self::file_not_found(),
            StoreError::ObjectNotFound => Self::object_not_found(),
            StoreError::FieldsNotFound(fields) => Self::fields_not_found(&fields),
            StoreError::ReadOnly(fields) => Self::read_only(&fields),
            StoreError::Duplicate(fields) => Self::duplicate(&fields),
            StoreError::InvalidValues(fields) => Self::invalid_input(&fields),
            StoreError::InvalidDefinition => Self::incorrect_body(),
            StoreError::ObjectExists(name) => Self::object_exists(&name),
            StoreError::InUse => Self::in_use(),
            StoreError::Refused(reason) => Self::incorrect_body_because(reason),
            StoreError::Query(error) => error.into(),
            // An unknown name in the select list is 500 on v3, one in another clause 400.
            StoreError::SelectList(error) => {
                Self::sql(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
            }
            StoreError::Internal => Self::internal(),
        }
    }
}

/// The response to a query that does not compile; `SqlServerError` shows SQL Server's own text. It is recorded for
/// unknown names and for bad syntax only which failures Caspio reports under which code.
impl From<TsqlError> for Refusal {
    fn from(error: TsqlError) -> Self {
        match error {
            TsqlError::UnknownField { .. }
            | TsqlError::Type { .. }
            | TsqlError::Rule { .. }
            | TsqlError::Runtime { .. } => Self::sql(StatusCode::BAD_REQUEST, error.to_string()),
            TsqlError::NotEmulated { .. } => Self::not_emulated(error.to_string()),
            _ => Self::incorrect_query(),
        }
    }
}

/// A failure of SQLite that the caller did not cause is Caspio's internal error.
impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.body {
            Body::Caspio { code, message } => write!(f, "{code}: {message}"),
            _ => write!(f, "{}", self.status),
        }
    }
}
