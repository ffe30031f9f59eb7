//! Calls that go on while the program does other work.

use caspio_core::{Error, ErrorKind};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::future::Future;
use std::panic::resume_unwind;
use std::pin::Pin;
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
        let call = call.in_current_span().with_current_subscriber();
        match Task(runtime.spawn(call)).await {
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

/// A task that ends when it is dropped.
struct Task<T>(JoinHandle<T>);

impl<T> Future for Task<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll_unpin(cx)
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
