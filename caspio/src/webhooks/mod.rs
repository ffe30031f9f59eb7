//! Outgoing webhooks: their messages received.
//!
//! # Receive
//!
//! A [`Receiver`] verifies each delivery, decodes its records, and passes it on once.
//!
//! Caspio delivers at least once and in any order.

mod receive;
mod words;

pub use receive::{
    Answer, Custom, Delivery, Event, Message, Payload, Receiver, ReceiverBuilder, Rejection,
    signature,
};
pub use words::{EventKind, EventSource, Status};
