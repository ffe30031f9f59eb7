//! The codes of all errors, and v4's additions to each.
//!
//! It is recorded that errors contain `DocumentationUrl` and `Hint`; the texts in them are inferred, and so is the case
//! of the names: fact `hints-of-v4`. The URL is that of the operation that describes one code.

use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Refusal};
use crate::{envelope, json};
use axum::http::StatusCode;
use serde::Serialize;

pub(super) const ROUTES: &[Route] = &[
    Route::get("errors", "ListErrors", list).public(),
    Route::get("errors/{}", "GetError", get).public(),
];

/// A code with its status, text, cause and remedy.
struct ErrorCode {
    code: &'static str,
    status: StatusCode,
    message: &'static str,
    note: &'static str,
    remediation: &'static str,
}

const KNOWN: [ErrorCode; 18] = [
    ErrorCode {
        code: "IncorrectBodyParameter",
        status: StatusCode::BAD_REQUEST,
        message: "Required body parameter absent or has incorrect format",
        note: "The body is not of the form that the operation takes.",
        remediation: "Compare the body with the operation's description.",
    },
    ErrorCode {
        code: "IncorrectQueryParameter",
        status: StatusCode::BAD_REQUEST,
        message: "Required query parameter absent or has incorrect format",
        note: "A parameter or a condition cannot be read or is not permitted.",
        remediation: "Check the parameters' values and the objects that they name.",
    },
    ErrorCode {
        code: "InvalidInputValue",
        status: StatusCode::BAD_REQUEST,
        message: "Cannot perform operation because the value doesn't match the data type",
        note: "A value does not fit the type of its field.",
        remediation: "Send a value of the field's type, or null.",
    },
    ErrorCode {
        code: "AlterReadOnlyData",
        status: StatusCode::BAD_REQUEST,
        message: "Cannot perform operation because field(s) are read-only",
        note: "The field is filled in by the service.",
        remediation: "Leave the field out.",
    },
    ErrorCode {
        code: "SqlServerError",
        status: StatusCode::BAD_REQUEST,
        message: "native SQL error text",
        note: "The database refused the query.",
        remediation: "Correct the expression that the message names.",
    },
    ErrorCode {
        code: "InternalError",
        status: StatusCode::INTERNAL_SERVER_ERROR,
        message: "Internal error",
        note: "The service failed.",
        remediation: "Send the request again later.",
    },
    ErrorCode {
        code: "ProfileDisabled",
        status: StatusCode::BAD_REQUEST,
        message: "Profile is disabled",
        note: "The web services profile is switched off.",
        remediation: "Enable the profile.",
    },
    ErrorCode {
        code: "UnsufficientPrivileges",
        status: StatusCode::FORBIDDEN,
        message: "Not enough privileges to perform requested operation",
        note: "The profile lacks a permission on the object.",
        remediation: "Grant the permission to the profile.",
    },
    ErrorCode {
        code: "IpForbidden",
        status: StatusCode::FORBIDDEN,
        message: "Access from specified IP is denied",
        note: "The profile does not permit this IP address.",
        remediation: "Add the IP address to the profile.",
    },
    ErrorCode {
        code: "UnsecuredConnection",
        status: StatusCode::FORBIDDEN,
        message: "Unsecured connection is denied",
        note: "The request did not come over HTTPS.",
        remediation: "Use HTTPS.",
    },
    ErrorCode {
        code: "TableNotFound",
        status: StatusCode::NOT_FOUND,
        message: NOT_FOUND,
        note: "There is no table with this id.",
        remediation: "Look the id up with GET /v4/tables.",
    },
    ErrorCode {
        code: "ViewNotFound",
        status: StatusCode::NOT_FOUND,
        message: NOT_FOUND,
        note: "There is no view with this id.",
        remediation: "Look the id up with GET /v4/views.",
    },
    ErrorCode {
        code: "FieldNotFound",
        status: StatusCode::NOT_FOUND,
        message: "Cannot perform operation because field(s) do not exist",
        note: "The table has no field of this name.",
        remediation: "Use the name of a field, not its label.",
    },
    ErrorCode {
        code: "ResourceNotFound",
        status: StatusCode::NOT_FOUND,
        message: NOT_FOUND,
        note: "There is no record with this PK_ID.",
        remediation: "Check the PK_ID.",
    },
    ErrorCode {
        code: "ObjectNotFound",
        status: StatusCode::NOT_FOUND,
        message: NOT_FOUND,
        note: "There is no such object.",
        remediation: "Check the URL.",
    },
    ErrorCode {
        code: "ObjectExists",
        status: StatusCode::BAD_REQUEST,
        message: "Cannot perform operation because the object already exists",
        note: "There is a table, view or field of this name.",
        remediation: "Change the object of this name, or choose another name.",
    },
    ErrorCode {
        code: "ReferentialIntegrity",
        status: StatusCode::BAD_REQUEST,
        message: "Object cannot be changed or deleted because it is referenced by one or more objects.",
        note: "A formula or a view uses the field.",
        remediation: "Remove the field from what uses it.",
    },
    ErrorCode {
        code: "FILE_EXISTS",
        status: StatusCode::CONFLICT,
        message: "A file with the same name already exists",
        note: "A name can be used once in a folder.",
        remediation: "Replace the file or choose another name.",
    },
];

const NOT_FOUND: &str = "Requested object not found";

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Hint {
    note: &'static str,
    remediation: &'static str,
}

/// The description of a code; the members are those of an error, `Status` in addition is inferred: fact
/// `descriptions-of-errors`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ErrorJson {
    code: &'static str,
    status: u16,
    message: &'static str,
    documentation_url: String,
    hint: Hint,
}

impl ErrorCode {
    fn to_json(&self, url: &str) -> ErrorJson {
        ErrorJson {
            code: self.code,
            status: self.status.as_u16(),
            message: self.message,
            documentation_url: documentation(url, self.code),
            hint: Hint {
                note: self.note,
                remediation: self.remediation,
            },
        }
    }
}

fn list(call: &Call<'_>) -> Outcome {
    let codes: Vec<_> = KNOWN.iter().map(|known| known.to_json(call.url)).collect();
    envelope::list(call, codes)
}

fn get(call: &Call<'_>) -> Outcome {
    let known = find(call.segment(0)).ok_or_else(Refusal::record_not_found)?;
    envelope::one(call, &known.to_json(call.url))
}

fn find(code: &str) -> Option<&'static ErrorCode> {
    KNOWN
        .iter()
        .find(|known| known.code.eq_ignore_ascii_case(code))
}

fn documentation(url: &str, code: &str) -> String {
    let base = url.split("/v4").next().unwrap_or_default();
    format!("{base}/v4/errors/{code}")
}

/// Appends v4's members to an error object that is still open at its end.
pub(crate) fn explain(body: &mut Vec<u8>, code: &str, url: &str) {
    body.extend_from_slice(b",\"DocumentationUrl\":");
    json::string(body, &documentation(url, code));
    let (note, remediation) = find(code).map_or(("", ""), |known| (known.note, known.remediation));
    body.extend_from_slice(b",\"Hint\":{\"Note\":");
    json::string(body, note);
    body.extend_from_slice(b",\"Remediation\":");
    json::string(body, remediation);
    body.push(b'}');
}
