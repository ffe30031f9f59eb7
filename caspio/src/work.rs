//! The work of a builder that is a future.
//!
//! Builders are futures and not only `IntoFuture`, so that a function that takes futures takes them: `try_join!`,
//! `try_join_all`, `buffered`, `tokio::spawn`.

use futures::future::BoxFuture;
use pin_project_lite::pin_project;
use std::fmt;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::task::{Context, Poll};
use sync_wrapper::SyncWrapper;

pin_project! {
    /// The work of a builder, which its first poll begins. A clone of the builder begins its own.
    ///
    /// It is not `Unpin`, and neither is the builder: what was polled is pinned, so it cannot be moved into a method
    /// that would change the builder while the work continues unchanged.
    pub(crate) struct Work<'a, T> {
        future: SyncWrapper<Option<BoxFuture<'a, T>>>,
        #[pin]
        pinned: PhantomPinned,
    }
}

impl<'a, T> Work<'a, T> {
    /// Polls the work, which `begin` returns the first time.
    pub(crate) fn poll(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        begin: impl FnOnce() -> BoxFuture<'a, T>,
    ) -> Poll<T> {
        let work = self.project().future.get_mut().get_or_insert_with(begin);
        work.as_mut().poll(context)
    }
}

impl<T> Default for Work<'_, T> {
    fn default() -> Self {
        Self {
            future: SyncWrapper::new(None),
            pinned: PhantomPinned,
        }
    }
}

impl<T> Clone for Work<'_, T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<T> fmt::Debug for Work<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Work")
    }
}
