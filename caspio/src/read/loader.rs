//! Single lookups, batched into few calls.

use crate::handle::Table;
use crate::record::{DecodeOwned, Key};
use caspio_core::{Error, ErrorKind, Result};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
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
/// Dropping a lookup does not stop the others in its batch.
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
    waiting: Arc<Mutex<Waiting<R>>>,
}

/// The result of a lookup.
type Lookup<R> = Result<Option<Arc<R>>>;

/// The lookups that wait, by key.
type Waiting<R> = BTreeMap<Key, Vec<oneshot::Sender<Lookup<R>>>>;

impl<R: DecodeOwned + Sync> Table<R> {
    /// Returns a loader, which batches single lookups into few calls. Makes no call.
    #[must_use]
    pub fn loader(&self) -> Loader<R> {
        Loader {
            table: self.clone(),
            waiting: Arc::default(),
        }
    }
}

impl<R: DecodeOwned + Sync> Loader<R> {
    /// Reads the record with this key, if there is one. Must be called in a tokio runtime.
    ///
    /// # Errors
    ///
    /// Any error that stops the read of its batch.
    pub async fn get(&self, key: i64) -> Result<Option<Arc<R>>> {
        let record = self.enqueue(Key::Id(key));
        record.await.unwrap_or_else(|_| {
            let what = "the lookup's runtime was shut down";
            Err(Error::new(ErrorKind::Cancelled, what))
        })
    }

    fn enqueue(&self, key: Key) -> oneshot::Receiver<Lookup<R>> {
        let (sender, receiver) = oneshot::channel();
        let mut waiting = lock(&self.waiting);
        let first = waiting.is_empty();
        waiting.entry(key).or_default().push(sender);
        if first {
            // A separate task: the first caller may be dropped before the others have their records.
            tokio::spawn(self.clone().flush());
        }
        receiver
    }

    async fn flush(self) {
        tokio::time::sleep(BATCH_DELAY).await;
        let waiting = std::mem::take(&mut *lock(&self.waiting));
        let keys = waiting.keys().cloned().collect();
        match self.table.query().by_keys(keys).await {
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
            waiting: Arc::clone(&self.waiting),
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
