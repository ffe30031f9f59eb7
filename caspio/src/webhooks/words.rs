//! The words of webhooks: kinds of events, their sources, and whether they are active.

use std::fmt;

/// An enum of the service's words, with `Other` for those that are not known.
macro_rules! words {
    (
        $(#[$docs:meta])*
        pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }
    ) => {
        $(#[$docs])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant,)+
            /// A word that is not known.
            Other(String),
        }

        impl $name {
            /// Returns the service's word.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }
        }

        /// Reads the service's word, in upper or lower case.
        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                $(if word.eq_ignore_ascii_case($word) {
                    return Self::$variant;
                })+
                Self::Other(word.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// What happened to records.
    ///
    /// ```
    /// use caspio::webhooks::EventKind;
    ///
    /// assert_eq!(EventKind::from("table.recordInsert"), EventKind::Inserted);
    /// assert_eq!(EventKind::Deleted.to_string(), "table.recordDelete");
    /// ```
    pub enum EventKind {
        /// Records were inserted.
        Inserted = "table.recordInsert",
        /// Values of records were changed.
        Updated = "table.recordUpdate",
        /// Records were deleted.
        Deleted = "table.recordDelete",
    }
}

words! {
    /// What changes records, so that an event sees it.
    ///
    /// Imports and import tasks are no source: they send no messages (documented).
    pub enum EventSource {
        /// Edits in Caspio's datasheet.
        Datasheet = "Datasheet",
        /// Forms and other DataPages.
        DataPages = "DataPages",
        /// Calls of the REST API, and with them every write of this SDK.
        RestApis = "RESTAPIs",
        /// Triggered actions.
        TriggeredActions = "TriggeredActions",
        /// Scheduled tasks.
        Tasks = "Tasks",
        /// Parts of DataPages. Caspio's own node for n8n sends it; its document does not list it.
        DataParts = "DataParts",
        /// Extensions. Caspio's own node for n8n sends it; its document does not list it.
        Extensions = "Extensions",
    }
}

words! {
    /// Whether a webhook or an event sends messages.
    pub enum Status {
        /// It sends messages.
        Active = "Active",
        /// It sends none.
        Inactive = "Inactive",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_in_any_case_and_unknown_ones_are_kept() {
        assert_eq!(EventSource::from("restapis"), EventSource::RestApis);
        assert_eq!(Status::from("ACTIVE"), Status::Active);
        let other = EventKind::from("table.recordMerge");
        assert_eq!(other, EventKind::Other("table.recordMerge".to_owned()));
        assert_eq!(other.as_str(), "table.recordMerge");
    }
}
