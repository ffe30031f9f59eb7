//! Calls that go on while the program does other work.

use caspio_core::{Error, ErrorKind};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::future::{Future, poll_fn};
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::runtime::Handle;
use tokio::task::{JoinError, JoinHandle};
use tracing::Instrument;
use tracing::instrument::WithSubscriber;

/// Runs a call in a task of its own once it was polled, and cancels it when it is dropped.
///
/// A call ahead of what a program works with is not polled meanwhile: without a task its time limit would pass, and
/// others would wait for its place in the rate limit. `lost` returns the result where the runtime of the task is shut
/// down.
pub(crate) fn in_task<T: Send + 'static>(
    mut call: BoxFuture<'static, T>,
    lost: impl FnOnce() -> T + Send + 'static,
) -> BoxFuture<'static, T> {
    async move {
        // Only when it was polled is it known whether it waits for the rate limiter.
        if let Poll::Ready(result) = futures::poll!(&mut call) {
            return result;
        }
        let Ok(runtime) = Handle::try_current() else {
            return call.await;
        };
        let call = Arc::new(Mutex::new(Some(call)));
        let polled = poll_shared(Arc::clone(&call));
        let polled = polled.in_current_span().with_current_subscriber();
        let handle = runtime.spawn(polled);
        match (Task { call, handle }).await {
            Ok(result) => result,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(_) => lost(),
            },
        }
    }
    .boxed()
}

/// Returns the error of a call whose runtime is shut down.
pub(crate) fn shut_down() -> Error {
    let message = "the runtime in which the call was started is shut down";
    Error::new(ErrorKind::Cancelled, message)
}

type Shared<T> = Arc<Mutex<Option<BoxFuture<'static, T>>>>;

/// Polls a call until it ends or is taken away.
async fn poll_shared<T>(call: Shared<T>) -> T {
    poll_fn(|cx| {
        let mut call = call.lock().unwrap_or_else(PoisonError::into_inner);
        match call.as_mut() {
            Some(running) => running.poll_unpin(cx),
            None => Poll::Pending,
        }
    })
    .await
}

/// A task that ends when it is dropped.
struct Task<T> {
    call: Shared<T>,
    handle: JoinHandle<T>,
}

impl<T> Future for Task<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.handle.poll_unpin(cx)
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.handle.abort();
        // The runtime ends the task later. By then the request could be sent, and billed.
        if let Ok(mut call) = self.call.try_lock() {
            drop(call.take());
        }
    }
}
