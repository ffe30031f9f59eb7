//! Stopping a sync gracefully.

use caspio_core::{Error, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Stops a sync gracefully, for example when a program is asked to end: no further call is sent, and calls in
/// progress are finished.
///
/// Clones are the same signal. Once stopped it stays so.
///
/// ```no_run
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # use caspio::bulk::StopSignal;
/// # async fn example(caspio: Client, rows: Vec<NewContact>) -> caspio::Result<()> {
/// let signal = StopSignal::new();
/// let on_shutdown = signal.clone();
/// # fn wait_for_shutdown() {}
/// std::thread::spawn(move || {
///     wait_for_shutdown();
///     on_shutdown.stop();
/// });
/// let report = caspio.table::<Contact>().sync_many(|c| c.email, &rows).stop_by(&signal).await?;
/// println!("{} changed, {} rows failed or were not sent", report.changed(), report.failed().len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct StopSignal(Arc<AtomicBool>);

impl StopSignal {
    /// Creates a signal that is not stopped.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops every sync that has this signal.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Returns whether it was stopped.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// # Errors
    ///
    /// `Cancelled`: it was stopped.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.is_stopped() {
            let message = "the write was stopped before this was sent";
            return Err(Error::new(ErrorKind::Cancelled, message));
        }
        Ok(())
    }
}
