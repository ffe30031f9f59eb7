//! The ids of webhooks and of their events.

use crate::text_id::text_id;

text_id! {
    /// The id of a webhook: six characters, such as `b5x49p`. A text converts to it.
    WebhookId
}

text_id! {
    /// The id of an event's definition: six characters, such as `p150qb`. A text converts to it.
    EventId
}
