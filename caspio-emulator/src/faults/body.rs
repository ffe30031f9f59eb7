//! Response bodies that are cut short or sent slowly.

use axum::body::{Body, Bytes};
use futures::{StreamExt as _, stream};
use std::io;
use std::time::Duration;

/// How many pieces a slow response is sent in.
const PIECES: usize = 8;

/// Sends the first half of a body and then breaks the connection. The headers announce the whole
/// body.
pub(crate) fn cut_short(body: Vec<u8>) -> Body {
    let mut body = Bytes::from(body);
    body.truncate(body.len() / 2);
    let broken = stream::once(async {
        // Without a pause the first half would not be sent before the connection breaks.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    Body::from_stream(stream::iter([Ok(body)]).chain(broken))
}

/// Sends the whole body in a few pieces with `pause` between them.
pub(crate) fn dripping(body: Vec<u8>, pause: Duration) -> Body {
    let body = Bytes::from(body);
    let size = body.len().div_ceil(PIECES).max(1);
    Body::from_stream(stream::unfold(body, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let piece = rest.split_to(size.min(rest.len()));
        Some((Ok::<_, io::Error>(piece), rest))
    }))
}
