//! An authorized request, as the handlers see it.

use super::multipart::Part;
use super::params::Params;
use super::{Refusal, Response, Version};
use crate::app::App;
use crate::auth::{ApiProfile, Rights};
use axum::body::Bytes;
use axum::http::StatusCode;
use std::time::Duration;

/// A request with its operation, from an authorized caller.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) app: &'a App,
    pub(crate) version: Version,
    pub(crate) profile: &'a ApiProfile,
    /// The values of the route's `{...}` segments, in order.
    pub(crate) path: &'a [String],
    pub(crate) params: &'a Params,
    pub(crate) body: &'a Bytes,
    /// The parts of a multipart body.
    pub(crate) parts: &'a [Part],
    /// The whole URL, for `Location` and links.
    pub(crate) url: &'a str,
    /// The request's number, from 1; an arbitrary order is derived from it.
    pub(crate) number: u64,
    /// How long the caller's token remains valid.
    pub(crate) token_left: Duration,
}

/// The result of a handler.
pub(crate) type Outcome = Result<Response, Refusal>;

impl Call<'_> {
    /// Returns the value of the `n`th `{...}` segment.
    pub(crate) fn segment(&self, n: usize) -> &str {
        self.path.get(n).map_or("", String::as_str)
    }

    /// Whether the caller requested the written records: `echo=true` on v4, otherwise
    /// `response=rows`.
    pub(crate) fn wants_rows(&self) -> bool {
        match self.version {
            // It is inferred that a value other than `true` and `false` is ignored.
            Version::V4 => self.params.flag("echo").unwrap_or(false),
            Version::V2 | Version::V3 => self.params.wants_rows(),
        }
    }

    /// The response to a change that returns nothing: 204, on v2 still 200.
    pub(crate) fn done(&self) -> Response {
        match self.version {
            Version::V2 => Response::empty(StatusCode::OK),
            Version::V3 | Version::V4 => Response::no_content(),
        }
    }

    /// Returns the items that the profile may read, by their names.
    pub(crate) fn readable<'t, T>(
        &self,
        all: &'t [T],
        name: fn(&T) -> &str,
    ) -> impl Iterator<Item = &'t T> {
        all.iter()
            .filter(move |item| self.profile.may(name(item), Rights::READ))
    }

    /// Refuses with 403 unless the profile has `wanted` on `object`.
    pub(crate) fn require(&self, object: &str, wanted: Rights) -> Result<(), Refusal> {
        if self.profile.may(object, wanted) {
            Ok(())
        } else {
            Err(Refusal::forbidden())
        }
    }

    /// Refuses with 403 unless the profile may create objects.
    pub(crate) fn require_creating(&self) -> Result<(), Refusal> {
        if self.profile.may_create() {
            Ok(())
        } else {
            Err(Refusal::forbidden())
        }
    }

    /// Reads the body as JSON of type `T`.
    pub(crate) fn read<'b, T: serde::Deserialize<'b>>(&'b self) -> Result<T, Refusal> {
        serde_json::from_slice(self.body).map_err(|_| Refusal::incorrect_body())
    }

    /// Responds 200 with `{"Result": ...}`.
    pub(crate) fn ok<T: serde::Serialize>(&self, result: &T) -> Outcome {
        Response::result(StatusCode::OK, result)
    }
}
