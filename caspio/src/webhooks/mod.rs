//! Outgoing webhooks: defined in the account, and their messages received.
//!
//! # Define
//!
//! [`Webhooks`], of [`Client::webhooks`](crate::Client::webhooks), lists, creates, changes and deletes webhooks and the
//! events that they report.
//!
//! # Receive
//!
//! A [`Receiver`] verifies each delivery, decodes its records, and passes it on once.
//!
//! Caspio delivers at least once and in any order.

mod calls;
mod definitions;
mod events;
mod handle;
mod ids;
mod receive;
mod settings;
mod url_check;
mod words;

pub use definitions::{Activity, CreatedWebhook, EventDefinition, History, Webhook};
pub use events::Events;
pub use handle::Webhooks;
pub use ids::{EventId, WebhookId};
pub use receive::{
    Answer, Custom, Delivery, Event, Message, Payload, Receiver, ReceiverBuilder, Rejection,
    signature,
};
pub use settings::{EventSettings, NewWebhook, WebhookUpdate};
pub use words::{EventKind, EventSource, Status};
