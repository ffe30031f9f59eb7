//! Single-flight refresh on demand: no background task, no lock held across an `.await`.

#[cfg(feature = "authorization-code")]
use super::Grant;
use super::refresh_token::RefreshToken;
use super::state::{Outcome, RefreshTask, State, Want, outcome_of};
use super::{CachePolicy, Clock, Moment, Token, TokenSource, TokenStore};
use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind, Result};
use futures::FutureExt as _;
use http::HeaderValue;
use secrecy::SecretString;
use std::fmt;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;
use tokio::time::Instant;

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
    /// The owner of the tokens; another owner's stored token is not used.
    pub(super) owner: Option<String>,
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

/// How long callers with a store wait for the successor of a token that is still usable.
const LONGEST_RENEWAL: Duration = Duration::from_secs(10);
/// How long a store takes at most, in addition to the wait for its lock.
const LONGEST_STORE_ACCESS: Duration = Duration::from_secs(30);
/// The age below which the expiry of a token does not explain its rejection.
const FRESH: Duration = Duration::from_secs(60);
/// How many times a caller starts a request that its runtime does not finish.
const MOST_ABORTED: u32 = 3;

/// The next step of a caller.
enum Next {
    Use(Token),
    Fail(Error),
    Wait(RefreshTask),
}

impl TokenCache {
    /// Creates a cache that is empty until the first caller.
    #[must_use]
    pub fn new(source: Arc<dyn TokenSource>, clock: Arc<dyn Clock>, policy: CachePolicy) -> Self {
        Self::with_store(source, clock, policy, None, None)
    }

    pub(crate) fn with_store(
        source: Arc<dyn TokenSource>,
        clock: Arc<dyn Clock>,
        policy: CachePolicy,
        store: Option<Arc<dyn TokenStore>>,
        owner: Option<String>,
    ) -> Self {
        Self(Arc::new(Inner {
            source,
            clock,
            policy,
            store,
            owner,
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
        if let Some(token) = self.renewed_before_use().await {
            return Ok(token);
        }
        self.wait_for(|cache| cache.next()).await
    }

    /// Waits until a token request that runs in the background has ended and its token is stored.
    ///
    /// Call it before the runtime is shut down. Otherwise a token that the service has issued and billed may be lost,
    /// and with it a refresh token that was replaced.
    pub async fn settle(&self) {
        let task = self.0.lock().task.as_ref().map(|task| task.outcome.clone());
        if let Some(outcome) = task {
            let _ = tokio::time::timeout(self.longest_wait(), outcome).await;
        }
    }

    /// Follows the steps of a caller until there is a result.
    async fn wait_for(&self, next: impl Fn(&Self) -> Result<Next>) -> Result<Token> {
        for _ in 0..MOST_ABORTED {
            let task = match next(self)? {
                Next::Use(token) => return Ok(token),
                Next::Fail(error) => return Err(error),
                Next::Wait(task) => task,
            };
            // A runtime that nothing drives, such as that of another thread, never finishes the request.
            let left = self.longest_wait().saturating_sub(task.started.elapsed());
            match tokio::time::timeout(left, task.outcome).await {
                Ok(Outcome::Finished(result)) => return result,
                Ok(Outcome::Aborted) | Err(_) => self.forget_task(task.id),
            }
        }
        Err(Error::new(
            ErrorKind::Config,
            "the runtime was shut down during every token request",
        ))
    }

    fn longest_wait(&self) -> Duration {
        // The source, and access to the store before and after it.
        let fetch = self.0.source.longest_fetch();
        fetch.saturating_mul(2).saturating_add(LONGEST_STORE_ACCESS)
    }

    /// With a store, returns the successor of a token that is about to expire; `None` if the current token is still
    /// used.
    async fn renewed_before_use(&self) -> Option<Token> {
        let generation = self.to_be_renewed()?;
        let renewed = tokio::time::timeout(LONGEST_RENEWAL, self.renew(generation)).await;
        renewed.ok()?.ok()
    }

    /// Returns the generation of a usable token whose successor a caller waits for.
    ///
    /// Only with a store, so that a program that ends during a renewal in the background does not lose a refresh token;
    /// not for long, and not after a failure.
    fn to_be_renewed(&self) -> Option<u64> {
        self.0.store.as_ref()?;
        let now = self.0.clock.now();
        let token = self.usable(now).filter(|token| token.needs_renewal(now))?;
        let state = self.0.lock();
        let takes_long = |task: &RefreshTask| task.started.elapsed() >= LONGEST_RENEWAL;
        let waits = state.paused(now).is_none() && !state.task.as_ref().is_some_and(takes_long);
        waits.then(|| token.generation())
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

    /// Drops the token of a generation that a service rejected, and returns whether the next request gets another one.
    ///
    /// A service may reject every call of some kind, whatever its token. So a token that is only seconds old is dropped
    /// at most once a minute.
    pub(crate) fn reject(&self, generation: u64, age: Duration) -> bool {
        let now = self.0.clock.now();
        let mut state = self.0.lock();
        let is_current = |token: &Token| token.generation() == generation;
        if !self.0.current().as_ref().is_some_and(is_current) {
            return true;
        }
        let again = |at: Moment| now.since(at) < FRESH;
        if age < FRESH && state.rejected_at.is_some_and(again) {
            return false;
        }
        let rejected = self.0.replace(&mut state, None);
        state.rejected = rejected.map(|token| token.secret().clone());
        state.rejected_at = Some(now);
        true
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

    /// Returns whether [`token`](Self::token) returns without waiting.
    pub(crate) fn is_ready(&self) -> bool {
        let usable = self.usable(self.0.clock.now());
        usable.is_some() && self.to_be_renewed().is_none()
    }

    /// Adopts tokens that did not come from the source, and stores them.
    #[cfg(feature = "authorization-code")]
    pub(crate) async fn store_grant(&self, grant: Grant, asked: Moment) -> Result<Token> {
        let _alone = self.0.lock_store().await;
        let token = self.0.accept(grant, asked)?;
        self.0.save(Some(&token)).await;
        Ok(token)
    }

    /// Sets the refresh token to start with.
    pub(crate) fn set_initial_refresh_token(&self, secret: SecretString) {
        self.0.lock().given = Some(RefreshToken { secret, ends: None });
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
        self.wait_for(|cache| cache.successor(generation)).await
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
            return Ok(Next::Wait(task.clone()));
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
        let task = RefreshTask {
            id,
            started: Instant::now(),
            outcome,
        };
        state.task = Some(task.clone());
        Ok(Next::Wait(task))
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
