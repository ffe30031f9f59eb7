//! The call of a handler, with everything that it needs.

use crate::app::App;
use crate::auth::ApiProfile;
use crate::http::multipart::Part;
use crate::http::params::Params;
use crate::http::route::Route;
use crate::http::{Call, Refusal, Response, Version};
use crate::v4;
use axum::body::Bytes;
use std::sync::Arc;
use std::time::Duration;

/// Everything a handler needs, owned, for the thread that may block on the store.
pub(super) struct Job {
    pub(super) app: Arc<App>,
    pub(super) version: Version,
    pub(super) route: &'static Route,
    /// `None` for operations without a token.
    pub(super) profile: Option<usize>,
    pub(super) token_left: Duration,
    pub(super) path: Vec<String>,
    pub(super) params: Params,
    pub(super) body: Bytes,
    pub(super) parts: Vec<Part>,
    pub(super) url: String,
}

impl Job {
    /// Calls the handler.
    pub(super) fn run(self) -> Result<Response, Refusal> {
        let anonymous = ApiProfile::anonymous();
        let profile = match self.profile {
            None => &anonymous,
            Some(index) => {
                let known = self.app.profiles.get(index);
                known.ok_or_else(Refusal::unauthorized)?
            }
        };
        let path = match self.version {
            Version::V4 => v4::named(&self.app, self.route, self.path)?,
            Version::V2 | Version::V3 => self.path,
        };
        (self.route.handler)(&Call {
            app: &self.app,
            version: self.version,
            profile,
            token_left: self.token_left,
            path: &path,
            params: &self.params,
            body: &self.body,
            parts: &self.parts,
            url: &self.url,
            number: self.app.next_request(),
        })
    }
}
