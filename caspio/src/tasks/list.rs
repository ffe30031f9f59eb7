//! The tasks of an account.

use super::{Task, TaskId, TaskInfo};
use crate::client::Client;
use crate::dialect::TaskJson;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Operation, Result};
use caspio_schema::nearest;

const LIST: &str = "tasks.list";

/// The data import and export tasks of an account. Created by [`Client::tasks`].
#[derive(Clone, Debug)]
pub struct Tasks {
    client: Client,
}

impl Client {
    /// Returns the data import and export tasks of the account. Makes no call.
    ///
    /// ```no_run
    /// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
    /// let tasks = caspio.tasks().list().await?;
    /// println!("{} tasks", tasks.len());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn tasks(&self) -> Tasks {
        Tasks {
            client: self.clone(),
        }
    }
}

impl Tasks {
    /// Returns all tasks that the API profile may read. One call; on v4 one for every 1,000.
    ///
    /// # Errors
    ///
    /// The error of the call.
    pub fn list(&self) -> impl Future<Output = Result<Vec<TaskInfo>>> + Send + use<> {
        let client = self.client.clone();
        async move {
            let dialect = client.dialect();
            let url = dialect.tasks().list_url(client.base());
            let tasks = client.every_object(dialect, &url, Operation::new(LIST));
            let tasks: Vec<TaskJson> = tasks.await?;
            Ok(tasks.into_iter().map(TaskInfo::from).collect())
        }
    }

    /// Returns the task with this id. Makes no call, and the task need not exist.
    #[must_use]
    pub fn task(&self, id: impl Into<TaskId>) -> Task {
        Task::new(self.client.clone(), id.into())
    }

    /// Finds the task with this name. The calls of [`list`](Self::list).
    ///
    /// # Errors
    ///
    /// `NotFound`: no task that the API profile may read has this name. `Refused`: several have it; use the id of one
    /// of them.
    pub fn named(&self, name: &str) -> impl Future<Output = Result<Task>> + Send + use<> {
        let (this, name) = (self.clone(), name.to_owned());
        async move {
            let tasks = this.list().await?;
            let found = |task: &&TaskInfo| task.name.as_deref() == Some(&*name);
            let ids: Vec<_> = tasks.iter().filter(found).map(|task| &task.id).collect();
            match ids[..] {
                [Some(id)] => Ok(this.task(id)),
                [] => Err(unknown(&name, &tasks)),
                [None] => Err(error(ErrorKind::Protocol, "the task has no id", &name)),
                _ => {
                    let message = "several tasks have this name";
                    Err(error(ErrorKind::Refused, message, &name)
                        .with_hint("use the id of one of them, which `tasks().list()` returns"))
                }
            }
        }
    }
}

fn unknown(name: &str, tasks: &[TaskInfo]) -> Error {
    let names = tasks.iter().filter_map(|task| task.name.as_deref());
    let near = match nearest(name, names) {
        Some(near) => format!("did you mean `{near}`? "),
        None => String::new(),
    };
    let hint = format!("{near}check the name, and that the API profile may read the task");
    error(ErrorKind::NotFound, "the account has no such task", name).with_hint(hint)
}

fn error(kind: ErrorKind, message: &str, name: &str) -> Error {
    Error::new(kind, message)
        .with_operation(LIST)
        .with_resource(format!("task {name:?}"))
}
