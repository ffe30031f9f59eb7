//! The time of an emulator.

use super::Emulator;
use jiff::Timestamp;
use std::time::Duration;

impl Emulator {
    /// Returns the emulator's time. It is that of the system clock until it is set or advanced.
    pub fn time(&self) -> Timestamp {
        self.app.clock.now()
    }

    /// Sets the emulator's time. It stands still from then on, until it is set again or
    /// [advanced](Self::advance_time).
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # use std::time::Duration;
    /// let caspio = caspio_emulator::Emulator::builder().start().await?;
    ///
    /// caspio.set_time("2026-02-28T23:59:59Z".parse()?);
    /// caspio.advance_time(Duration::from_secs(1));
    ///
    /// assert_eq!(caspio.time().to_string(), "2026-03-01T00:00:00Z");
    /// # Ok::<_, Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    ///
    /// Tokens expire by this time, so that the token of a client may expire when a later time is set. `GETDATE()` and
    /// Timestamp fields have it, each field in its own zone, and so have webhook messages, files and other objects, and
    /// the `Date` of responses. Latencies and rate limits of [faults](Self::set_faults), the pauses before a message is
    /// sent again and the longest time of a query are measured by the system clock. A client has its own clock.
    ///
    /// # Panics
    ///
    /// The time is before 1753, the first year of a date in Caspio.
    #[track_caller]
    pub fn set_time(&self, time: Timestamp) {
        if let Err(message) = self.app.clock.set(time) {
            panic!("{message}");
        }
    }

    /// Moves the emulator's time forward: a token whose lifetime ends by then is refused as expired. A time that was
    /// not set goes on from there, as much later than the system clock.
    ///
    /// # Panics
    ///
    /// The time would be after the year 9999.
    #[track_caller]
    pub fn advance_time(&self, by: Duration) {
        if let Err(message) = self.app.clock.advance(by) {
            panic!("{message}");
        }
    }

    /// Returns to the time of the system clock.
    pub fn reset_time(&self) {
        self.app.clock.reset();
    }
}
