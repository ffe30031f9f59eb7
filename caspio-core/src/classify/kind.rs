//! From Caspio's codes and statuses to error kinds and advice.

use http::StatusCode;

use crate::ErrorKind;

/// The kind of a refused request: by its code where the status is ambiguous, else by its status.
pub(super) fn kind(status: StatusCode, code: Option<&str>) -> ErrorKind {
    code.and_then(by_code).unwrap_or_else(|| by_status(status))
}

fn by_code(code: &str) -> Option<ErrorKind> {
    Some(match code {
        "UnsufficientPrivileges"
        | "InsufficientPrivileges"
        | "ProfileDisabled"
        | "IpForbidden"
        | "UnsecuredConnection" => ErrorKind::Permission,
        // 404 in v3, yet it speaks of the request's content and not of a missing record.
        "FieldNotFound" | "ColumnNotFound" => ErrorKind::Invalid,
        "IncorrectBodyParameter"
        | "IncorrectQueryParameter"
        | "InvalidInputValue"
        | "AlterReadOnlyData"
        | "SqlServerError" => ErrorKind::Invalid,
        "DuplicateValues" | "FILE_EXISTS" => ErrorKind::Conflict,
        "InternalError" => ErrorKind::Server,
        _ if code.ends_with("NotFound") => ErrorKind::NotFound,
        _ => return None,
    })
}

fn by_status(status: StatusCode) -> ErrorKind {
    match status.as_u16() {
        401 => ErrorKind::Auth,
        403 => ErrorKind::Permission,
        404 | 410 => ErrorKind::NotFound,
        408 => ErrorKind::Timeout,
        409 | 412 => ErrorKind::Conflict,
        429 => ErrorKind::RateLimited,
        400..=499 => ErrorKind::Invalid,
        500..=599 => ErrorKind::Server,
        _ => ErrorKind::Protocol,
    }
}

/// What to do about a code or, without one, a status.
pub(super) fn hint(status: StatusCode, code: Option<&str>) -> Option<&'static str> {
    code.and_then(hint_for_code)
        .or_else(|| hint_for_status(status))
}

fn hint_for_code(code: &str) -> Option<&'static str> {
    Some(match code {
        "UnsufficientPrivileges" => "grant the API profile the right for this operation",
        "ProfileDisabled" => "enable the API profile in the account's web services settings",
        "IpForbidden" => "the API profile restricts the addresses it may be used from",
        "FieldNotFound" | "ColumnNotFound" => {
            "fields are addressed by name, not by label; compare with the table's design"
        }
        "ObjectNotFound" | "TableNotFound" | "ViewNotFound" => {
            "check the name, and that the API profile is granted the object"
        }
        "InvalidInputValue" => {
            "a value does not fit its field: type, length, or a list's keys; clear a date with null"
        }
        "AlterReadOnlyData" => {
            "a read-only field was written (autonumber, formula, timestamp, PK_ID, file), or a text holds an emoji"
        }
        "IncorrectQueryParameter" => {
            "check the condition and the paging: a page has 5 to 1,000 records"
        }
        "IncorrectBodyParameter" => "the request's body is missing or not of the expected form",
        _ => return None,
    })
}

fn hint_for_status(status: StatusCode) -> Option<&'static str> {
    Some(match status.as_u16() {
        401 => {
            "the token was refused: check that the API profile is enabled and, for a fixed token, that it has not expired"
        }
        403 => "grant the API profile the object and the operation",
        405 => "the API offers no such operation, by design",
        413 => "the upload is too large",
        414 => {
            "the request's address exceeds 2,047 characters: shorten the condition or the list of fields"
        }
        415 => "the request lacks its Content-Type",
        429 => "make fewer calls a second; refused calls are billed too",
        _ => return None,
    })
}
