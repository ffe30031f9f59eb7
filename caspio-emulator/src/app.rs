//! The state that all threads of one emulator share.

use crate::auth::Profiles;
use crate::auth::tokens::Tokens;
use crate::calls::Meter;
use crate::clock::Clock;
use crate::faults::Plan;
use crate::log::Log;
use crate::settings::Settings;
use crate::store::{Snapshot, Store, StoreError};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One running account.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) profiles: Profiles,
    pub(crate) tokens: Tokens,
    pub(crate) meter: Meter,
    pub(crate) log: Log,
    pub(crate) faults: Plan,
    pub(crate) store: Store,
    /// What a reset by the page or another process returns to.
    reset_point: Mutex<Option<Snapshot>>,
    requests: AtomicU64,
}

impl App {
    pub(crate) fn new(settings: Settings, store: Store, start: Option<Snapshot>) -> Self {
        let clock = store.clock().clone();
        Self {
            profiles: Profiles::new(settings.profiles.clone()),
            tokens: Tokens::new(
                clock.clone(),
                settings.token_lifetime,
                settings.refresh_tokens,
            ),
            clock,
            meter: Meter::default(),
            log: Log::default(),
            faults: Plan::new(settings.seed, settings.faults.clone()),
            reset_point: Mutex::new(start),
            requests: AtomicU64::new(0),
            store,
            settings,
        }
    }

    /// Returns `https` when the emulator has a certificate.
    pub(crate) fn scheme(&self) -> &'static str {
        #[cfg(feature = "tls")]
        if self.settings.tls.is_some() {
            return "https";
        }
        "http"
    }

    /// Resets the counts of calls, and empties the log.
    pub(crate) fn forget_calls(&self) {
        self.meter.reset();
        self.log.clear();
    }

    /// Takes the snapshot that [`reset`](Self::reset) returns to from now on.
    pub(crate) fn set_reset_point(&self) -> Result<(), StoreError> {
        let snapshot = self.store.snapshot()?;
        *self.reset_point() = Some(snapshot);
        Ok(())
    }

    /// Returns to the latest snapshot, or else to the data of the start.
    pub(crate) fn reset(&self) -> Result<(), StoreError> {
        let point = self.reset_point().clone();
        let point = point.ok_or_else(|| {
            StoreError::refused(
                "there is no snapshot to return to, and data that are kept in a file are not reset to those of the \
                 start; take a snapshot first: PUT /_emulator/snapshot",
            )
        })?;
        self.store.reset_to(&point)
    }

    /// Whether there is something to return to.
    #[cfg(feature = "page")]
    pub(crate) fn has_reset_point(&self) -> bool {
        self.reset_point().is_some()
    }

    fn reset_point(&self) -> MutexGuard<'_, Option<Snapshot>> {
        self.reset_point
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Numbers the next request, from 1.
    pub(crate) fn next_request(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed) + 1
    }
}
