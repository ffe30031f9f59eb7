//! The client for bulk writes, which only v4 has, next to a client of an older version.

use super::{Client, Inner};
use crate::dialect;
use crate::target::Target;
use caspio_core::{Error, ErrorKind, Result};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// The client of v4, and whether the account refused v4.
#[derive(Debug, Default)]
pub(super) struct BulkClient {
    client: OnceLock<Client>,
    refused: AtomicBool,
}

impl Client {
    /// Returns the client that writes many records in one call: one of v4, with the same account, token and meter.
    /// `None` if the account does not support v4, which is checked once per client. The first time, it makes the
    /// call that reads v4's ids of the tables or views. `operation` is that of the error for an unknown name.
    ///
    /// # Errors
    ///
    /// `NotFound`: v4 does not list the table or view. Otherwise the reason why the list could not be read, which
    /// may be temporary.
    pub(crate) async fn bulk(
        &self,
        target: &Target,
        operation: &'static str,
    ) -> Result<Option<Self>> {
        let Some(client) = self.bulk_if_not_refused() else {
            return Ok(None);
        };
        match client.segment(target, operation).await {
            Ok(_) => Ok(Some(client)),
            Err(error) if !self.writes_in_bulk() && is_refusal(&error) => {
                self.inner.bulk.refused.store(true, Ordering::Relaxed);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Returns the same client if that needs no call; `None` also if nothing is known about v4 yet.
    pub(crate) async fn known_bulk(&self, target: &Target) -> Option<Self> {
        let client = self.bulk_if_not_refused()?;
        client.knows_id(target).then_some(client)
    }

    /// Returns whether the account is known not to support v4.
    pub(crate) fn has_no_bulk(&self) -> bool {
        self.inner.bulk.refused.load(Ordering::Relaxed)
    }

    fn writes_in_bulk(&self) -> bool {
        self.dialect().capabilities().supports_bulk_writes
    }

    fn bulk_if_not_refused(&self) -> Option<Self> {
        if self.writes_in_bulk() {
            return Some(self.clone());
        }
        if self.has_no_bulk() {
            return None;
        }
        let client = &self.inner.bulk.client;
        let client = client.get_or_init(|| self.with_bulk_writes());
        Some(Self {
            is_for_bulk_writes: self.is_for_bulk_writes,
            ..client.clone()
        })
    }

    fn with_bulk_writes(&self) -> Self {
        let inner = &self.inner;
        let dialect = dialect::with_bulk_writes();
        Self {
            is_for_bulk_writes: self.is_for_bulk_writes,
            kept: None,
            inner: Arc::new(Inner {
                account: inner.account.clone(),
                dialect,
                base: inner.account.api_url(dialect.version()),
                transport: inner.transport.clone(),
                ids: Arc::clone(&inner.ids),
                write_checks: inner.write_checks,
                refuses_four_bytes: Arc::clone(&inner.refuses_four_bytes),
                schema_cache: Arc::clone(&inner.schema_cache),
                responses: Arc::clone(&inner.responses),
                bulk: BulkClient::default(),
                oauth: inner.oauth.clone(),
                position_key: Arc::clone(&inner.position_key),
                recording: inner.recording.clone(),
            }),
        }
    }
}

/// Whether the account refused v4 itself: a static key (401), a profile without the right (403), an unknown URL (404
/// or a redirect), or any other status that is a refusal and not a temporary failure.
fn is_refusal(error: &Error) -> bool {
    let refused = |status| (300..500).contains(&status) && !matches!(status, 408 | 429);
    let is_temporary = matches!(error.kind(), ErrorKind::RateLimited | ErrorKind::Quota);
    let is_listing = error.operation() == Some(super::id_cache::OPERATION);
    is_listing && !is_temporary && error.status().is_some_and(refused)
}
