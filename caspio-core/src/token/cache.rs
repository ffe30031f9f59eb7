//! Single-flight refresh on demand: no background task, no lock held across an `.await`.

#[cfg(feature = "authorization-code")]
use super::Grant;
use super::refresh_token::RefreshToken;
use super::state::{Outcome, RefreshTask, State, Want, outcome_of};
use super::{CachePolicy, Clock, Moment, Token, TokenSource, TokenStore};
use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind, Result};
use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use http::HeaderValue;
use secrecy::SecretString;
use std::fmt;
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, SystemTime};

/// Caches one token and renews it on demand, once for all callers that wait at the same time.
///
/// Cloning is cheap; clones share the token. The [module's table](super) shows which token a caller gets.
///
/// # Cancel safety
///
/// A token request runs in a task of its own. Dropping a caller does not stop it, and its result is
/// kept.
#[derive(Clone)]
pub struct TokenCache(Arc<Inner>);

pub(super) struct Inner {
    pub(super) source: Arc<dyn TokenSource>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) policy: CachePolicy,
    pub(super) store: Option<Arc<dyn TokenStore>>,
    /// Separate from the state because every call reads it; changed only while the state's lock is
    /// held.
    pub(super) current: RwLock<Option<Token>>,
    pub(super) state: Mutex<State>,
}

/// The header for a request when the cached token needs no renewal.
pub(crate) struct CachedHeader {
    pub(crate) header: HeaderValue,
    pub(crate) generation: u64,
    pub(crate) age: Duration,
}

/// The next step of a caller.
enum Next {
    Use(Token),
    Fail(Error),
    Wait(u64, Shared<BoxFuture<'static, Outcome>>),
}

impl TokenCache {
    /// Creates a cache that is empty until the first caller.
    #[must_use]
    pub fn new(source: Arc<dyn TokenSource>, clock: Arc<dyn Clock>, policy: CachePolicy) -> Self {
        Self::with_store(source, clock, policy, None)
    }

    pub(crate) fn with_store(
        source: Arc<dyn TokenSource>,
        clock: Arc<dyn Clock>,
        policy: CachePolicy,
        store: Option<Arc<dyn TokenStore>>,
    ) -> Self {
        Self(Arc::new(Inner {
            source,
            clock,
            policy,
            store,
            current: RwLock::default(),
            state: Mutex::default(),
        }))
    }

    /// Returns a usable token, and fetches one if there is none.
    ///
    /// # Errors
    ///
    /// The failure of the fetch, the same for all callers that waited for it. For a short pause after
    /// it (1 to 30 seconds by default) the same error is returned without another request.
    pub async fn token(&self) -> Result<Token> {
        loop {
            let (id, outcome) = match self.next()? {
                Next::Use(token) => return Ok(token),
                Next::Fail(error) => return Err(error),
                Next::Wait(id, outcome) => (id, outcome),
            };
            match outcome.await {
                Outcome::Finished(result) => return result,
                Outcome::Aborted => self.forget_task(id),
            }
        }
    }

    /// Drops the token of a generation; a newer token is kept.
    pub fn invalidate(&self, generation: u64) {
        let mut state = self.0.lock();
        let is_current = |token: &Token| token.generation() == generation;
        if self.0.current().as_ref().is_some_and(is_current) {
            let rejected = self.0.replace(&mut state, None);
            state.rejected = rejected.map(|token| token.secret().clone());
        }
    }

    /// Returns the header for a request if the cached token needs no renewal: takes one shared lock and
    /// copies no text.
    pub(crate) fn cached(&self) -> Option<CachedHeader> {
        let now = self.0.clock.now();
        let current = self.0.current();
        let token = current.as_ref()?;
        let fresh = token.is_usable(now) && !token.needs_renewal(now);
        fresh.then(|| CachedHeader {
            header: token.header_value().clone(),
            generation: token.generation(),
            age: token.age(now),
        })
    }

    /// Returns whether there is a token that a request can carry.
    pub(crate) fn is_usable(&self) -> bool {
        let now = self.0.clock.now();
        let current = self.0.current();
        current.as_ref().is_some_and(|token| token.is_usable(now))
    }

    /// Adopts tokens that did not come from the source, and stores them.
    #[cfg(feature = "authorization-code")]
    pub(crate) async fn store_grant(&self, grant: Grant, asked: Moment) -> Result<Token> {
        let _alone = self.0.lock_store().await;
        let token = self.0.accept(grant, asked)?;
        self.0.save(&token).await;
        Ok(token)
    }

    /// Sets the refresh token to start with.
    pub(crate) fn set_initial_refresh_token(&self, secret: SecretString) {
        self.0.lock().refresh = Some(RefreshToken {
            secret,
            ends: None,
            since: SystemTime::UNIX_EPOCH,
        });
    }

    /// Fetches the successor of a generation's token, which stays in use until the successor is
    /// available.
    ///
    /// Returns immediately if there is a newer token already.
    ///
    /// # Errors
    ///
    /// The failure of the fetch; the old token is kept.
    pub async fn renew(&self, generation: u64) -> Result<Token> {
        loop {
            let (id, outcome) = match self.successor(generation)? {
                Next::Use(token) => return Ok(token),
                Next::Fail(error) => return Err(error),
                Next::Wait(id, outcome) => (id, outcome),
            };
            match outcome.await {
                Outcome::Finished(result) => return result,
                Outcome::Aborted => self.forget_task(id),
            }
        }
    }

    /// Returns the time since a token was requested, by this cache's clock.
    pub(crate) fn age_of(&self, token: &Token) -> Duration {
        token.age(self.0.clock.now())
    }

    fn next(&self) -> Result<Next> {
        let now = self.0.clock.now();
        if let Some(token) = self.usable(now)
            && !token.needs_renewal(now)
        {
            return Ok(Next::Use(token));
        }
        let mut state = self.0.lock();
        if let Some(token) = self.usable(now) {
            let idle = state.task.is_none() && state.paused(now).is_none();
            if idle && token.needs_renewal(now) {
                // Fails outside a runtime, which does no harm: the token is still usable.
                let _ = self.start(&mut state, Want::Newer);
            }
            return Ok(Next::Use(token));
        }
        self.join_or_start(&mut state, now, Want::Any)
    }

    fn successor(&self, generation: u64) -> Result<Next> {
        let now = self.0.clock.now();
        let mut state = self.0.lock();
        let newer = |token: &&Token| token.generation() > generation;
        if let Some(token) = self.0.current().as_ref().filter(newer) {
            return Ok(Next::Use(token.clone()));
        }
        self.join_or_start(&mut state, now, Want::Newer)
    }

    fn usable(&self, now: Moment) -> Option<Token> {
        let current = self.0.current();
        current
            .as_ref()
            .filter(|token| token.is_usable(now))
            .cloned()
    }

    fn join_or_start(&self, state: &mut State, now: Moment, want: Want) -> Result<Next> {
        if let Some(task) = &state.task {
            return Ok(Next::Wait(task.id, task.outcome.clone()));
        }
        if let Some(error) = state.paused(now) {
            return Ok(Next::Fail(error));
        }
        self.start(state, want)
    }

    fn start(&self, state: &mut State, want: Want) -> Result<Next> {
        let runtime = tokio::runtime::Handle::try_current().map_err(|error| {
            Error::new(
                ErrorKind::Config,
                "a token can only be fetched inside a tokio runtime",
            )
            .with_source(error)
        })?;
        state.last_task += 1;
        let id = state.last_task;
        let inner = Arc::clone(&self.0);
        // A task of its own: a caller that is cancelled must not lose a token that the service already issued.
        let handle = runtime.spawn(async move { inner.run_refresh(id, want).await });
        let outcome = handle.map(outcome_of).boxed().shared();
        state.task = Some(RefreshTask {
            id,
            outcome: outcome.clone(),
        });
        Ok(Next::Wait(id, outcome))
    }

    fn forget_task(&self, id: u64) {
        self.0.lock().end_task(id);
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.0.lock();
        f.debug_struct("TokenCache")
            .field("source", &self.0.source)
            .field("token", &*self.0.current())
            .field("renewing", &state.task.is_some())
            .finish_non_exhaustive()
    }
}
