//! Maps Caspio's codes and statuses to error kinds and hints.

use super::ServiceError;
use crate::ErrorKind;
use http::StatusCode;

/// Returns the kind of a refused request: by its text if the code covers several causes, otherwise by its code if the
/// status is ambiguous, otherwise by its status.
pub(super) fn kind(status: StatusCode, reported: &ServiceError) -> ErrorKind {
    if !is_from_caspio(status, reported) {
        return ErrorKind::Server;
    }
    let code = reported.code.as_deref();
    let by_code = code.and_then(by_code);
    match by_code.unwrap_or_else(|| by_status(status)) {
        ErrorKind::Invalid if reported.is_duplicate() => ErrorKind::Conflict,
        // Caspio reports some duplicates by SQL Server's own code, also with status 500.
        ErrorKind::Server if code.is_some() && reported.is_duplicate() => ErrorKind::Conflict,
        ErrorKind::Invalid if reported.is_unfinished() => ErrorKind::Server,
        // Caspio refuses a request by such a code, whatever the status.
        ErrorKind::Server if code.is_some() && by_code.is_none() => ErrorKind::Invalid,
        kind => kind,
    }
}

/// Returns whether a response was sent by Caspio itself, which knows whether it executed the request. A 5xx status
/// may come from a gateway, which does not know it, whatever JSON the gateway sends.
pub(super) fn is_from_caspio(status: StatusCode, reported: &ServiceError) -> bool {
    if !status.is_server_error() {
        return true;
    }
    let code = reported.code.as_deref();
    let is_known = code.is_some_and(|code| KNOWN_CODES.contains(&code));
    status == StatusCode::INTERNAL_SERVER_ERROR && reported.is_caspio_form && is_known
}

/// The codes that Caspio documents, and those that were received from it; how v4 reports a duplicate is inferred, fact
/// `duplicates-in-v4`.
const KNOWN_CODES: [&str; 20] = [
    "AlterReadOnlyData",
    "ColumnNotFound",
    "DuplicateValues",
    "FILE_EXISTS",
    "FieldNotFound",
    "IncorrectBodyParameter",
    "IncorrectQueryParameter",
    "InternalError",
    "InvalidInputValue",
    "IpForbidden",
    "ObjectExists",
    "ObjectNotFound",
    "ProfileDisabled",
    "ReferentialIntegrity",
    "ResourceNotFound",
    "SqlServerError",
    "TableNotFound",
    "UnsecuredConnection",
    "UnsufficientPrivileges",
    "ViewNotFound",
];

fn by_code(code: &str) -> Option<ErrorKind> {
    Some(match code {
        "UnsufficientPrivileges"
        | "InsufficientPrivileges"
        | "ProfileDisabled"
        | "IpForbidden"
        | "UnsecuredConnection" => ErrorKind::Permission,
        // 404 in v3, but it reports a wrong request and not a missing record.
        "FieldNotFound" | "ColumnNotFound" => ErrorKind::Invalid,
        "IncorrectBodyParameter"
        | "IncorrectQueryParameter"
        | "InvalidInputValue"
        | "AlterReadOnlyData"
        | "SqlServerError" => ErrorKind::Invalid,
        "DuplicateValues" | "FILE_EXISTS" | "ObjectExists" => ErrorKind::Conflict,
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

/// Returns the remedy for a text, which is more exact than the service's own for a code of many causes; otherwise the
/// service's own, or one for the code or the status.
pub(super) fn hint(status: StatusCode, reported: &ServiceError) -> Option<String> {
    let by_code = || reported.code.as_deref().and_then(hint_for_code);
    let own = || by_code().or_else(|| hint_for_status(status));
    hint_for_text(reported)
        .map(str::to_owned)
        .or_else(|| reported.remedy.clone())
        .or_else(|| own().map(str::to_owned))
}

fn hint_for_text(reported: &ServiceError) -> Option<&'static str> {
    let hint = "another record holds this value of the unique field, or holds no value if this one is empty";
    reported.is_duplicate().then_some(hint)
}

fn hint_for_code(code: &str) -> Option<&'static str> {
    Some(match code {
        "UnsufficientPrivileges" => "grant the API profile the permission for this operation",
        "ProfileDisabled" => "enable the API profile in the account's web services settings",
        "IpForbidden" => "the API profile restricts the IP addresses that may use it",
        "FieldNotFound" | "ColumnNotFound" => {
            "use the names of the fields, not their labels; compare with the table's design"
        }
        "TableNotFound" => {
            "check the name, that it is not a view, and that the API profile has access to the table"
        }
        "ViewNotFound" => {
            "check the name, that it is not a table, and that the API profile has access to the view"
        }
        "ObjectNotFound" => {
            "check the name, and that the API profile has access to the table or view"
        }
        "ObjectExists" => {
            "there is one of this name, which may differ in case: change that one, or choose another name"
        }
        "InvalidInputValue" => {
            "a value does not fit its field: its type, its length, or the keys of a list; to clear a date, write null"
        }
        "AlterReadOnlyData" => {
            "a read-only field was written (autonumber, formula, timestamp, PK_ID, file), or a text contains an emoji"
        }
        "IncorrectQueryParameter" => {
            "check the condition, and for a read the paging: a page has 5 to 1,000 records"
        }
        "IncorrectBodyParameter" => {
            "the request's body is missing or does not have the expected format"
        }
        _ => return None,
    })
}

fn hint_for_status(status: StatusCode) -> Option<&'static str> {
    Some(match status.as_u16() {
        401 => {
            "the token was rejected: check that the API profile is enabled and, for a fixed token, that it has not expired"
        }
        403 => "grant the API profile access to the table or view, and the operation",
        405 => "the API does not support this operation",
        413 => "the upload is too large",
        414 => {
            "the request's URL exceeds 2,047 characters: shorten or split the condition, or read fewer columns"
        }
        415 => "the request has no Content-Type",
        429 => "make fewer calls per second; refused calls are billed too",
        _ => return None,
    })
}
