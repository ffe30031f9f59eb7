//! A request for a token, from the store or the source to the cache's state.

use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::ExposeSecret as _;

use super::cache::{Failure, Inner, State};
use super::{Grant, Moment, StoredToken, Token};
use crate::{Error, ErrorKind, Result};

/// No answer of a token endpoint, however wrong, keeps callers out for longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

impl Inner {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn fly(&self, id: u64, may_load: bool) -> Result<Token> {
        // Ends the flight also when the source panics.
        let _landing = Landing { inner: self, id };
        if may_load && let Some(token) = self.load().await {
            return Ok(token);
        }
        let refresh = self.lock().refresh.clone();
        // Counted from before the request: the token's life began at some time during it.
        let asked = self.clock.now();
        let granted = self.source.fetch(refresh).await;
        let token = granted.and_then(|grant| self.accept(grant, asked));
        match token {
            Ok(token) => {
                self.save(&token).await;
                Ok(token)
            }
            Err(error) => Err(self.fail(error)),
        }
    }

    fn accept(&self, grant: Grant, asked: Moment) -> Result<Token> {
        let mut state = self.lock();
        let generation = state.last_generation + 1;
        let token = Token::new(grant, generation, asked, &self.policy)?;
        state.last_generation = generation;
        state.refresh = token.refresh().cloned();
        state.current = Some(token.clone());
        state.failure = None;
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
        error
    }

    async fn load(&self) -> Option<Token> {
        let store = self.store.as_ref()?;
        let stored = match store.load().await {
            Ok(stored) => stored?,
            Err(error) => {
                tracing::warn!(%error, "the token store cannot be read");
                return None;
            }
        };
        self.adopt(stored)
    }

    /// Takes a stored token if it still serves, else its refresh token.
    fn adopt(&self, stored: StoredToken) -> Option<Token> {
        let now = self.clock.now();
        let mut state = self.lock();
        let issued = Moment {
            wall: stored.issued_at,
            monotonic: now.monotonic,
        };
        let grant = Grant {
            access: stored.access,
            refresh: stored.refresh,
            lifetime: stored.expires_at.duration_since(stored.issued_at).ok(),
        };
        let refused = state.refused.as_ref().map(|token| token.expose_secret());
        let known_bad = refused == Some(grant.access.expose_secret());
        let generation = state.last_generation + 1;
        let token = Token::new(grant, generation, issued, &self.policy).ok()?;
        state.refresh = state.refresh.take().or_else(|| token.refresh().cloned());
        if known_bad || !token.is_usable(now) || stored.issued_at > now.wall {
            return None;
        }
        state.last_generation = generation;
        state.current = Some(token.clone());
        Some(token)
    }

    async fn save(&self, token: &Token) {
        let Some(store) = &self.store else { return };
        let stored = StoredToken {
            access: token.secret().clone(),
            refresh: token.refresh().cloned(),
            issued_at: token.issued_at(),
            expires_at: token.expires_at(),
        };
        if let Err(error) = store.save(stored).await {
            tracing::warn!(%error, "the token store cannot be written");
        }
    }
}

struct Landing<'c> {
    inner: &'c Inner,
    id: u64,
}

impl Drop for Landing<'_> {
    fn drop(&mut self) {
        self.inner.lock().end_flight(self.id);
    }
}
