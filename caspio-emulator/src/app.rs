//! The state that all threads of one emulator share.

use crate::auth::Profiles;
use crate::auth::tokens::Tokens;
use crate::calls::Meter;
use crate::faults::Plan;
#[cfg(feature = "page")]
use crate::log::Log;
use crate::settings::Settings;
use crate::store::Store;
use std::sync::atomic::{AtomicU64, Ordering};

/// One running account.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) settings: Settings,
    pub(crate) profiles: Profiles,
    pub(crate) tokens: Tokens,
    pub(crate) meter: Meter,
    #[cfg(feature = "page")]
    pub(crate) log: Log,
    pub(crate) faults: Plan,
    pub(crate) store: Store,
    requests: AtomicU64,
}

impl App {
    pub(crate) fn new(settings: Settings, store: Store) -> Self {
        Self {
            profiles: Profiles::new(settings.profiles.clone()),
            tokens: Tokens::new(settings.token_lifetime, settings.refresh_tokens),
            meter: Meter::default(),
            #[cfg(feature = "page")]
            log: Log::default(),
            faults: Plan::new(settings.seed, settings.faults.clone()),
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

    /// Numbers the next request, from 1.
    pub(crate) fn next_request(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed) + 1
    }
}
