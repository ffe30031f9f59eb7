//! What is reported about an attempt.

use crate::{HttpErrorKind, Operation};
use http::{Method, StatusCode};
use std::time::Duration;

/// One attempt, for [`TransportBuilder::on_call`](super::TransportBuilder::on_call).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CallRecord<'a> {
    /// The operation and its resource.
    pub operation: &'a Operation,
    /// The method.
    pub method: &'a Method,
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
}
