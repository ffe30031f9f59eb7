//! Responses that are kept for a time, so that the same read makes no second call.
//!
//! A response is kept only if no write of this client can have changed what it shows. A write may change records of
//! other tables than its own (triggered actions, relationships, views), so each one removes all responses.

use super::Client;
use bytes::Bytes;
use caspio_core::{Error, Result, Url};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long nothing is kept after a write: reads right after it may still show the old records. How long exactly is not
/// known.
const AFTER_WRITE: Duration = Duration::from_secs(30);

/// How long nothing is kept after a write that may still be executed later.
const AFTER_UNKNOWN_OUTCOME: Duration = Duration::from_secs(300);

/// The most responses, and bytes of their bodies, that are kept.
const MOST_RESPONSES: usize = 10_000;
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// What a read returns that may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// Names and fields of tables and views.
    Schema,
    /// The record with a key.
    Record,
}

/// How long responses are kept. `None`: not at all.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lifetimes {
    pub(super) schema: Option<Duration>,
    pub(super) record: Option<Duration>,
}

/// The responses that are kept.
#[derive(Debug, Default)]
pub(super) struct ResponseCache {
    lifetimes: Lifetimes,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    responses: HashMap<String, Response>,
    bytes: usize,
    /// The writes in progress.
    writes: usize,
    /// Changes whenever all responses are removed.
    generation: u64,
    /// Reads that begin earlier are not kept.
    keeps_from: Option<Instant>,
}

#[derive(Debug)]
struct Response {
    body: Bytes,
    until: Instant,
}

/// A read in progress whose response may be kept.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    url: String,
    generation: u64,
    until: Instant,
}

/// What is known of a read before it is made.
pub(super) enum LookUp {
    /// Its response is kept.
    Kept(Bytes),
    /// It has to be made; its response may be kept afterwards.
    Absent(Option<Reading>),
}

/// A write in progress. Its outcome is unknown if it is dropped without [`ended`](Self::ended).
#[derive(Debug)]
pub(super) struct Writing<'a> {
    cache: &'a ResponseCache,
    quiet: Duration,
}

impl ResponseCache {
    pub(super) fn new(lifetimes: Lifetimes) -> Self {
        Self {
            lifetimes,
            state: Mutex::default(),
        }
    }

    /// Returns the response of a read if it is kept, and otherwise starts the read. Nothing is done for other reads.
    pub(super) fn look_up(&self, kept: Option<Kept>, url: &Url) -> LookUp {
        let Some(kept) = kept else {
            return LookUp::Absent(None);
        };
        match self.find(url) {
            Some(body) => LookUp::Kept(body),
            None => LookUp::Absent(self.start_read(kept, url)),
        }
    }

    fn find(&self, url: &Url) -> Option<Bytes> {
        let now = Instant::now();
        let state = self.state();
        let response = state.responses.get(url.as_str())?;
        (now < response.until).then(|| response.body.clone())
    }

    /// Starts a read; `None` if its response cannot be kept.
    fn start_read(&self, kept: Kept, url: &Url) -> Option<Reading> {
        let lifetime = match kept {
            Kept::Schema => self.lifetimes.schema,
            Kept::Record => self.lifetimes.record,
        };
        let now = Instant::now();
        let until = now.checked_add(lifetime?)?;
        let state = self.state();
        let keeps = state.writes == 0 && state.keeps_from.is_none_or(|from| from <= now);
        keeps.then(|| Reading {
            url: url.to_string(),
            generation: state.generation,
            until,
        })
    }

    /// Keeps a response, unless a write began after the read.
    pub(super) fn keep(&self, reading: Reading, body: &Bytes) {
        let Reading {
            url,
            generation,
            until,
        } = reading;
        let mut state = self.state();
        let size = url.len() + body.len();
        if state.generation != generation || size > MOST_BYTES {
            return;
        }
        if state.responses.len() >= MOST_RESPONSES || state.bytes + size > MOST_BYTES {
            state.remove_all();
        }
        let length = url.len();
        let body = body.clone();
        let replaced = state.responses.insert(url, Response { body, until });
        state.bytes += size;
        state.bytes -= replaced.map_or(0, |response| length + response.body.len());
    }

    /// Starts a write: removes all responses, and keeps none until it has ended.
    pub(super) fn start_write(&self) -> Option<Writing<'_>> {
        let is_on = self.lifetimes.schema.is_some() || self.lifetimes.record.is_some();
        is_on.then(|| {
            let mut state = self.state();
            state.writes += 1;
            state.remove_all();
            Writing {
                cache: self,
                quiet: AFTER_UNKNOWN_OUTCOME,
            }
        })
    }

    fn remove_all(&self) {
        self.state().remove_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn remove_all(&mut self) {
        self.responses.clear();
        self.bytes = 0;
        self.generation += 1;
    }
}

impl Writing<'_> {
    /// Ends the write.
    pub(super) fn ended<T>(mut self, result: &Result<T>) {
        let may_follow = |error: &Error| error.maybe_applied();
        if !result.as_ref().is_err_and(may_follow) {
            self.quiet = AFTER_WRITE;
        }
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        let from = Instant::now() + self.quiet;
        let mut state = self.cache.state();
        state.writes = state.writes.saturating_sub(1);
        state.keeps_from = state.keeps_from.max(Some(from));
        state.remove_all();
    }
}

impl Client {
    /// Makes a read with a client that returns kept responses, and keeps new ones. A failed read removes all, because a
    /// response that cannot be used may be the reason.
    pub(crate) async fn with_cache<T, F: Future<Output = Result<T>>>(
        &self,
        kept: Kept,
        read: impl FnOnce(Self) -> F,
    ) -> Result<T> {
        let client = Self {
            kept: Some(kept),
            ..self.clone()
        };
        let result = read(client).await;
        if result.is_err() {
            self.forget_responses();
        }
        result
    }

    /// Returns a client that keeps no responses.
    pub(super) fn without_cache(&self) -> Self {
        Self {
            kept: None,
            ..self.clone()
        }
    }

    /// Removes all responses that are kept.
    pub(super) fn forget_responses(&self) {
        self.inner.responses.remove_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caspio_core::ErrorKind;
    use caspio_core::error::ErrorContext as _;

    const MINUTE: Duration = Duration::from_secs(60);

    fn cache() -> ResponseCache {
        ResponseCache::new(Lifetimes {
            record: Some(MINUTE),
            schema: None,
        })
    }

    fn url(path: usize) -> Url {
        let url = Url::parse(&format!("https://c1.caspio.com/{path}"));
        url.expect("a URL")
    }

    fn read(cache: &ResponseCache, path: usize, body: &'static str) -> bool {
        let reading = cache.start_read(Kept::Record, &url(path));
        let is_kept = reading.is_some();
        if let Some(reading) = reading {
            cache.keep(reading, &Bytes::from_static(body.as_bytes()));
        }
        is_kept
    }

    #[tokio::test(start_paused = true)]
    async fn a_response_is_kept_for_its_time() {
        let cache = cache();
        assert_eq!(cache.find(&url(1)), None);
        read(&cache, 1, "a");
        tokio::time::advance(MINUTE - Duration::from_secs(1)).await;
        assert_eq!(cache.find(&url(1)), Some(Bytes::from_static(b"a")));
        assert_eq!(cache.find(&url(2)), None);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(cache.find(&url(1)), None);
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_begins_with_the_read() {
        let cache = cache();
        let reading = cache.start_read(Kept::Record, &url(1));
        tokio::time::advance(MINUTE / 2).await;
        cache.keep(reading.expect("no write"), &Bytes::new());
        tokio::time::advance(MINUTE / 2).await;
        assert_eq!(cache.find(&url(1)), None);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_kept_that_is_off() {
        let cache = cache();
        assert!(cache.start_read(Kept::Schema, &url(1)).is_none());
        let off = ResponseCache::default();
        assert!(off.start_read(Kept::Record, &url(1)).is_none());
        assert!(off.start_write().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_removes_responses_and_those_of_reads_in_progress() {
        for reads_before_write in [true, false] {
            let cache = cache();
            read(&cache, 1, "old");
            let before = cache.start_read(Kept::Record, &url(1));
            let before = before.expect("no write");

            let writing = cache.start_write().expect("the cache is on");
            assert_eq!(cache.find(&url(1)), None);
            assert!(!read(&cache, 1, "old"), "during the write");
            if reads_before_write {
                cache.keep(before.clone(), &Bytes::new());
            }
            writing.ended(&Ok(()));
            cache.keep(before, &Bytes::new());

            assert_eq!(cache.find(&url(1)), None);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_kept_until_the_last_of_several_writes_has_ended() {
        let cache = cache();
        let (first, second) = (cache.start_write(), cache.start_write());
        first.expect("on").ended(&Ok(()));
        tokio::time::advance(AFTER_WRITE).await;
        assert!(!read(&cache, 1, "old"));
        second.expect("on").ended(&Ok(()));
        assert!(!read(&cache, 1, "old"));
        tokio::time::advance(AFTER_WRITE).await;
        assert!(read(&cache, 1, "new"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_that_may_be_executed_later_has_a_longer_quiet_time() {
        let lost = || {
            let error = Error::new(ErrorKind::Timeout, "no response");
            Err::<(), _>(error.with_maybe_applied(true))
        };
        let refused = || Err(Error::new(ErrorKind::Invalid, "refused"));
        for (result, quiet) in [
            (Some(lost()), AFTER_UNKNOWN_OUTCOME),
            (None, AFTER_UNKNOWN_OUTCOME),
            (Some(refused()), AFTER_WRITE),
            (Some(Ok(())), AFTER_WRITE),
        ] {
            let cache = cache();
            let writing = cache.start_write().expect("the cache is on");
            match &result {
                Some(result) => writing.ended(result),
                // The write was cancelled.
                None => drop(writing),
            }
            tokio::time::advance(quiet - Duration::from_secs(1)).await;
            assert!(!read(&cache, 1, "old"), "{result:?}");
            tokio::time::advance(Duration::from_secs(1)).await;
            assert!(read(&cache, 1, "new"), "{result:?}");
            // A shorter quiet time does not end a longer one.
            drop(cache.start_write());
            cache.start_write().expect("on").ended(&Ok(()));
            tokio::time::advance(AFTER_WRITE).await;
            assert!(!read(&cache, 1, "old"), "{result:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded() {
        let cache = cache();
        for path in 0..2 * MOST_RESPONSES {
            read(&cache, path, "a");
            assert!(cache.state().responses.len() <= MOST_RESPONSES);
        }
        let large = Bytes::from(vec![b' '; MOST_BYTES / 3]);
        for path in 0..10 {
            let reading = cache.start_read(Kept::Record, &url(path % 4));
            cache.keep(reading.expect("no write"), &large);
            let state = cache.state();
            let sizes = state.responses.iter();
            let bytes: usize = sizes
                .map(|(url, response)| url.len() + response.body.len())
                .sum();
            assert_eq!(bytes, state.bytes);
            assert!(bytes <= MOST_BYTES);
        }
        let huge = Bytes::from(vec![b' '; MOST_BYTES]);
        let reading = cache.start_read(Kept::Record, &url(99));
        cache.keep(reading.expect("no write"), &huge);
        assert_eq!(cache.find(&url(99)), None);
    }
}
