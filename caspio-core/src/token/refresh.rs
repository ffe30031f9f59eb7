//! Requests a token: from the store or the source into the cache.

use super::cache::Inner;
use super::refresh_token::RefreshToken;
use super::state::{Failure, State, Want};
use super::{Grant, Moment, StoreLock, StoredToken, Token};
use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind, Result};
use secrecy::ExposeSecret as _;
use std::sync::{MutexGuard, PoisonError, RwLockReadGuard};
use std::time::Duration;

/// The limit for a pause that a token endpoint asks for, which may be wrong.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// How long to wait for the lock of a store: a program that holds it longer is assumed to hang.
const LONGEST_LOCK: Duration = Duration::from_secs(30);

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
        // Removes the task from the state even if the source panics.
        let _guard = RefreshGuard { inner: self, id };
        let _lock = self.lock_store().await;
        if let Some(token) = self.load(want).await {
            return Ok(token);
        }
        // Counted from before the request, because the token's lifetime starts at some time during it.
        let asked = self.clock.now();
        let refresh = self.lock().refresh.clone();
        let refresh = refresh.filter(|refresh| self.policy.may_refresh(refresh.ends, asked.wall));
        let granted = self
            .source
            .fetch(refresh.map(|refresh| refresh.secret))
            .await;
        let token = granted.and_then(|grant| self.accept(grant, asked));
        match token {
            Ok(token) => {
                self.save(&token).await;
                Ok(token)
            }
            Err(error) => Err(self.fail(error)),
        }
    }

    pub(super) fn accept(&self, mut grant: Grant, asked: Moment) -> Result<Token> {
        let mut state = self.lock();
        let generation = state.last_generation + 1;
        let refresh = RefreshToken::of_grant(&mut grant, asked, state.refresh.as_ref());
        let token = Token::new(grant, generation, asked, &self.policy)?;
        state.last_generation = generation;
        state.refresh = refresh;
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
            not_before: now + pause,
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
        match tokio::time::timeout(LONGEST_LOCK, store.lock()).await {
            Ok(Ok(lock)) => Some(lock),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the token store cannot be locked");
                None
            }
            Err(_) => {
                tracing::warn!("the token store is still locked by another program");
                None
            }
        }
    }

    async fn load(&self, want: Want) -> Option<Token> {
        let store = self.store.as_ref()?;
        match store.load().await {
            Ok(stored) => self.adopt(stored?, want),
            Err(error) => {
                tracing::warn!(%error, "the token store cannot be read");
                None
            }
        }
    }

    /// Adopts a stored token if it is usable, otherwise only its refresh token.
    fn adopt(&self, stored: StoredToken, want: Want) -> Option<Token> {
        let now = self.clock.now();
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
        let mut state = self.lock();
        let refresh = RefreshToken::of_stored(&stored);
        let last = state.refresh.as_ref().map(|last| last.since);
        if last.is_none_or(|since| since <= stored.issued_at) && refresh.is_some() {
            state.refresh = refresh;
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

    pub(super) async fn save(&self, token: &Token) {
        let Some(store) = &self.store else { return };
        if let Err(error) = store.save(StoredToken::of(token)).await {
            tracing::warn!(%error, "the token store cannot be written");
        }
    }
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
