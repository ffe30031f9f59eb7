//! Outgoing webhooks: defined in the account, and their messages received.
//!
//! # Define
//!
//! [`Webhooks`], of [`Client::webhooks`](crate::Client::webhooks), lists, creates, changes and deletes webhooks and the
//! events that they report. [`ensure`](Webhooks::ensure) compares the account with the webhooks that a program wants,
//! and writes what differs.
//!
//! # Receive
//!
//! A [`Receiver`] verifies each delivery, decodes its records, and passes it on once. With the feature `axum` a
//! [`Delivery`] is an extractor; with `tower`, `Receiver::service` returns a service.
//!
//! Caspio delivers at least once and in any order. A message that cannot be delivered for long enough is lost. Imports,
//! some changes in the datasheet, and changes by a source that the event does not have send none. A [`Sweep`] finds
//! what was missed.

mod calls;
mod definitions;
mod ensure;
mod events;
mod handle;
mod ids;
mod receive;
mod settings;
mod sweep;
mod url_check;
mod words;

pub use definitions::{Activity, CreatedWebhook, EventDefinition, History, Webhook};
pub use ensure::{
    Ensure, EnsureAction, EnsureError, EnsureReport, EnsureStep, EnsureWarning, WantedWebhook,
};
pub use events::Events;
pub use handle::Webhooks;
pub use ids::{EventId, WebhookId};
#[cfg(feature = "tower")]
pub use receive::ReceiverService;
pub use receive::{
    Answer, Custom, Delivery, Event, Message, Payload, Receiver, ReceiverBuilder, Rejection,
    signature,
};
pub use settings::{EventSettings, NewWebhook, WebhookUpdate};
pub use sweep::Sweep;
pub use words::{EventKind, EventSource, Status};
