//! Receiving messages: verified, decoded, and each once.

#[cfg(feature = "axum")]
mod axum;
mod delivery;
mod memory;
mod message;
mod payload;
mod receiver;
mod rejection;
#[cfg(any(feature = "tower", feature = "axum"))]
mod request;
mod signature;
#[cfg(feature = "tower")]
mod tower;

pub use delivery::{Answer, Delivery};
pub use message::Message;
pub use payload::{Custom, Event, Payload};
pub use receiver::{Receiver, ReceiverBuilder};
pub use rejection::Rejection;
pub use signature::signature;
#[cfg(feature = "tower")]
pub use tower::ReceiverService;

/// The name of what a receiver does, in its errors.
const OPERATION: &str = "webhooks.receive";
