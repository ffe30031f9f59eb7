//! Receives a whole HTTP request, of any server.

use super::delivery::Delivery;
use super::payload::Payload;
use super::receiver::Receiver;
use super::rejection::Rejection;
use bytes::Buf as _;
use caspio_core::error::ErrorContext as _;
use caspio_core::http::{Method, Request, header};
use caspio_core::{Error, ErrorKind};
use http_body::Body;
use std::future::poll_fn;
use std::pin::pin;

/// Reads a request, no further than the limit, and receives it. The body of one that cannot be genuine is not read.
pub(super) async fn receive<P: Payload, B: Body>(
    receiver: &Receiver,
    request: Request<B>,
) -> Result<Delivery<P>, Rejection> {
    let received = receive_request(receiver, request).await;
    received.inspect_err(|rejection| {
        tracing::debug!(%rejection, "a webhook delivery was not passed on");
    })
}

async fn receive_request<P: Payload, B: Body>(
    receiver: &Receiver,
    request: Request<B>,
) -> Result<Delivery<P>, Rejection> {
    if request.method() != Method::POST {
        return Err(Rejection::NotPost);
    }
    receiver.check_presence(request.headers())?;
    let limit = receiver.body_limit();
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > limit as u64) {
        return Err(Rejection::TooLarge(limit));
    }
    let (head, body) = request.into_parts();
    let body = read(body, limit).await?;
    receiver.receive(&head.headers, &body)
}

async fn read<B: Body>(body: B, limit: usize) -> Result<Vec<u8>, Rejection> {
    let mut body = pin!(body);
    let mut whole = Vec::new();
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        let frame = frame.map_err(|_| cut_short())?;
        // A frame without data is one of trailers.
        let Ok(mut data) = frame.into_data() else {
            continue;
        };
        if data.remaining() > limit - whole.len() {
            return Err(Rejection::TooLarge(limit));
        }
        while data.has_remaining() {
            let chunk = data.chunk();
            let length = chunk.len();
            whole.extend_from_slice(chunk);
            data.advance(length);
        }
    }
    Ok(whole)
}

fn cut_short() -> Rejection {
    let error = Error::new(
        ErrorKind::Interrupted,
        "the body of the delivery was cut short",
    );
    Rejection::Malformed(error.with_operation(super::OPERATION))
}
