//! The tasks of an emulator, as a test sets them.

use super::{Emulator, refused};
use crate::error::EmulatorError;
use crate::store::objects::Task;
use crate::store::{StoreError, document};

impl Emulator {
    /// Sets the status of the task with this name, for example to `Processing`. The API has no operation for this; a
    /// task that it runs has ended at once.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// let caspio = caspio_emulator::Emulator::builder().start().await?;
    ///
    /// caspio.set_task_status("Orders Import", "Processing")?;
    /// # Ok::<_, caspio_emulator::EmulatorError>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// Refused if there is no such task.
    pub fn set_task_status(&self, task: &str, status: &str) -> Result<(), EmulatorError> {
        let set = self.app.store.write(|transaction, _| {
            let tasks = document::all::<Task>(transaction)?;
            let found = tasks.into_iter().find(|known| known.name == task);
            let mut found = found.ok_or(StoreError::ObjectNotFound)?;
            status.clone_into(&mut found.status);
            document::put(transaction, &found)
        });
        set.map_err(refused)
    }
}
