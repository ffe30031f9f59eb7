//! Single lookups, batched into few calls.

use crate::handle::Table;
use crate::record::{DecodeOwned, IntoKey, Key};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::{Handle, Id};
use tokio::sync::oneshot;

/// How long a lookup waits for others.
const BATCH_DELAY: Duration = Duration::from_millis(3);

/// Batches single lookups made at nearly the same time into few calls.
///
/// For code that looks up records one by one from many tasks: 500 lookups at once take three or four calls
/// instead of 500. Each waits up to 3 milliseconds for others. Cloning is cheap, and clones share their
/// batches; nothing is cached.
///
/// # Cancel safety
///
/// Dropping a lookup does not stop the others in its batch. A runtime that is shut down ends its own lookups only.
///
/// ```
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let contacts = caspio.table::<Contact>().loader();
/// // One call for the three of them.
/// let found = futures::future::try_join3(contacts.get(3), contacts.get(9), contacts.get(27));
/// let (a, b, c) = found.await?;
/// # Ok(())
/// # }
/// ```
pub struct Loader<R> {
    table: Table<R>,
    batches: Batches<R>,
}

/// The result of a lookup.
type Lookup<R> = Result<Option<Arc<R>>>;

/// The lookups that wait in a runtime, by key.
type Waiting<R> = BTreeMap<Key, Vec<oneshot::Sender<Lookup<R>>>>;

/// The lookups that wait, by their runtime: a task of another runtime may never run again.
type Batches<R> = Arc<Mutex<HashMap<Id, Waiting<R>>>>;

impl<R: DecodeOwned + Sync> Table<R> {
    /// Returns a loader, which batches single lookups into few calls. Makes no call.
    #[must_use]
    pub fn loader(&self) -> Loader<R> {
        Loader {
            table: self.clone(),
            batches: Arc::default(),
        }
    }
}

impl<R: DecodeOwned + Sync> Loader<R> {
    /// Reads the record with this key, if there is one. Must be called in a tokio runtime with time and IO.
    ///
    /// # Errors
    ///
    /// Any error that stops the read of its batch; `Cancelled` if the task that reads it ends early; `Config` outside
    /// a runtime.
    pub fn get<K: IntoKey<i64, F>, F>(
        &self,
        key: K,
    ) -> impl Future<Output = Result<Option<Arc<R>>>> + Send + use<R, K, F> {
        let key = Key::Id(key.into_key());
        let loader = self.clone();
        async move {
            let runtime = Handle::try_current().map_err(|error| {
                let message = "a lookup must be made in a tokio runtime";
                Error::new(ErrorKind::Config, message).with_source(error)
            })?;
            let record = loader.enqueue(&runtime, key);
            record.await.unwrap_or_else(|_| {
                let message = "the task that reads the lookup's batch ended early";
                Err(Error::new(ErrorKind::Cancelled, message)
                    .with_operation("records.list")
                    .with_resource(loader.table.target().to_string())
                    .with_hint(
                        "its runtime was shut down or has no time driver, or the task panicked",
                    ))
            })
        }
    }

    fn enqueue(&self, runtime: &Handle, key: Key) -> oneshot::Receiver<Lookup<R>> {
        let (sender, receiver) = oneshot::channel();
        let mut batches = lock(&self.batches);
        let is_first = !batches.contains_key(&runtime.id());
        let waiting = batches.entry(runtime.id()).or_default();
        waiting.entry(key).or_default().push(sender);
        // A runtime that shuts down drops a new task at once, which locks the batches.
        drop(batches);
        if is_first {
            let batch = Batch {
                runtime: runtime.id(),
                batches: Some(Arc::clone(&self.batches)),
            };
            // A separate task: the first caller may be dropped before the others have their records.
            runtime.spawn(flush(self.table.clone(), batch));
        }
        receiver
    }
}

/// The lookups of a runtime until they are read. They end with an error if it is dropped before.
struct Batch<R> {
    runtime: Id,
    /// `None` after the lookups were taken: lookups that come later are another batch.
    batches: Option<Batches<R>>,
}

impl<R> Batch<R> {
    fn take(&mut self) -> Waiting<R> {
        let batches = self.batches.take();
        let waiting = batches.and_then(|batches| lock(&batches).remove(&self.runtime));
        waiting.unwrap_or_default()
    }
}

impl<R> Drop for Batch<R> {
    fn drop(&mut self) {
        drop(self.take());
    }
}

async fn flush<R: DecodeOwned + Sync>(table: Table<R>, mut batch: Batch<R>) {
    tokio::time::sleep(BATCH_DELAY).await;
    let waiting = batch.take();
    let keys = waiting.keys().cloned().collect();
    match table.query().by_keys(keys).await {
        Ok(mut records) => {
            for (key, senders) in waiting {
                reply(senders, &Ok(records.remove(&key).map(Arc::new)));
            }
        }
        Err(error) => {
            for senders in waiting.into_values() {
                reply(senders, &Err(error.clone()));
            }
        }
    }
}

/// Sends a result to the lookups that were not dropped.
fn reply<T: Clone>(senders: Vec<oneshot::Sender<T>>, result: &T) {
    for sender in senders {
        let _ = sender.send(result.clone());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<R> Clone for Loader<R> {
    fn clone(&self) -> Self {
        Self {
            table: self.table.clone(),
            batches: Arc::clone(&self.batches),
        }
    }
}

impl<R> fmt::Debug for Loader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loader")
            .field("table", &self.table)
            .finish_non_exhaustive()
    }
}
