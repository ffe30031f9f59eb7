//! What was done so that the account has the wanted webhooks.

use crate::webhooks::ids::WebhookId;
use caspio_core::Error;
use caspio_core::secrecy::SecretString;
use std::collections::BTreeMap;
use std::fmt;

/// What [`Webhooks::ensure`](crate::webhooks::Webhooks::ensure) did, or in a dry run would do.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
#[must_use = "the secrets of new webhooks are in the report only"]
pub struct EnsureReport {
    /// What was written, in this order. Empty if the account was as wanted.
    pub steps: Vec<EnsureStep>,
    /// The ids of the wanted webhooks, by their names. A dry run has only those that exist.
    pub ids: BTreeMap<String, WebhookId>,
    /// The secrets of the webhooks that were created, by their names. Nothing else returns them: keep them.
    pub secrets: BTreeMap<String, SecretString>,
    /// What may be a mistake in what is wanted.
    pub warnings: Vec<EnsureWarning>,
}

impl EnsureReport {
    /// Returns whether the account was as wanted, so that nothing was written.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        self.steps.is_empty()
    }
}

/// One write.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnsureStep {
    /// What was done.
    pub action: EnsureAction,
    /// The name of the webhook.
    pub webhook: String,
    /// The event of the webhook; `None` if it was done to the webhook itself.
    pub event: Option<String>,
}

/// What was done to a webhook or an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnsureAction {
    /// It was created.
    Created,
    /// It was changed.
    Updated,
    /// It was removed.
    Removed,
}

/// What may be a mistake in what is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnsureWarning {
    /// The event of this webhook has sources, and [`RestApis`](crate::webhooks::EventSource::RestApis) is not one of
    /// them: no write of the REST API, and so none of this SDK, is reported.
    NotOnRestWrites {
        /// The name of the webhook.
        webhook: String,
        /// The event.
        event: String,
    },
}

/// Why the account is not as wanted, and what was done before.
///
/// It does not become an [`Error`](crate::Error) by `?`, which would lose the secrets of the webhooks that were
/// created: take these from the report, then return [`error`](Self::error).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EnsureError {
    /// The error of the write or read that failed.
    pub error: Error,
    /// What was done before. It has the secrets of the webhooks that were created.
    pub report: EnsureReport,
}

impl fmt::Display for EnsureStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = match self.action {
            EnsureAction::Created => "created",
            EnsureAction::Updated => "updated",
            EnsureAction::Removed => "removed",
        };
        match &self.event {
            Some(event) => write!(f, "{action} {event} of webhook {:?}", self.webhook),
            None => write!(f, "{action} webhook {:?}", self.webhook),
        }
    }
}

impl fmt::Display for EnsureWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOnRestWrites { webhook, event } => write!(
                f,
                "{event} of webhook {webhook:?} does not report the writes of the REST API: RESTAPIs is not one of its \
                 sources"
            ),
        }
    }
}

impl fmt::Display for EnsureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for EnsureError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}
