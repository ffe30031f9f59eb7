//! What is reported about an attempt.

use crate::{HttpErrorKind, Operation};
use http::{Method, StatusCode};
use std::borrow::Cow;
use std::time::Duration;
use url::Url;

/// One attempt, for [`TransportBuilder::on_call`](super::TransportBuilder::on_call).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CallRecord<'a> {
    /// The operation and its resource.
    pub operation: &'a Operation,
    /// The method.
    pub method: &'a Method,
    /// The path of the URL as it was sent, such as `/integrations/rest/v3/tables/Contacts/records`. The paths of
    /// attachments and files have the key of the record or file.
    pub path: &'a str,
    /// The number of the attempt within its call, from 1.
    pub attempt: u32,
    /// The status of the response; `None` if there was none.
    pub status: Option<StatusCode>,
    /// The service's id of the request.
    pub request_id: Option<&'a str>,
    /// The time from sending to the end of the response (for downloads: of its head).
    pub elapsed: Duration,
    /// Why no complete response arrived.
    pub failure: Option<HttpErrorKind>,
    pub(super) clauses: Clauses<'a>,
}

impl<'a> CallRecord<'a> {
    /// Returns the names of the query parameters in the order of the URL, such as `q.select` and `q.where`, without
    /// their values, which can be values of records.
    pub fn clauses(&self) -> impl Iterator<Item = Cow<'a, str>> {
        self.clauses.names()
    }
}

/// The clauses of a request: shows their names and never their values.
#[derive(Clone, Copy)]
pub(super) struct Clauses<'a>(pub(super) &'a Url);

impl<'a> Clauses<'a> {
    fn names(self) -> impl Iterator<Item = Cow<'a, str>> {
        self.0.query_pairs().map(|(name, _)| name)
    }
}

impl std::fmt::Debug for Clauses<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clauses_of_a_request_show_no_values() {
        let url =
            Url::parse("https://c1.caspio.com/t?q.select=A&q.where=Name%3D%27Ann%27&q.limit=5");
        let url = url.expect("a URL");
        assert_eq!(
            format!("{:?}", Clauses(&url)),
            r#"["q.select", "q.where", "q.limit"]"#
        );
    }
}
