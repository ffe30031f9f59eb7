//! One authorized request, as the handlers see it.

use axum::{body::Bytes, http::StatusCode};

use super::{Answer, Refusal, multipart::Part, params::Params};
use crate::{
    app::App,
    auth::{Profile, Rights},
};

/// A request that found its operation and proved who it is.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) app: &'a App,
    pub(crate) profile: &'a Profile,
    /// The values of the route's `{...}` segments, in order.
    pub(crate) path: &'a [String],
    pub(crate) params: &'a Params,
    pub(crate) body: &'a Bytes,
    /// The parts of a multipart body.
    pub(crate) parts: &'a [Part],
    /// The whole address, for `Location` and links.
    pub(crate) address: &'a str,
    /// The request's number, from 1: what an arbitrary order is derived from.
    pub(crate) number: u64,
}

/// What a handler returns.
pub(crate) type Outcome = Result<Answer, Refusal>;

impl Call<'_> {
    /// Returns the value of the `n`th `{...}` segment.
    pub(crate) fn segment(&self, n: usize) -> &str {
        self.path.get(n).map_or("", String::as_str)
    }

    /// Refuses with 403 unless the profile holds `wanted` on `object`.
    pub(crate) fn require(&self, object: &str, wanted: Rights) -> Result<(), Refusal> {
        match self.profile.may(object, wanted) {
            true => Ok(()),
            false => Err(Refusal::forbidden()),
        }
    }

    /// Refuses with 403 unless the profile may create objects.
    pub(crate) fn require_creating(&self) -> Result<(), Refusal> {
        match self.profile.may_create() {
            true => Ok(()),
            false => Err(Refusal::forbidden()),
        }
    }

    /// Reads the body as JSON of a known shape.
    pub(crate) fn read<'b, T: serde::Deserialize<'b>>(&'b self) -> Result<T, Refusal> {
        serde_json::from_slice(self.body).map_err(|_| Refusal::incorrect_body())
    }

    /// Answers 200 with `{"Result": ...}`.
    pub(crate) fn ok<T: serde::Serialize>(&self, result: &T) -> Outcome {
        Answer::result(StatusCode::OK, result)
    }
}
