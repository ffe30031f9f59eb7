//! A delivery as an extractor of axum.

use super::delivery::{Answer, Delivery};
use super::payload::Payload;
use super::receiver::Receiver;
use super::rejection::Rejection;
use super::request;
use axum_core::extract::{FromRef, FromRequest, Request};
use axum_core::response::{IntoResponse, Response};

/// Receives the request by the [`Receiver`] in the router's state. A request that is not passed on is answered with the
/// status of the [`Rejection`]; the handler is not called. A genuine delivery that cannot be read is logged at `WARN`,
/// another rejection at `DEBUG`.
///
/// The limit of the body is that of the receiver, not axum's.
///
/// ```
/// use caspio::prelude::*;
/// use caspio::webhooks::{Answer, Delivery, Event};
///
/// async fn contacts(delivery: Delivery<Event<RecordMap>>) -> Answer {
///     delivery
///         .handle(|event, _| async move {
///             println!("{} contacts", event.records().len());
///             Ok::<(), caspio::Error>(())
///         })
///         .await
/// }
/// // Router::new().route("/contacts", post(contacts)).with_state(receiver)
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
impl<S, P> FromRequest<S> for Delivery<P>
where
    S: Send + Sync,
    Receiver: FromRef<S>,
    P: Payload,
{
    type Rejection = Rejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, Rejection> {
        request::receive(&Receiver::from_ref(state), request).await
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        self.status().into_response()
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        self.status().into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhooks::{Custom, signature};
    use axum_core::body::Body;
    use serde_json::Value;

    fn request(body: String, secret: &str) -> Request {
        let signed = signature(&secret.into(), body.as_bytes());
        let request = Request::post("/hook").header("x-signature", signed);
        request.body(Body::from(body)).expect("a request")
    }

    #[tokio::test]
    async fn a_delivery_is_extracted_and_its_answer_is_a_response() {
        let receiver = Receiver::signed("x-signature")
            .secret("s")
            .build()
            .expect("a receiver");
        // Longer than what axum's own extractors accept.
        let body = format!(r#"{{"messageId":"m","text":"{}"}}"#, "x".repeat(3_000_000));
        let extract = async |secret| {
            let request = request(body.clone(), secret);
            Delivery::<Custom<Value>>::from_request(request, &receiver).await
        };

        let forged = extract("t").await.expect_err("a wrong signature");
        assert_eq!(forged.into_response().status(), 403);
        let failed = extract("s").await.expect("a delivery").failed();
        assert_eq!(failed.into_response().status(), 500);
        let handled = extract("s").await.expect("a delivery").handled();
        assert_eq!(handled.into_response().status(), 200);
        let repeated = extract("s").await.expect_err("it was handled");
        assert_eq!(repeated.into_response().status(), 200);
    }
}
