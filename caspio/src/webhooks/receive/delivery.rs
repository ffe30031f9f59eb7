//! A delivery that is passed on, until it is handled.

use super::memory::Claim;
use super::message::Message;
use caspio_core::http::StatusCode;
use std::fmt;

/// A genuine delivery that was not handled before.
///
/// [`handle`](Self::handle) passes it to a function and returns the answer to the request: 200 after the function
/// succeeded, so that nothing is confirmed that is not done. A delivery that is dropped, also by a panic or because the
/// caller has gone, is given back: the next attempt of the service to deliver it is passed on.
///
/// ```
/// use caspio::prelude::*;
/// use caspio::webhooks::{Answer, Delivery, Event};
///
/// async fn answer(delivery: Delivery<Event<RecordMap>>) -> Answer {
///     delivery
///         .handle(async |event, message| {
///             println!("{:?}: {} records", message.table, event.records().len());
///             Ok::<(), caspio::Error>(())
///         })
///         .await
/// }
/// ```
#[derive(Debug)]
pub struct Delivery<P> {
    payload: P,
    message: Message,
    claim: Claim,
}

impl<P> Delivery<P> {
    pub(super) fn new(payload: P, message: Message, claim: Claim) -> Self {
        Self {
            payload,
            message,
            claim,
        }
    }

    /// Returns the content.
    pub fn payload(&self) -> &P {
        &self.payload
    }

    /// Returns what the message says of itself.
    pub fn message(&self) -> &Message {
        &self.message
    }

    /// Passes the content to a function, and remembers the delivery as handled if the function succeeds.
    ///
    /// A failure is logged at `WARN` by its `Display`, and answered with status 500.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped, the delivery is given back.
    pub async fn handle<F, E>(self, handler: impl FnOnce(P, Message) -> F) -> Answer
    where
        F: Future<Output = Result<(), E>>,
        E: fmt::Display,
    {
        let Self {
            payload,
            message,
            claim,
        } = self;
        match handler(payload, message).await {
            Ok(()) => {
                claim.handled();
                Answer::HANDLED
            }
            Err(error) => {
                tracing::warn!(%error, "a webhook delivery was not handled");
                Answer::FAILED
            }
        }
    }

    /// Remembers the delivery as handled.
    pub fn handled(self) -> Answer {
        self.claim.handled();
        Answer::HANDLED
    }

    /// Gives the delivery back, so that the next attempt is passed on.
    pub fn failed(self) -> Answer {
        Answer::FAILED
    }
}

/// The answer to a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "the service delivers again until it is answered with success"]
pub struct Answer(StatusCode);

impl Answer {
    const HANDLED: Self = Self(StatusCode::OK);
    const FAILED: Self = Self(StatusCode::INTERNAL_SERVER_ERROR);

    /// Returns the status of the response.
    #[must_use]
    pub fn status(self) -> StatusCode {
        self.0
    }
}
