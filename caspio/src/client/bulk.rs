//! v4's writes of many records, beside a client of an older version.

use super::{Client, Inner};
use crate::target::Target;
use caspio_core::{ApiVersion, Error, ErrorKind, Result};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// What a client knows of v4: one that speaks it, and whether the account refuses it.
#[derive(Debug, Default)]
pub(super) struct Bulk {
    client: OnceLock<Client>,
    refused: AtomicBool,
}

impl Client {
    /// The client that writes many records in one call: of v4, with the same account, token and meter.
    /// `None` where v4 is not to be had, which is found out once a client. The first time it takes the
    /// call that learns v4's ids of the tables or views.
    ///
    /// # Errors
    ///
    /// `NotFound`: v4 does not list the table or view. Else what kept the list from coming, which may be
    /// different the next time.
    pub(crate) async fn bulk(&self, target: &Target) -> Result<Option<Self>> {
        let Some(client) = self.bulk_if_not_refused() else {
            return Ok(None);
        };
        match client.segment(target).await {
            Ok(_) => Ok(Some(client)),
            Err(error) if self.api_version() != ApiVersion::V4 && is_refusal(&error) => {
                self.inner.bulk.refused.store(true, Ordering::Relaxed);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The same without a call, `None` as well where nothing is known yet.
    pub(crate) async fn known_bulk(&self, target: &Target) -> Option<Self> {
        let client = self.bulk_if_not_refused()?;
        client.knows_id(target).await.then_some(client)
    }

    /// Whether it is known that v4 is not to be had.
    pub(crate) fn has_no_bulk(&self) -> bool {
        self.inner.bulk.refused.load(Ordering::Relaxed)
    }

    fn bulk_if_not_refused(&self) -> Option<Self> {
        if self.api_version() == ApiVersion::V4 {
            return Some(self.clone());
        }
        let client = || self.inner.bulk.client.get_or_init(|| self.speaking_v4());
        (!self.has_no_bulk()).then(|| client().clone())
    }

    fn speaking_v4(&self) -> Self {
        let inner = &self.inner;
        Self {
            inner: Arc::new(Inner {
                account: inner.account.clone(),
                version: ApiVersion::V4,
                base: inner.account.api_url(ApiVersion::V4),
                transport: inner.transport.clone(),
                names: Arc::clone(&inner.names),
                write_checks: inner.write_checks,
                refuses_four_bytes: Arc::clone(&inner.refuses_four_bytes),
                schema_cache: Arc::clone(&inner.schema_cache),
                bulk: Bulk::default(),
                oauth: inner.oauth.clone(),
            }),
        }
    }
}

/// Whether the account refused v4 as such: a static key (401), a profile without the right (403), no such
/// address (404, or a redirect), or any other answer that says no rather than not now.
fn is_refusal(error: &Error) -> bool {
    let refused = |status| (300..500).contains(&status) && !matches!(status, 408 | 429);
    let for_now = matches!(error.kind(), ErrorKind::RateLimited | ErrorKind::Quota);
    let listing = error.operation() == Some(super::names::OPERATION);
    listing && !for_now && error.status().is_some_and(refused)
}
