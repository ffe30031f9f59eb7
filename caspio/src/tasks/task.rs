//! One task.

use super::{TaskId, TaskInfo};
use crate::client::Client;
use crate::dialect::TaskJson;
use crate::text_id;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Operation, Result};

const INFO: &str = "tasks.info";

/// A data import or export task, by its id. Created by [`Tasks::task`](super::Tasks::task) and
/// [`Tasks::named`](super::Tasks::named); creating or cloning it makes no call.
///
/// ```no_run
/// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
/// use std::time::Duration;
///
/// let task = caspio.tasks().task("b7c3b7d5-4fa5-4725-86a2-6ca5ca797157");
/// println!("{:?}", task.info().await?.frequency);
///
/// let ended = task.run_and_wait().deadline(Duration::from_secs(600)).await?;
/// println!("succeeded: {:?}", ended.succeeded);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Task {
    pub(super) client: Client,
    id: TaskId,
}

impl Task {
    pub(super) fn new(client: Client, id: TaskId) -> Self {
        Self { client, id }
    }

    /// Returns the task's id.
    #[must_use]
    pub fn id(&self) -> &TaskId {
        &self.id
    }

    /// Reads what the service reports of the task. One call.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such task, or the API profile may not read it.
    pub fn info(&self) -> impl Future<Output = Result<TaskInfo>> + Send + use<> {
        let this = self.clone();
        async move { this.read().await }
    }

    pub(super) async fn read(&self) -> Result<TaskInfo> {
        self.check(INFO)?;
        let dialect = self.client.dialect();
        let url = dialect.tasks().url(self.client.base(), self.id.as_str());
        let task = self.client.object(dialect, url, self.operation(INFO));
        let task: TaskJson = task.await.map_err(explained)?;
        let mut info = TaskInfo::from(task);
        info.id.get_or_insert_with(|| self.id.clone());
        Ok(info)
    }

    pub(super) fn check(&self, operation: &'static str) -> Result<()> {
        let checked = text_id::check(self.id.as_str());
        checked.map_err(|error| self.with_context(operation, error))
    }

    pub(super) fn operation(&self, name: &'static str) -> Operation {
        Operation::new(name).on(self.resource())
    }

    pub(super) fn with_context(&self, operation: &'static str, error: Error) -> Error {
        error
            .with_operation(operation)
            .with_resource(self.resource())
    }

    fn resource(&self) -> String {
        format!("task {:?}", self.id.as_str())
    }
}

/// Adds the remedy to the error of an unknown task.
pub(super) fn explained(error: Error) -> Error {
    match error.kind() {
        ErrorKind::NotFound => error.with_hint(
            "check the id, which `tasks().list()` returns, and that the API profile may use the task",
        ),
        _ => error,
    }
}
