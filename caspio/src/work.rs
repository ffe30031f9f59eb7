//! The work of a builder that is a future.
//!
//! Builders are futures and not only `IntoFuture`, so that a function that takes futures takes them: `try_join!`,
//! `try_join_all`, `buffered`, `tokio::spawn`.

use futures::future::BoxFuture;
use std::fmt;
use std::task::{Context, Poll};
use sync_wrapper::SyncWrapper;

/// The work of a builder, which its first poll begins. A clone of the builder begins its own.
pub(crate) struct Work<'a, T>(SyncWrapper<Option<BoxFuture<'a, T>>>);

impl<'a, T> Work<'a, T> {
    /// Polls the work, which `begin` returns the first time.
    pub(crate) fn poll(
        &mut self,
        context: &mut Context<'_>,
        begin: impl FnOnce() -> BoxFuture<'a, T>,
    ) -> Poll<T> {
        let work = self.0.get_mut().get_or_insert_with(begin);
        work.as_mut().poll(context)
    }
}

impl<T> Default for Work<'_, T> {
    fn default() -> Self {
        Self(SyncWrapper::new(None))
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
