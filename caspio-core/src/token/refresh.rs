//! Requests a token: from the store or the source into the cache.

use super::cache::Inner;
use super::refresh_token::RefreshToken;
use super::state::{Failure, State, Want};
use super::{Grant, Moment, StoreLock, StoredToken, Token};
use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind, Result};
use futures::FutureExt as _;
use secrecy::ExposeSecret as _;
use std::panic::AssertUnwindSafe;
use std::sync::{MutexGuard, PoisonError, RwLockReadGuard};
use std::time::Duration;

/// The limit for a pause that a token endpoint asks for, which may be wrong.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// How long a store may take to load or save a token. One that hangs must not stop every call.
const LONGEST_ACCESS: Duration = Duration::from_secs(5);

impl Inner {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn current(&self) -> RwLockReadGuard<'_, Option<Token>> {
        self.current.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces the current token. The state is passed as proof that its lock is held.
    pub(super) fn replace(&self, _: &mut State, token: Option<Token>) -> Option<Token> {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *current, token)
    }

    pub(super) async fn run_refresh(&self, id: u64, want: Want) -> Result<Token> {
        let _guard = RefreshGuard { inner: self, id };
        // Without the lock, which another program may hold while it renews a token that is still usable.
        if want == Want::Any
            && let Some(token) = self.load(want).await
        {
            return Ok(token);
        }
        let _lock = self.lock_store().await;
        if let Some(token) = self.load(want).await {
            return Ok(token);
        }
        // Counted from before the request, because the token's lifetime starts at some time during it.
        let asked = self.clock.now();
        let granted = self.fetch(asked).await;
        let token = granted.and_then(|grant| self.accept(grant, asked));
        self.save(token.as_ref().ok()).await;
        token.map_err(|error| self.fail(error))
    }

    /// Fetches a token with the current refresh token, and if it is rejected with the one that the program was given:
    /// the store may hold an older one.
    async fn fetch(&self, asked: Moment) -> Result<Grant> {
        let (refresh, given) = {
            let state = self.lock();
            (state.refresh.clone(), state.given.clone())
        };
        let usable = |token: &RefreshToken| self.policy.may_refresh(token.ends, asked.wall);
        let refresh = refresh.or_else(|| given.clone()).filter(usable);
        let is_given = match (&refresh, &given) {
            (Some(refresh), Some(given)) => refresh.is(&given.secret),
            _ => true,
        };
        let granted = self.fetch_with(refresh).await;
        match (granted, given) {
            (Err(error), Some(given)) if error.kind() == ErrorKind::Auth && !is_given => {
                tracing::debug!("the stored refresh token was rejected, using the given one");
                let granted = self.fetch_with(Some(given)).await;
                self.forget_given(&granted);
                granted
            }
            (granted, _) => {
                self.forget_given(&granted);
                granted
            }
        }
    }

    /// Forgets the given refresh token once a server has accepted or rejected it, or one that replaces it.
    fn forget_given(&self, granted: &Result<Grant>) {
        let is_decided = match granted {
            Ok(_) => true,
            Err(error) => error.kind() == ErrorKind::Auth,
        };
        if is_decided {
            self.lock().given = None;
        }
    }

    async fn fetch_with(&self, refresh: Option<RefreshToken>) -> Result<Grant> {
        let refresh = refresh.map(|refresh| refresh.secret);
        let fetch = AssertUnwindSafe(async { self.source.fetch(refresh).await });
        fetch
            .catch_unwind()
            .await
            .unwrap_or_else(|_| Err(Error::new(ErrorKind::Auth, "the token source panicked")))
    }

    pub(super) fn accept(&self, mut grant: Grant, asked: Moment) -> Result<Token> {
        let mut state = self.lock();
        let generation = state.last_generation + 1;
        // Kept even if the access token is unusable: the server may accept no other one from now on.
        let refresh = RefreshToken::of_grant(&mut grant, asked, state.refresh.as_ref());
        state.refresh = refresh;
        let token = Token::new(grant, generation, asked, &self.policy)?;
        state.last_generation = generation;
        state.failure = None;
        self.replace(&mut state, Some(token.clone()));
        drop(state);
        tracing::debug!(
            generation,
            lifetime_s = token.lifetime().as_secs(),
            "new token"
        );
        Ok(token)
    }

    fn fail(&self, error: Error) -> Error {
        if error.kind() == ErrorKind::Budget {
            // Nothing was requested, and waiting for a while changes nothing.
            return error;
        }
        let now = self.clock.now().monotonic;
        let mut state = self.lock();
        let count = state.failure.as_ref().map_or(0, |failure| failure.count) + 1;
        let permanent = matches!(
            error.kind(),
            ErrorKind::Auth | ErrorKind::Config | ErrorKind::Permission
        );
        let asked = error.retry_after().unwrap_or_default().min(LONGEST_PAUSE);
        let pause = self.policy.pause_after(count, permanent).max(asked);
        state.failure = Some(Failure {
            error: error.clone(),
            count,
            not_before: now.saturating_add(pause),
        });
        drop(state);
        tracing::warn!(kind = ?error.kind(), count, pause_ms = pause.as_millis() as u64, "no new token");
        match permanent {
            true => error,
            // Earlier, the same error would be returned without another request.
            false => error.with_retry_after(pause),
        }
    }

    /// Keeps other programs that share the store from requesting a token at the same time.
    pub(super) async fn lock_store(&self) -> Option<StoreLock> {
        let store = self.store.as_ref()?;
        // The holder loads a token, requests one and saves it. One that holds the lock for longer is assumed to hang.
        let limit = self
            .source
            .longest_fetch()
            .saturating_add(3 * LONGEST_ACCESS);
        access("locked", limit, async { store.lock().await }).await
    }

    async fn load(&self, want: Want) -> Option<Token> {
        let store = self.store.as_ref()?;
        let stored = access("read", LONGEST_ACCESS, async { store.load().await });
        self.adopt(stored.await??, want)
    }

    /// Adopts a stored token if it is usable, otherwise only its refresh token.
    fn adopt(&self, stored: StoredToken, want: Want) -> Option<Token> {
        if stored.owner.is_some() && stored.owner != self.owner {
            tracing::warn!(
                "the stored token belongs to another service or client, so it is ignored"
            );
            return None;
        }
        let now = self.clock.now();
        let mut state = self.lock();
        if let Some(refresh) = RefreshToken::of_stored(&stored)
            && state
                .in_store
                .as_ref()
                .is_none_or(|known| !refresh.is(known))
        {
            state.in_store = Some(refresh.secret.clone());
            state.refresh = Some(refresh);
        }
        let from_future = stored
            .issued_at
            .duration_since(now.wall)
            .unwrap_or_default();
        if from_future > self.policy.skew {
            tracing::warn!(
                "the stored token was issued in the future, according to this machine's clock"
            );
            return None;
        }
        let access = stored.access.expose_secret();
        let known_bad = state.rejected.as_ref().map(|token| token.expose_secret()) == Some(access);
        let known = self
            .current()
            .as_ref()
            .map(|token| token.secret().expose_secret())
            == Some(access);
        if known_bad || known {
            return None;
        }
        let generation = state.last_generation + 1;
        let issued = Moment {
            wall: stored.issued_at,
            monotonic: now.monotonic,
        };
        let token = Token::new(stored.into_grant(), generation, issued, &self.policy).ok()?;
        let serves = match want {
            Want::Any => token.is_usable(now),
            Want::Newer => !token.needs_renewal(now),
        };
        if !serves {
            return None;
        }
        state.last_generation = generation;
        state.failure = None;
        self.replace(&mut state, Some(token.clone()));
        Some(token)
    }

    /// Stores a new token; without one, only a new refresh token.
    pub(super) async fn save(&self, token: Option<&Token>) {
        let Some(store) = &self.store else { return };
        let stored = match token {
            Some(token) => Some(StoredToken::of(token)),
            None => self.unsaved_refresh_token(),
        };
        let Some(mut stored) = stored else { return };
        stored.owner.clone_from(&self.owner);
        let refresh = stored.refresh.clone();
        let saved = access("written", LONGEST_ACCESS, async {
            store.save(stored).await
        });
        if saved.await.is_some() {
            self.lock().in_store = refresh;
        }
    }

    /// Returns a refresh token that came with an unusable access token.
    fn unsaved_refresh_token(&self) -> Option<StoredToken> {
        let state = self.lock();
        let refresh = state.refresh.as_ref()?;
        let known = state
            .in_store
            .as_ref()
            .or(state.given.as_ref().map(|given| &given.secret));
        if known.is_some_and(|known| refresh.is(known)) {
            return None;
        }
        let now = self.clock.now().wall;
        let mut stored = StoredToken::new("", now, now).with_refresh(refresh.secret.clone());
        stored.refresh_ends_at = refresh.ends;
        Some(stored)
    }
}

/// Accesses a store for a limited time. A failure, a panic or a hang causes only a warning.
async fn access<T>(
    action: &'static str,
    limit: Duration,
    work: impl Future<Output = Result<T>>,
) -> Option<T> {
    let work = AssertUnwindSafe(work).catch_unwind();
    match tokio::time::timeout(limit, work).await {
        Ok(Ok(Ok(done))) => return Some(done),
        Ok(Ok(Err(error))) => tracing::warn!(%error, "the token store cannot be {action}"),
        Ok(Err(_)) => tracing::warn!("the token store panicked while it was {action}"),
        Err(_) => tracing::warn!("the token store was not {action} in time"),
    }
    None
}

/// Removes the task from the state when it ends.
struct RefreshGuard<'c> {
    inner: &'c Inner,
    id: u64,
}

impl Drop for RefreshGuard<'_> {
    fn drop(&mut self) {
        self.inner.lock().end_task(self.id);
    }
}
