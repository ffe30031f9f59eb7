//! Stops a client: no further writes are sent, and the calls in progress are finished or cut off.
//!
//! It wraps the HTTP service, so the SDK itself reports the outcome of every row: one that was written, one that was
//! not sent, or one whose response was not waited for.

use crate::last_write::LastWrite;
use caspio::__private::shows_every_row;
use caspio::{Account, Error, RateLimiter};
use caspio_core::{Body, HttpError, HttpErrorKind, HttpService, Operation, ReqwestService, http};
use futures::future::BoxFuture;
use serde::de::IgnoredAny;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// The maximum size of a write's response.
const MAX_RESPONSE: usize = 64 * 1024 * 1024;

/// Which calls are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// All of them.
    Open,
    /// Reads only, which find out what lost writes did.
    Closing,
    /// None; those in progress are cut off.
    Closed,
}

/// Runs before a write is sent; if it fails, the write is not sent.
type BeforeWrite = Box<dyn Fn() -> bool + Send + Sync>;

/// Records the writes.
pub(crate) trait WriteLog: Send + Sync {
    /// Records a write before it is sent, and returns its number; `None` if it is not recorded.
    ///
    /// # Errors
    ///
    /// It cannot be recorded, and must not be sent.
    fn sending(&self, request: &http::Request<Body>) -> Result<Option<u64>, ()>;

    /// Records that the service responded to a write, or did not receive it.
    fn answered(&self, call: u64);
}

/// The switch of a client's calls.
#[derive(Clone)]
pub(crate) struct Gate(Arc<Inner>);

struct Inner {
    phase: watch::Sender<Phase>,
    wrote: AtomicBool,
    before_write: Mutex<Option<BeforeWrite>>,
    /// The rate limiters of the clients.
    limiters: Mutex<Vec<RateLimiter>>,
    log: Mutex<Option<Arc<dyn WriteLog>>>,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner {
            phase: watch::Sender::new(Phase::Open),
            wrote: AtomicBool::new(false),
            before_write: Mutex::new(None),
            limiters: Mutex::default(),
            log: Mutex::new(None),
        }))
    }

    /// Sends no further writes. Those in progress are waited for. A write that waits after a rate limit is not sent
    /// either, and does not wait longer.
    pub(crate) fn stop(&self) {
        self.advance(Phase::Closing);
        let limiters = self.0.limiters.lock();
        let limiters = limiters.unwrap_or_else(PoisonError::into_inner);
        limiters.iter().for_each(RateLimiter::end_pause);
    }

    /// Sends nothing more, and waits for no response.
    pub(crate) fn abandon(&self) {
        self.advance(Phase::Closed);
    }

    fn advance(&self, to: Phase) {
        self.0.phase.send_modify(|phase| *phase = to.max(*phase));
    }

    /// Returns whether a write was sent.
    pub(crate) fn wrote(&self) -> bool {
        self.0.wrote.load(Ordering::SeqCst)
    }

    /// Sets the function that must return true before each write is sent; otherwise the write is not sent.
    pub(crate) fn before_write(&self, act: impl Fn() -> bool + Send + Sync + 'static) {
        *self.hook() = Some(Box::new(act));
    }

    /// Sets what records each write.
    pub(crate) fn record_writes(&self, log: Arc<dyn WriteLog>) {
        *self.0.log.lock().unwrap_or_else(PoisonError::into_inner) = Some(log);
    }

    fn log(&self) -> Option<Arc<dyn WriteLog>> {
        let log = self.0.log.lock();
        log.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn hook(&self) -> std::sync::MutexGuard<'_, Option<BeforeWrite>> {
        let hook = self.0.before_write.lock();
        hook.unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the rate limiter for a client of an account. With a file, it is shared with the other runs of this
    /// program that use the same account and credentials.
    pub(crate) fn limiter(
        &self,
        account: &Account,
        file: impl FnOnce() -> Option<PathBuf>,
    ) -> RateLimiter {
        // The SDK's own choice: an emulator refuses no calls.
        let limiter = match account.is_loopback() {
            true => RateLimiter::unlimited(),
            false => match file() {
                Some(file) => RateLimiter::caspio().shared_by_file(file),
                None => RateLimiter::caspio(),
            },
        };
        let limiters = self.0.limiters.lock();
        let mut limiters = limiters.unwrap_or_else(PoisonError::into_inner);
        limiters.push(limiter.clone());
        limiter
    }

    /// Returns the HTTP service of an account, behind this gate. The times of its writes are recorded for later runs.
    pub(crate) fn service(&self, account: &Account) -> caspio::Result<Arc<dyn HttpService>> {
        Ok(Arc::new(GatedService {
            account: Some(account.to_string()),
            ..self.gated(account)?
        }))
    }

    /// Returns the HTTP service of an account that ends with this run.
    pub(crate) fn temporary_service(
        &self,
        account: &Account,
    ) -> caspio::Result<Arc<dyn HttpService>> {
        Ok(Arc::new(self.gated(account)?))
    }

    fn gated(&self, account: &Account) -> caspio::Result<GatedService> {
        Ok(GatedService {
            gate: self.clone(),
            service: ReqwestService::for_account(account)?,
            account: None,
        })
    }

    fn admit(&self, is_write: bool) -> Result<(), HttpError> {
        let open = if is_write {
            self.admit_write()
        } else {
            self.phase() < Phase::Closed
        };
        if open {
            Ok(())
        } else {
            Err(stopped(HttpErrorKind::Unsendable))
        }
    }

    fn admit_write(&self) -> bool {
        if self.phase() != Phase::Open || !self.hook().as_ref().is_none_or(|act| act()) {
            return false;
        }
        // A stop before this is seen below, and after it `wrote` is true.
        self.0.wrote.store(true, Ordering::SeqCst);
        self.phase() == Phase::Open
    }

    fn phase(&self) -> Phase {
        *self.0.phase.borrow()
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Gate").field(&self.phase()).finish()
    }
}

/// Returns whether a write was not sent, because the program was stopped before.
pub(crate) fn was_not_sent(error: &Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(error_below) = source {
        if error_below.is::<Stopped>() {
            return !error.maybe_applied();
        }
        source = error_below.source();
    }
    false
}

fn stopped(kind: HttpErrorKind) -> HttpError {
    HttpError::new(kind).with_source(Stopped)
}

/// The reason of a call that the gate did not send, or cut off.
#[derive(Clone, Copy, Debug)]
struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the program was stopped")
    }
}

impl std::error::Error for Stopped {}

#[derive(Debug)]
struct GatedService {
    gate: Gate,
    service: ReqwestService,
    /// The account, if later runs have to know about its writes.
    account: Option<String>,
}

impl HttpService for GatedService {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        Box::pin(async move {
            let is_write = is_write(&request);
            let mut phase = self.gate.0.phase.subscribe();
            self.gate.admit(is_write)?;
            tokio::select! {
                biased;
                response = self.recorded(request, is_write) => response,
                _ = phase.wait_for(|phase| *phase == Phase::Closed) => {
                    Err(stopped(HttpErrorKind::Interrupted))
                }
            }
        })
    }
}

impl GatedService {
    async fn recorded(
        &self,
        request: http::Request<Body>,
        is_write: bool,
    ) -> Result<http::Response<Body>, HttpError> {
        if !is_write {
            return self.exchange(request, is_write).await;
        }
        let log = self.gate.log();
        let call = log.as_ref().map(|log| log.sending(&request));
        let call = call
            .transpose()
            .map_err(|()| stopped(HttpErrorKind::Unsendable))?
            .flatten();
        let last_write = self.last_write(&request);
        // A program that is killed before the response has recorded the first one.
        last_write.iter().for_each(LastWrite::note);
        let rows = call.and_then(|_| rows(&request));
        let is_insert = is_insert(&request);
        let response = self.exchange(request, is_write).await;
        last_write.iter().for_each(LastWrite::note);
        let is_answered = match &response {
            Ok(response) if is_insert => shows_every_row(response, rows),
            Ok(response) => shows_its_end(response),
            Err(error) => error.never_sent(),
        };
        if let (Some(log), Some(call), true) = (log, call, is_answered) {
            log.answered(call);
        }
        response
    }

    /// Returns what records the time of a request that writes records; `None` for another one.
    fn last_write(&self, request: &http::Request<Body>) -> Option<LastWrite> {
        let operation = request.extensions().get::<Operation>()?;
        let of_records = operation.name.starts_with("records.");
        let table = operation.table.as_ref().filter(|_| of_records)?;
        LastWrite::of(self.account.as_ref()?, table).ok()
    }

    /// Sends a request. The whole response of a write is read here, so that it can be cut off.
    async fn exchange(
        &self,
        request: http::Request<Body>,
        is_write: bool,
    ) -> Result<http::Response<Body>, HttpError> {
        let response = self.service.call(request).await?;
        if !is_write {
            return Ok(response);
        }
        let (parts, body) = response.into_parts();
        let body = match body.bytes(MAX_RESPONSE).await {
            Ok(bytes) => bytes.into(),
            Err(_) if !parts.status.is_success() => Body::empty(),
            Err(error) => return Err(error),
        };
        Ok(http::Response::from_parts(parts, body))
    }
}

/// Returns whether a request inserts records.
pub(crate) fn is_insert(request: &http::Request<Body>) -> bool {
    let operation = request.extensions().get::<Operation>();
    operation.is_some_and(|operation| operation.name.starts_with("records.insert"))
}

/// Returns whether the response to an update or delete shows that it was executed or refused. A gateway may answer
/// while the call is in progress.
fn shows_its_end(response: &http::Response<Body>) -> bool {
    let status = response.status();
    let is_refused = status.is_client_error() && status != http::StatusCode::REQUEST_TIMEOUT;
    let body = response.body().as_bytes().map_or(&[][..], |bytes| bytes);
    let is_of_service = body.is_empty() || serde_json::from_slice::<IgnoredAny>(body).is_ok();
    (status.is_success() || is_refused) && is_of_service
}

/// Returns how many rows a call inserts that may insert many; `None` for another call.
fn rows(request: &http::Request<Body>) -> Option<usize> {
    let operation = request.extensions().get::<Operation>()?;
    let is_bulk = operation.name == "records.insert_many";
    let body = request.body().as_bytes().filter(|_| is_bulk)?;
    let rows: Vec<&serde_json::value::RawValue> = serde_json::from_slice(body).ok()?;
    Some(rows.len())
}

/// The beginnings of the names of operations that write.
const WRITES: [&str; 7] = [
    "records.insert",
    "records.update",
    "records.delete",
    "tables.create",
    "fields.add",
    "fields.change",
    "fields.delete",
];

/// Returns whether a request changes the account. Tokens are requested by POST, too.
fn is_write(request: &http::Request<Body>) -> bool {
    let operation = request.extensions().get::<Operation>();
    let name = operation.map_or("", |operation| operation.name);
    WRITES.iter().any(|write| name.starts_with(write))
}

#[cfg(test)]
mod tests {
    use super::*;
    use caspio_core::error::ErrorContext as _;

    fn write() -> http::Request<Body> {
        let mut request = http::Request::new(Body::empty());
        request
            .extensions_mut()
            .insert(Operation::new("records.insert"));
        request
    }

    #[test]
    fn a_stopped_gate_admits_reads_and_a_closed_one_nothing() {
        let gate = Gate::new();
        assert!(gate.admit(true).is_ok() && gate.wrote());
        gate.stop();
        assert!(gate.admit(true).is_err() && gate.admit(false).is_ok());
        gate.abandon();
        gate.stop();
        assert!(gate.admit(false).is_err());
    }

    #[test]
    fn inserts_are_writes_and_tokens_are_not() {
        assert!(is_write(&write()));
        assert!(!is_write(&http::Request::new(Body::empty())));
    }

    #[test]
    fn a_call_that_was_not_sent_differs_from_one_that_was_cut_off() {
        let not_sent = Error::from(stopped(HttpErrorKind::Unsendable));
        assert!(was_not_sent(&not_sent));
        let cut_off = Error::from(stopped(HttpErrorKind::Interrupted)).with_maybe_applied(true);
        assert!(!was_not_sent(&cut_off));
    }
}
