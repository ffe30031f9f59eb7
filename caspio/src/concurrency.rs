//! How many calls of one operation are in progress at once.

use crate::client::Client;
use futures::FutureExt;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, FuturesUnordered, Stream, StreamExt};
use std::collections::VecDeque;
use std::task::{Context, Poll};

/// The most calls that are in progress at once, whatever is set.
const MOST_CONCURRENT: usize = 1_000;
/// The most calls with [`Concurrency::Auto`].
const MOST_AUTO: usize = 16;

/// How many calls of a read or of a write of many records are in progress at once.
///
/// A number converts to it, so that `concurrency(8)` and `concurrency(Concurrency::Auto)` both work.
///
/// ```no_run
/// # mod setup { include!("doc_setup.rs"); } use setup::*;
/// # async fn example(caspio: Client, rows: Vec<NewContact>) -> caspio::Result<()> {
/// use caspio::Concurrency;
///
/// let orders = caspio.table::<Order>().concurrency(Concurrency::Auto).collect().await?;
/// let contacts = caspio.table::<Contact>();
/// let report = contacts.insert_many(&rows).concurrency(Concurrency::Auto).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Concurrency {
    /// This many. Zero is taken as one.
    Calls(usize),
    /// As many as the client's [rate limiter](crate::ClientBuilder::rate_limiter) permits in the time that a call takes
    /// at present, and one more; at most 16, as without a limit. While any call of the client waits for the limiter, as
    /// it does after the service reported a rate limit, no further one is started.
    ///
    /// So the limit is used whether calls take 100 milliseconds or a second, and hardly any call waits. It takes no
    /// more calls than a number does.
    Auto,
}

impl From<usize> for Concurrency {
    fn from(calls: usize) -> Self {
        Self::Calls(calls)
    }
}

impl Concurrency {
    /// Returns the most calls that are ever in progress at once.
    pub(crate) fn most(self) -> usize {
        match self {
            Self::Calls(calls) => calls.max(1),
            Self::Auto => MOST_AUTO,
        }
    }

    /// Limits the calls of a write of many records.
    pub(crate) fn of_write(self) -> Self {
        match self {
            Self::Calls(calls) => Self::Calls(calls.clamp(1, MOST_CONCURRENT)),
            Self::Auto => Self::Auto,
        }
    }

    /// Returns how many calls of an operation may be in progress now, of which `in_progress` are.
    pub(crate) fn now(self, client: &Client, in_progress: usize) -> usize {
        match self {
            Self::Calls(_) => self.most(),
            Self::Auto if client.waits_for_limit() => in_progress.max(1),
            Self::Auto => client.calls_at_once().clamp(1, MOST_AUTO),
        }
    }

    /// Returns this with one more, for a call that is prepared while the others are in progress. With `Auto` it is the
    /// one that waits for the limiter.
    pub(crate) fn and_one_ahead(self) -> Self {
        match self {
            Self::Calls(calls) => Self::Calls(calls.saturating_add(1)),
            Self::Auto => Self::Auto,
        }
    }

    /// Makes the calls of a stream, as many at once as this permits, and returns their results in the order of the
    /// calls.
    pub(crate) fn in_order<'c, S, F>(
        self,
        client: &Client,
        calls: S,
    ) -> impl Stream<Item = F::Output> + Send + Unpin + use<'c, S, F>
    where
        S: Stream<Item = F> + Send + 'c,
        F: Future<Output: Send + Unpin> + Send + 'c,
    {
        let client = client.clone();
        let mut calls = Calls {
            rest: Some(calls.map(FutureExt::boxed).boxed()),
            in_progress: FuturesUnordered::new(),
            results: VecDeque::new(),
            returned: 0,
            has_panicked: false,
        };
        stream::poll_fn(move |cx| calls.poll_next(cx, |started| self.now(&client, started)))
    }
}

/// Calls of which several are in progress.
struct Calls<'c, T> {
    /// Those that are not started; `None` after the last.
    rest: Option<BoxStream<'c, BoxFuture<'c, T>>>,
    /// With the number of each.
    in_progress: FuturesUnordered<BoxFuture<'c, (usize, T)>>,
    /// The results of all calls that were started, from the first that was not returned.
    results: VecDeque<Option<T>>,
    /// How many results were returned.
    returned: usize,
    /// Whether a call panicked: it has no result, for which the program would wait for ever.
    has_panicked: bool,
}

impl<'c, T: Send + 'c> Calls<'c, T> {
    /// Polls the next result. `most` returns how many calls may be in progress, by how many are.
    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        most: impl Fn(usize) -> usize,
    ) -> Poll<Option<T>> {
        self.poll_in_progress(cx);
        while self.start(cx, &most) {
            // Only when it was polled is it known whether it waits for the limiter.
            self.poll_in_progress(cx);
        }
        match self.results.pop_front() {
            Some(Some(result)) => {
                self.returned += 1;
                Poll::Ready(Some(result))
            }
            Some(None) => {
                self.results.push_front(None);
                Poll::Pending
            }
            None if self.rest.is_none() => Poll::Ready(None),
            None => Poll::Pending,
        }
    }

    fn poll_in_progress(&mut self, cx: &mut Context<'_>) {
        assert!(!self.has_panicked, "polled again after a call had panicked");
        self.has_panicked = true;
        while let Poll::Ready(Some((number, result))) = self.in_progress.poll_next_unpin(cx) {
            if let Some(place) = self.results.get_mut(number - self.returned) {
                *place = Some(result);
            }
        }
        self.has_panicked = false;
    }

    /// Starts the next call if it may be started. Twice as many calls may have a result that waits for those before it.
    fn start(&mut self, cx: &mut Context<'_>, most: impl Fn(usize) -> usize) -> bool {
        let most = most(self.in_progress.len());
        let has_room = self.in_progress.len() < most && self.results.len() < most.saturating_mul(2);
        let Some(rest) = self.rest.as_mut().filter(|_| has_room) else {
            return false;
        };
        match rest.poll_next_unpin(cx) {
            Poll::Ready(Some(call)) => {
                let number = self.returned + self.results.len();
                self.in_progress
                    .push(call.map(move |result| (number, result)).boxed());
                self.results.push_back(None);
                true
            }
            Poll::Ready(None) => {
                self.rest = None;
                false
            }
            Poll::Pending => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::AssertUnwindSafe;

    #[tokio::test]
    async fn calls_after_one_that_panicked_are_not_waited_for() {
        let call = |number: usize| {
            async move {
                tokio::task::yield_now().await;
                assert_ne!(number, 2);
                number
            }
            .boxed()
        };
        let mut calls = Calls {
            rest: Some(stream::iter((0..6).map(call)).boxed()),
            in_progress: FuturesUnordered::new(),
            results: VecDeque::new(),
            returned: 0,
            has_panicked: false,
        };
        let mut results = stream::poll_fn(|cx| calls.poll_next(cx, |_| 2));
        let mut ends = Vec::new();
        for _ in 0..8 {
            ends.push(AssertUnwindSafe(results.next()).catch_unwind().await.ok());
        }

        let [first, .., last] = &ends[..] else {
            panic!("eight results")
        };
        assert_eq!((first, last), (&Some(Some(0)), &None), "{ends:?}");
    }
}
