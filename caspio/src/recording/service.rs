//! An HTTP service that records what it sends and receives.

use super::Recording;
use super::exchange::Exchange;
use super::scrub::{self, Asked, Seen};
use caspio_core::http::{self, response};
use caspio_core::{Body, Bytes, HttpError, HttpErrorKind, HttpService};
use futures::future::BoxFuture;
use futures::stream::{self, StreamExt as _};
use std::sync::Arc;
use std::time::Instant;

/// The largest body whose shape is described. Of a larger one, only the size is kept.
const LARGEST_BODY: u64 = 8 * 1024 * 1024;

#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) recording: Recording,
    pub(super) service: Arc<dyn HttpService>,
}

impl HttpService for Recorded {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let seen = Seen {
                size: body.len().unwrap_or(0),
                bytes: body
                    .as_bytes()
                    .filter(|bytes| is_small(bytes.len()))
                    .cloned(),
            };
            let line = Line::begin(&self.recording, &parts, &seen);
            let request = http::Request::from_parts(parts, body);
            match self.service.call(request).await {
                Ok(response) => Ok(line.follow(response)),
                Err(error) => {
                    line.fail(error.kind());
                    Err(error)
                }
            }
        })
    }
}

fn is_small(length: usize) -> bool {
    length as u64 <= LARGEST_BODY
}

/// A call in progress. Its line is written when it is dropped, so that a call that is given up has one, too.
struct Line {
    recording: Recording,
    exchange: Exchange,
    asked: Asked,
    sent: Instant,
    head: Option<response::Parts>,
    body: Seen,
}

impl Line {
    fn begin(recording: &Recording, parts: &http::request::Parts, body: &Seen) -> Self {
        let (mut exchange, asked) = scrub::request(parts, body, &mut recording.names());
        exchange.at_ms = recording.elapsed_ms();
        exchange.failure = Some("given up".to_owned());
        Self {
            recording: recording.clone(),
            exchange,
            asked,
            sent: Instant::now(),
            head: None,
            body: Seen::default(),
        }
    }

    fn fail(mut self, kind: HttpErrorKind) {
        self.exchange.failure = Some(word(kind).to_owned());
    }

    /// Returns the response. The line is written at the end of its body.
    fn follow(mut self, response: http::Response<Body>) -> http::Response<Body> {
        let (parts, body) = response.into_parts();
        let is_read = scrub::is_read(&self.asked, &parts);
        let mut head = http::Response::new(()).into_parts().0;
        head.status = parts.status;
        head.headers = parts.headers.clone();
        self.head = Some(head);
        if let Some(bytes) = body.as_bytes() {
            self.body = Seen {
                size: bytes.len() as u64,
                bytes: (is_read && is_small(bytes.len())).then(|| bytes.clone()),
            };
            self.exchange.failure = None;
            return http::Response::from_parts(parts, body);
        }
        let length = body.len();
        let chunks = self.tee(body, is_read);
        http::Response::from_parts(parts, Body::response_stream(chunks, length))
    }

    /// Returns the chunks of a body, and keeps them until its end if it is to be read.
    fn tee(
        self,
        body: Body,
        is_read: bool,
    ) -> impl futures::Stream<Item = Result<Bytes, HttpError>> + Send + 'static {
        let kept = is_read.then(Vec::<Bytes>::new);
        stream::unfold(Some((self, body.into_stream(), kept)), |state| async move {
            let (mut line, mut chunks, mut kept) = state?;
            let next = chunks.next().await;
            match next {
                Some(Ok(chunk)) => {
                    line.body.size += chunk.len() as u64;
                    let is_small = line.body.size <= LARGEST_BODY;
                    kept = kept.filter(|_| is_small);
                    if let Some(parts) = &mut kept {
                        parts.push(chunk.clone());
                    }
                    Some((Ok(chunk), Some((line, chunks, kept))))
                }
                Some(Err(error)) => {
                    line.fail(error.kind());
                    Some((Err(error), None))
                }
                None => {
                    line.body.bytes = kept.map(|parts| parts.concat().into());
                    line.exchange.failure = None;
                    None
                }
            }
        })
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.exchange.took_ms = u64::try_from(self.sent.elapsed().as_millis()).unwrap_or(u64::MAX);
        if let Some(head) = &self.head {
            let names = &mut self.recording.names();
            scrub::response(&mut self.exchange, &self.asked, head, &self.body, names);
        }
        self.recording.write(&mut self.exchange);
    }
}

fn word(kind: HttpErrorKind) -> &'static str {
    match kind {
        HttpErrorKind::NeverSent => "not sent",
        HttpErrorKind::Timeout => "no response in time",
        HttpErrorKind::Interrupted => "connection lost",
        HttpErrorKind::Repeated => "response of another request",
        HttpErrorKind::CutShort => "response cut short",
        HttpErrorKind::TooLarge => "response too large",
        HttpErrorKind::Encoded => "unknown encoding",
        HttpErrorKind::Unsendable => "cannot be sent",
        _ => "failed",
    }
}
