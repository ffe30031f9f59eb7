//! Running the SDK in a program that is not asynchronous.

use crate::handle::{Access, Handle};
use crate::read::{Query, RecordStream};
use crate::record::DecodeOwned;
use crate::{Error, ErrorKind, Result};
use caspio_core::error::ErrorContext as _;
use futures::{Stream, StreamExt as _};
use std::future::IntoFuture;
use std::pin::Pin;
use tokio::runtime::{Builder, Runtime};

/// Runs the SDK in a program that is not asynchronous.
///
/// It is a tokio runtime with one thread, which also renews tokens and keeps connections while the program does
/// something else. Every call of the SDK is made as in an asynchronous program, and given to [`wait`](Self::wait)
/// instead of `.await`.
///
/// ```
/// # mod setup { include!("doc_setup.rs"); } use setup::*;
/// use caspio::BlockingRuntime;
///
/// # fn main() -> caspio::Result<()> {
/// let runtime = BlockingRuntime::new()?;
/// # let emulator = runtime.wait(caspio_emulator::Emulator::builder().start()).expect("it starts");
/// # let caspio = Client::builder()
/// #     .account(emulator.url())
/// #     .credentials(emulator.client_id(), emulator.client_secret())
/// #     .build()?;
/// let contacts = caspio.table::<Contact>();
///
/// let anna = runtime.wait(contacts.filter(|c| c.first_name.eq("Anna")))?;
/// for contact in runtime.iter(contacts.filter(|c| c.active.is_true())) {
///     println!("{}", contact?.first_name);
/// }
/// runtime.wait(caspio.settle());
/// # Ok(())
/// # }
/// ```
///
/// # Panics
///
/// Dropping it in an asynchronous task panics, because it waits for its thread.
#[derive(Debug)]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
pub struct BlockingRuntime(Runtime);

impl BlockingRuntime {
    /// Starts the runtime and its thread.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] if the operating system cannot start a thread.
    pub fn new() -> Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("caspio")
            .enable_all()
            .build()
            .map_err(|error| {
                Error::new(ErrorKind::Config, "cannot start a runtime").with_source(error)
            })?;
        Ok(Self(runtime))
    }

    /// Waits until a call has ended, and returns its result. It takes everything that can be awaited: a query collects
    /// its records, a write is executed.
    ///
    /// # Panics
    ///
    /// Panics in an asynchronous task, where waiting would block the other tasks; use `.await` there.
    pub fn wait<F: IntoFuture>(&self, call: F) -> F::Output {
        self.0.block_on(async { call.await })
    }

    /// Returns an iterator over the records of a query, table or view, or over a stream, which reads as far as it is
    /// used. Dropping it ends the read.
    ///
    /// Its `next` panics in an asynchronous task, as [`wait`](Self::wait) does.
    pub fn iter<S: IntoStream>(&self, read: S) -> BlockingIter<'_, S::Stream> {
        BlockingIter {
            runtime: self,
            stream: Box::pin(read.into_stream()),
        }
    }
}

/// What [`BlockingRuntime::iter`] reads: a query, a table or view, or a stream.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not read record by record",
    label = "not a query, a table or view, or a stream",
    note = "read the records of a query with `runtime.iter(contacts.filter(..))`, and wait for a call, such as a write, with `runtime.wait(..)`"
)]
pub trait IntoStream {
    /// The stream.
    type Stream: Stream;

    /// Returns the stream.
    fn into_stream(self) -> Self::Stream;
}

#[diagnostic::do_not_recommend]
impl<S: Stream> IntoStream for S {
    type Stream = S;

    fn into_stream(self) -> S {
        self
    }
}

impl<R: DecodeOwned> IntoStream for Query<R> {
    type Stream = RecordStream<R>;

    fn into_stream(self) -> RecordStream<R> {
        self.stream()
    }
}

impl<R: DecodeOwned> IntoStream for &Query<R> {
    type Stream = RecordStream<R>;

    fn into_stream(self) -> RecordStream<R> {
        self.clone().stream()
    }
}

impl<R: DecodeOwned, A: Access> IntoStream for Handle<R, A> {
    type Stream = RecordStream<R>;

    fn into_stream(self) -> RecordStream<R> {
        self.stream()
    }
}

impl<R: DecodeOwned, A: Access> IntoStream for &Handle<R, A> {
    type Stream = RecordStream<R>;

    fn into_stream(self) -> RecordStream<R> {
        self.stream()
    }
}

/// The iterator of [`BlockingRuntime::iter`].
#[derive(Debug)]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
#[must_use = "an iterator does nothing until it is used"]
pub struct BlockingIter<'r, S> {
    runtime: &'r BlockingRuntime,
    stream: Pin<Box<S>>,
}

impl<S: Stream> Iterator for BlockingIter<'_, S> {
    type Item = S::Item;

    fn next(&mut self) -> Option<S::Item> {
        self.runtime.wait(self.stream.next())
    }
}
