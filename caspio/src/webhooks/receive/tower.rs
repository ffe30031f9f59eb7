//! A receiver as a service of tower.

use super::message::Message;
use super::payload::Payload;
use super::receiver::Receiver;
use super::request;
use caspio_core::http::{Request, Response, StatusCode};
use futures::future::BoxFuture;
use http_body::Body;
use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::task::{Context, Poll};
use tower_service::Service;

/// A service of tower that receives deliveries and passes each to a function. Made by [`Receiver::service`].
///
/// It reads the body itself, up to the receiver's limit, and answers every request: 200 after the function succeeded or
/// for a repeated delivery, 500 if the function failed, otherwise the status of the
/// [`Rejection`](super::Rejection). The body of an
/// answer is empty. A genuine delivery that cannot be read is logged at `WARN`, another rejection at `DEBUG`.
pub struct ReceiverService<P, H> {
    receiver: Receiver,
    handler: H,
    payload: PhantomData<fn() -> P>,
}

impl Receiver {
    /// Returns a service of tower that passes the content of each delivery to a function.
    ///
    /// ```
    /// use caspio::prelude::*;
    /// use caspio::webhooks::{Event, Message, Receiver, ReceiverService};
    ///
    /// # fn example(receiver: Receiver) {
    /// let service = receiver.service(|event: Event<RecordMap>, _: Message| async move {
    ///     println!("{} records", event.records().len());
    ///     Ok::<(), caspio::Error>(())
    /// });
    /// # }
    /// ```
    pub fn service<P, H, F, E>(&self, handler: H) -> ReceiverService<P, H>
    where
        P: Payload,
        H: Fn(P, Message) -> F,
        F: Future<Output = Result<(), E>>,
        E: fmt::Display,
    {
        ReceiverService {
            receiver: self.clone(),
            handler,
            payload: PhantomData,
        }
    }
}

impl<P, H, F, E, B> Service<Request<B>> for ReceiverService<P, H>
where
    P: Payload + Send + 'static,
    H: Fn(P, Message) -> F + Clone + Send + 'static,
    F: Future<Output = Result<(), E>> + Send + 'static,
    E: fmt::Display + Send + 'static,
    B: Body<Data: Send, Error: Send> + Send + 'static,
{
    type Response = Response<String>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (receiver, handler) = (self.receiver.clone(), self.handler.clone());
        Box::pin(async move {
            let status = match request::receive::<P, B>(&receiver, request).await {
                Ok(delivery) => delivery.handle(handler).await.status(),
                Err(rejection) => rejection.status(),
            };
            Ok(empty(status))
        })
    }
}

fn empty(status: StatusCode) -> Response<String> {
    let mut response = Response::new(String::new());
    *response.status_mut() = status;
    response
}

impl<P, H: Clone> Clone for ReceiverService<P, H> {
    fn clone(&self) -> Self {
        Self {
            receiver: self.receiver.clone(),
            handler: self.handler.clone(),
            payload: PhantomData,
        }
    }
}

impl<P, H> fmt::Debug for ReceiverService<P, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceiverService")
            .field("receiver", &self.receiver)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhooks::{Custom, signature};
    use bytes::Bytes;
    use caspio_core::http::request::Builder;
    use futures::stream::{self, BoxStream, StreamExt as _};
    use http_body::Frame;
    use serde_json::Value;
    use std::pin::Pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    const LIMIT: usize = 1_000;

    /// A body that comes in chunks, with an error after them or without.
    struct Chunks(BoxStream<'static, Result<Bytes, &'static str>>);

    impl Body for Chunks {
        type Data = Bytes;
        type Error = &'static str;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
            let next = self.0.as_mut().poll_next(context);
            next.map(|chunk| chunk.map(|chunk| chunk.map(Frame::data)))
        }
    }

    fn chunks(texts: &[&str], error: Option<&'static str>) -> Chunks {
        let texts = texts
            .iter()
            .map(|text| Ok(Bytes::copy_from_slice(text.as_bytes())));
        let all: Vec<_> = texts.chain(error.map(Err)).collect();
        Chunks(stream::iter(all).boxed())
    }

    fn signed(body: &str) -> Builder {
        Request::post("/hook").header("x-signature", signature(&"s".into(), body.as_bytes()))
    }

    /// Answers requests, and returns the statuses and how often the handler was called. The first call of it fails.
    async fn statuses(requests: Vec<Request<Chunks>>) -> (Vec<u16>, u32) {
        let receiver = Receiver::signed("x-signature")
            .secret("s")
            .body_limit(LIMIT)
            .build();
        let called = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&called);
        let handler = move |_: Custom<Value>, _: Message| {
            let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
            async move {
                match first {
                    true => Err("not yet"),
                    false => Ok(()),
                }
            }
        };
        let mut service = receiver.expect("a receiver").service(handler);
        let mut statuses = Vec::new();
        for request in requests {
            let response = service.call(request).await.expect("an answer");
            statuses.push(response.status().as_u16());
        }
        (statuses, called.load(Ordering::SeqCst))
    }

    #[tokio::test]
    async fn a_delivery_is_answered_after_its_handler() {
        let body = r#"{"messageId":"m"}"#;
        let parts = [&body[..5], &body[5..]];
        let delivery = || signed(body).body(chunks(&parts, None)).expect("a request");

        let (statuses, called) = statuses(vec![delivery(), delivery(), delivery()]).await;

        assert_eq!((statuses, called), (vec![500, 200, 200], 2));
    }

    #[tokio::test]
    async fn what_is_not_passed_on_has_its_status() {
        let body = "{}";
        let whole = || chunks(&[body], None);
        let long = "x".repeat(LIMIT + 1);
        let announced = signed(body).header("content-length", "1001");
        let requests = [
            Request::post("/hook").body(whole()),
            // What cannot be genuine is not read.
            Request::post("/hook").body(chunks(&[], Some("cut"))),
            signed("other").body(whole()),
            signed(body).method("GET").body(whole()),
            announced.body(whole()),
            signed(&long).body(chunks(&[&long[..LIMIT], &long[LIMIT..]], None)),
            signed(body).body(chunks(&[body], Some("cut"))),
        ];
        let requests = requests
            .into_iter()
            .map(|request| request.expect("a request"));

        let (statuses, called) = statuses(requests.collect()).await;

        assert_eq!(
            (statuses, called),
            (vec![401, 401, 403, 405, 413, 413, 400], 0)
        );
    }
}
