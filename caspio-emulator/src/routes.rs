//! The operations of every version.

use crate::http::route::{self, Route};
use crate::http::{Refusal, Version};
use crate::{v2, v3, v4};
use axum::http::Method;

/// Finds the operation of a version for a path below the version's base.
pub(crate) fn find(
    version: Version,
    method: &Method,
    path: &[String],
) -> Result<(&'static Route, Vec<String>), Refusal> {
    match version {
        Version::V2 => route::find(v2::routes(), method, path),
        Version::V3 => route::find(v3::routes(), method, path),
        Version::V4 => route::find(v4::routes(), method, path),
    }
}
