//! Receiving messages: verified, decoded, and each once.

mod delivery;
mod memory;
mod message;
mod payload;
mod receiver;
mod rejection;
mod signature;

pub use delivery::{Answer, Delivery};
pub use message::Message;
pub use payload::{Custom, Event, Payload};
pub use receiver::{Receiver, ReceiverBuilder};
pub use rejection::Rejection;
pub use signature::signature;

/// The name of what a receiver does, in its errors.
const OPERATION: &str = "webhooks.receive";
