//! The ids of webhooks and of their events.

use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident, $of:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub(super) String);

        impl $name {
            /// Returns the id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Refuses an empty id: in a path it would be another operation.
            pub(super) fn check(&self) -> Result<()> {
                if !self.0.is_empty() {
                    return Ok(());
                }
                let message = concat!("the id of the ", $of, " is empty");
                Err(Error::new(ErrorKind::Refused, message)
                    .with_hint(concat!("take the id from the list of ", $of, "s")))
            }
        }

        impl<T: Into<String>> From<T> for $name {
            fn from(id: T) -> Self {
                Self(id.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// The id of a webhook: six characters, such as `b5x49p`.
    WebhookId, "webhook";
    /// The id of an event's definition: six characters, such as `p150qb`.
    EventId, "event";
}
