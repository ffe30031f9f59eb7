//! Answers that do not come in one piece.

use axum::body::{Body, Bytes};
use futures::{StreamExt as _, stream};
use std::io;
use std::time::Duration;

/// How many pieces a dripping answer comes in.
const PIECES: usize = 8;

/// The first half of a body, and then a broken connection. The headers promise all of it.
pub(crate) fn cut_short(body: Vec<u8>) -> Body {
    let mut body = Bytes::from(body);
    body.truncate(body.len() / 2);
    let broken = stream::once(async {
        // Without a moment in between the half would never leave.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    Body::from_stream(stream::iter([Ok(body)]).chain(broken))
}

/// The whole body in a few pieces, `pause` apart.
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
