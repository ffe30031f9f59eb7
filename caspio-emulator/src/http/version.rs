//! The versions of the API: their base paths and their error codes.

use super::Refusal;
use super::refusal::Body;
use super::target::Target;
use axum::http::StatusCode;

/// A version of the API. All versions share one account, its tokens and its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V2,
    V3,
    V4,
}

const BASES: [(Version, &[&str]); 4] = [
    (Version::V2, &["rest", "v2"]),
    (Version::V2, &["integrations", "rest", "v2"]),
    (Version::V3, &["integrations", "rest", "v3"]),
    (Version::V4, &["integrations", "rest", "v4"]),
];

impl Version {
    /// Returns the version of a URL and the rest of its path.
    pub(crate) fn of(target: &Target) -> Option<(Self, &[String])> {
        BASES
            .iter()
            .find_map(|(version, base)| Some((*version, target.below(base)?)))
    }

    /// Converts a refusal in v3's form to this version's code and status.
    pub(crate) fn worded(self, mut refusal: Refusal) -> Refusal {
        let Body::Caspio { code, .. } = &mut refusal.body else {
            return refusal;
        };
        match (self, *code) {
            // v2 has an older code for an unknown field. It is recorded for password fields, and inferred for the
            // others, that it is 404 too: fact `unknown-fields-in-v2`.
            (Self::V2, "FieldNotFound") => *code = "ColumnNotFound",
            // The codes that name the kind of object were seen on v3 only; the list of codes from
            // v2's time has this one for all.
            (Self::V2, "TableNotFound" | "ViewNotFound" | "FileNotFound") => {
                *code = "ObjectNotFound";
            }
            // 500 was seen on v3 only; it is inferred that v4 responds 400, as in v2's list of codes: fact
            // `unknown-column-in-select-of-others`.
            (Self::V2 | Self::V4, "SqlServerError") => {
                refusal.status = StatusCode::BAD_REQUEST;
            }
            _ => {}
        }
        refusal
    }
}
