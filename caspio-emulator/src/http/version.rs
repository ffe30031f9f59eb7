//! The versions of the API: where each one lives and in which words it refuses.

use super::Refusal;
use super::refusal::Body;
use super::target::Target;
use axum::http::StatusCode;

/// A version of the API. They share one account, one token and one store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// Returns the version that an address is below, and the rest of its path.
    pub(crate) fn of(target: &Target) -> Option<(Self, &[String])> {
        BASES
            .iter()
            .find_map(|(version, base)| Some((*version, target.below(base)?)))
    }

    /// Puts a refusal, which is worded as v3 has it, into the words of this version.
    pub(crate) fn worded(self, mut refusal: Refusal) -> Refusal {
        let Body::Caspio { code, .. } = &mut refusal.body else {
            return refusal;
        };
        match (self, *code) {
            // v2 knows an unknown field under its older name. That it is 404 too is recorded for
            // password fields and inferred for the others.
            (Self::V2, "FieldNotFound") => *code = "ColumnNotFound",
            // The codes that name the sort of object were seen on v3 only; the list of codes
            // from the time of v2 has this one for all.
            (Self::V2, "TableNotFound" | "ViewNotFound" | "FileNotFound") => {
                *code = "ObjectNotFound";
            }
            // 500 was seen on v3 only; that v4, like the list of v2, has 400 is inferred.
            (Self::V2, "SqlServerError") | (Self::V4, "SqlServerError" | "AlterReadOnlyData") => {
                refusal.status = StatusCode::BAD_REQUEST;
            }
            _ => {}
        }
        refusal
    }
}
