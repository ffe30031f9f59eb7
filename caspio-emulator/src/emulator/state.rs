//! Copies of an emulator's data, and the return to one.

use super::{Emulator, refused};
use crate::error::EmulatorError;
use crate::store::Snapshot;

impl Emulator {
    /// Copies all data, for [`reset_to`](Self::reset_to) and
    /// [`EmulatorBuilder::snapshot`](crate::EmulatorBuilder::snapshot). The copy is in memory, and as large as the
    /// data. It waits for a write in progress. Webhook messages that wait for delivery are not part of it.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// let caspio = caspio_emulator::Emulator::builder().sample_orders(10).start().await?;
    /// let prepared = caspio.snapshot()?;
    ///
    /// caspio.delete("Orders", "PK_ID > 0")?;
    /// caspio.reset_to(&prepared)?;
    ///
    /// assert_eq!(caspio.count("Orders")?, 10);
    /// # Ok::<_, caspio_emulator::EmulatorError>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if SQLite fails.
    pub fn snapshot(&self) -> Result<Snapshot, EmulatorError> {
        self.app.store.snapshot().map_err(refused)
    }

    /// Replaces all data by those of a snapshot, of this emulator or of another one. Keys, autonumbers, random ids and
    /// GUIDs go on as they did after the snapshot.
    ///
    /// The time, tokens, faults and their schedules, the counts of calls, the name of the account and its profiles stay
    /// as they are. Webhook messages that wait for delivery are discarded. A write in progress ends first; a read in
    /// progress still sees the data from before.
    ///
    /// # Errors
    ///
    /// Fails if SQLite fails; the data are then unchanged.
    pub fn reset_to(&self, snapshot: &Snapshot) -> Result<(), EmulatorError> {
        self.app.store.reset_to(snapshot).map_err(refused)
    }
}
