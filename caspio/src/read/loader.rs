//! Single lookups, gathered into few calls.

use crate::handle::Table;
use crate::record::{DecodeOwned, Key};
use caspio_core::{Error, ErrorKind, Result};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// How long a lookup waits for others.
const GATHER: Duration = Duration::from_millis(3);

/// Gathers single lookups made at nearly the same time into few calls.
///
/// For code that looks up records one by one from many requests: 500 lookups at once take three or four
/// calls in place of 500. Each waits up to 3 milliseconds for others. Cloning is cheap and shares the
/// gathering; nothing is cached.
///
/// # Cancel safety
///
/// A lookup that is dropped does not stop the others that were gathered with it.
///
/// ```
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
/// # struct Contact { first_name: String }
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

/// What a lookup brings.
type Answer<R> = Result<Option<Arc<R>>>;

/// Who waits for which key.
type Waiting<R> = BTreeMap<Key, Vec<oneshot::Sender<Answer<R>>>>;

impl<R: DecodeOwned + Sync> Table<R> {
    /// Gathers single lookups into few calls. Makes no call by itself.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
    /// # fn example(caspio: Client) {
    /// let orders = caspio.table::<Order>().loader();
    /// let shared = orders.clone();
    /// # }
    /// ```
    #[must_use]
    pub fn loader(&self) -> Loader<R> {
        Loader {
            table: self.clone(),
            waiting: Arc::default(),
        }
    }
}

impl<R: DecodeOwned + Sync> Loader<R> {
    /// The record with this key, if there is one. Must be called inside a tokio runtime.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let orders = caspio.table::<Order>().loader();
    /// if let Some(order) = orders.get(17).await? {
    ///     println!("{}", order.status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Whatever stopped the read that it was gathered into.
    pub async fn get(&self, key: i64) -> Result<Option<Arc<R>>> {
        let answer = self.enqueue(Key::Id(key));
        answer.await.unwrap_or_else(|_| {
            let what = "the runtime of the lookup was shut down";
            Err(Error::new(ErrorKind::Cancelled, what))
        })
    }

    fn enqueue(&self, key: Key) -> oneshot::Receiver<Answer<R>> {
        let (sender, receiver) = oneshot::channel();
        let mut waiting = lock(&self.waiting);
        let first = waiting.is_empty();
        waiting.entry(key).or_default().push(sender);
        if first {
            // A request of its own: the first caller may give up before the others are answered.
            tokio::spawn(self.clone().flush());
        }
        receiver
    }

    async fn flush(self) {
        tokio::time::sleep(GATHER).await;
        let waiting = std::mem::take(&mut *lock(&self.waiting));
        let keys = waiting.keys().cloned().collect();
        match self.table.query().by_keys(keys).await {
            Ok(mut records) => {
                for (key, senders) in waiting {
                    answer(senders, &Ok(records.remove(&key).map(Arc::new)));
                }
            }
            Err(error) => {
                for senders in waiting.into_values() {
                    answer(senders, &Err(error.clone()));
                }
            }
        }
    }
}

/// Those who gave up meanwhile are passed over.
fn answer<T: Clone>(senders: Vec<oneshot::Sender<T>>, answer: &T) {
    for sender in senders {
        let _ = sender.send(answer.clone());
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
