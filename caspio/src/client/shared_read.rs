//! One read for all callers that need its result at the same time.

use caspio_core::{Error, ErrorKind, Result};
use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared, WeakShared};
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};

/// A read that concurrent callers make once, also if it fails: a caller that repeated a failed read would wait for its
/// own time limit too.
///
/// Each caller that waits drives it, because the one that began it may not be polled, as that of a stream whose records
/// a program is working with. It is dropped with the last caller.
///
/// Bulk writes wait out rate limits for longer than other calls, so each of the two groups makes a read of its own.
#[derive(Debug)]
pub(super) struct SharedRead<T: 'static> {
    of_bulk_writes: Slot<T>,
    of_others: Slot<T>,
}

/// The read in progress. Only its callers keep it.
#[derive(Debug)]
struct Slot<T: 'static>(Mutex<Option<WeakShared<Read<T>>>>);

type Read<T> = BoxFuture<'static, Result<T>>;

/// What a caller does.
enum Step<T: 'static> {
    Use(T),
    Join(Shared<Read<T>>),
    Begin(Shared<Read<T>>),
}

impl<T: Clone + Send + Sync> SharedRead<T> {
    /// Returns what `known` has. Otherwise it waits for the read in progress, or for `read` if there is none, which
    /// makes its result known.
    pub(super) async fn get(
        &self,
        is_for_bulk_writes: bool,
        known: impl Fn() -> Option<T>,
        read: impl Fn() -> Read<T>,
    ) -> Result<T> {
        let slot = match is_for_bulk_writes {
            true => &self.of_bulk_writes,
            false => &self.of_others,
        };
        loop {
            let mut joined = match slot.step(&known, &read) {
                Step::Use(value) => return Ok(value),
                Step::Begin(read) => return read.await,
                Step::Join(read) => read,
            };
            match (&mut joined).now_or_never() {
                // Its time was over before this caller came, because nobody polled it.
                Some(Err(_)) => (),
                Some(Ok(value)) => return Ok(value),
                None => return joined.await,
            }
        }
    }
}

impl<T: Clone + Send + Sync> Slot<T> {
    fn step(&self, known: impl Fn() -> Option<T>, read: impl Fn() -> Read<T>) -> Step<T> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let in_progress = slot.as_ref().and_then(WeakShared::upgrade);
        let in_progress = in_progress.filter(|read| read.peek().is_none());
        // Looked up after that, because a read that has just ended has made its result known.
        if let Some(value) = known() {
            return Step::Use(value);
        }
        if let Some(read) = in_progress {
            return Step::Join(read);
        }
        let read = without_panic(read()).shared();
        *slot = read.downgrade();
        Step::Begin(read)
    }
}

/// A panic would leave the other callers without a result.
fn without_panic<T: Send + 'static>(read: Read<T>) -> Read<T> {
    let panicked = || Err(Error::new(ErrorKind::Cancelled, "the call panicked"));
    AssertUnwindSafe(read)
        .catch_unwind()
        .map(move |result| result.unwrap_or_else(|_| panicked()))
        .boxed()
}

impl<T> Default for SharedRead<T> {
    fn default() -> Self {
        let slot = || Slot(Mutex::new(None));
        Self {
            of_bulk_writes: slot(),
            of_others: slot(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::poll;
    use std::pin::pin;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::sync::oneshot;

    /// Gets the result of `read` if there is no read in progress.
    async fn get(
        shared: &SharedRead<u32>,
        read: impl Future<Output = Result<u32>> + Send + 'static,
    ) -> Result<u32> {
        let unused = Mutex::new(Some(read.boxed()));
        let begin = || {
            let mut unused = unused.lock().expect("no panic");
            unused.take().expect("one read")
        };
        shared.get(false, || None, begin).await
    }

    async fn response(receiver: oneshot::Receiver<Result<u32>>) -> Result<u32> {
        receiver.await.expect("a response")
    }

    fn late() -> Error {
        Error::new(ErrorKind::Timeout, "late")
    }

    #[tokio::test]
    async fn a_caller_drives_the_read_of_one_that_is_not_polled() {
        let shared = SharedRead::default();
        let (sender, receiver) = oneshot::channel();
        let mut first = pin!(get(&shared, response(receiver)));
        let mut second = pin!(get(&shared, async { panic!("another read") }));
        assert!(poll!(&mut first).is_pending());
        assert!(poll!(&mut second).is_pending());

        sender.send(Ok(7)).expect("a read in progress");

        assert_eq!(second.await.expect("a result"), 7);
        assert_eq!(first.await.expect("the same result"), 7);
    }

    #[tokio::test]
    async fn callers_that_waited_share_a_failure_and_later_ones_read_again() {
        let shared = SharedRead::default();
        let (sender, receiver) = oneshot::channel();
        let mut first = pin!(get(&shared, response(receiver)));
        let mut second = pin!(get(&shared, async { panic!("another read") }));
        assert!(poll!(&mut first).is_pending());
        assert!(poll!(&mut second).is_pending());
        sender.send(Err(late())).expect("a read in progress");

        second.await.expect_err("the failure");
        let third = get(&shared, async { Ok(8) }).await;

        assert_eq!(third.expect("a read of its own"), 8);
        first.await.expect_err("the failure");
    }

    #[tokio::test]
    async fn a_read_that_failed_while_nobody_polled_it_fails_for_no_later_caller() {
        let shared = SharedRead::default();
        let (sender, receiver) = oneshot::channel();
        let mut first = pin!(get(&shared, response(receiver)));
        assert!(poll!(&mut first).is_pending());
        sender.send(Err(late())).expect("a read in progress");

        let second = get(&shared, async { Ok(8) }).await;

        assert_eq!(second.expect("a read of its own"), 8);
        first.await.expect_err("its time was over");
    }

    #[tokio::test]
    async fn a_read_is_dropped_with_its_last_caller() {
        let shared = SharedRead::default();
        let (sender, receiver) = oneshot::channel();
        let mut first = Box::pin(get(&shared, response(receiver)));
        let mut second = Box::pin(get(&shared, async { panic!("another read") }));
        assert!(poll!(&mut first).is_pending());
        assert!(poll!(&mut second).is_pending());

        drop(first);
        assert!(!sender.is_closed());
        drop(second);

        assert!(sender.is_closed());
        let third = get(&shared, async { Ok(8) }).await;
        assert_eq!(third.expect("a read of its own"), 8);
    }

    #[tokio::test]
    async fn a_panic_is_an_error_of_all_who_wait() {
        let shared = SharedRead::default();
        let (sender, receiver) = oneshot::channel();
        let mut first = pin!(get(&shared, response(receiver)));
        let mut second = pin!(get(&shared, async { panic!("another read") }));
        assert!(poll!(&mut first).is_pending());
        assert!(poll!(&mut second).is_pending());

        drop(sender);

        let failed = second.await.expect_err("a panic");
        assert_eq!(failed.kind(), ErrorKind::Cancelled);
        first.await.expect_err("a panic");
    }

    #[tokio::test]
    async fn what_is_known_is_not_read() {
        let shared = SharedRead::default();
        let reads = AtomicU32::new(0);
        let read = || {
            reads.fetch_add(1, Ordering::Relaxed);
            async { Ok(8) }.boxed()
        };

        let known = shared.get(false, || Some(7), read).await;

        assert_eq!(known.expect("known"), 7);
        assert_eq!(reads.into_inner(), 0);
    }
}
