//! Finds the changes of which no message came.

use crate::column::IntoColumn as _;
use crate::filter::literal::Literal;
use crate::filter::{ColumnFn, Expr, Operator, Order};
use crate::handle::{Access, Handle, TableAccess};
use crate::read::Query;
use crate::record::{DecodeOwned, Key, PK_ID, Source};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind};
use futures::TryStreamExt as _;
use jiff::civil::DateTime;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How far back a sweep by time reads again: more than the hour by which a clock is set back in autumn.
const OVERLAP: Duration = Duration::from_secs(65 * 60);

/// How far back a sweep by key reads again: so that the 1,000 keys of a whole write are read if it is committed after
/// the record with the next key.
const KEY_OVERLAP: i64 = 1_001;

/// How many records are known as handled between two sweeps.
const MOST_SEEN: usize = 100_000;

/// Reads the records that changed since a position, and passes those of which no message came.
///
/// Messages can be lost. A program that must not miss a change calls [`run`](Self::run) from time to time, and
/// [`saw`](Self::saw) for each record that it handled by a message. Deleted records cannot be found like this: the
/// table does not have them any more.
///
/// Created by [`Handle::sweep`] for a column with the time of the last change, and by
/// [`Table::sweep_by_key`](crate::Table::sweep_by_key) for records that are inserted only. Clones share the position
/// and what was seen.
///
/// ```no_run
/// use caspio::prelude::*;
///
/// #[derive(Debug, CaspioTable)]
/// #[caspio(table = "Orders")]
/// struct Order {
///     #[caspio(pk)]
///     pk_id: i64,
///     #[caspio(read_only)]
///     modified: Option<DateTime>, // a Timestamp, stamped on insert and on update
/// }
///
/// # async fn handle(order: Order) -> caspio::Result<()> { Ok(()) }
/// # fn store(position: DateTime) {}
/// # async fn example(caspio: Client, last_position: DateTime, delivered: Order) -> caspio::Result<()> {
/// let orders = caspio.table::<Order>();
/// let sweep = orders.sweep(last_position, |o| o.modified, |order| order.modified);
/// sweep.saw(&delivered); // in the receiver, after the order was handled
///
/// let missed = sweep.run(|order| handle(order)).await?;
/// store(sweep.position()); // the next program starts with it
/// # Ok(())
/// # }
/// ```
pub struct Sweep<R, A = TableAccess, P = DateTime> {
    handle: Handle<R, A>,
    /// The place of a record in the order of the sweep.
    place: Place<R, P>,
    /// The query of the records from a position on, in order.
    query: QueryFrom<R, A, P>,
    /// From which place on the records are read again.
    back: Arc<dyn Fn(P) -> P + Send + Sync>,
    state: Arc<Mutex<State<P>>>,
}

type Place<R, P> = Arc<dyn Fn(&R) -> Option<P> + Send + Sync>;

type QueryFrom<R, A, P> = Arc<dyn Fn(&Handle<R, A>, P) -> Query<R> + Send + Sync>;

struct State<P> {
    position: P,
    /// Which version of each record was handled last.
    seen: HashMap<Key, Seen<P>>,
    /// How many runs have begun.
    runs: u64,
}

#[derive(Clone, Copy)]
struct Seen<P> {
    place: P,
    /// The run in which, or after which, it was handled.
    run: u64,
}

impl<R: DecodeOwned, A: Access> Handle<R, A> {
    /// Returns a sweep of the records that changed since a time, by a Timestamp column that is stamped on insert and on
    /// update. Makes no call.
    ///
    /// `column` is the column, and `stamp` returns its value of a record. The time is in the zone of the column; prefer
    /// UTC, whose clock is never set back. Each sweep reads the last 65 minutes before its position again, in case a
    /// change was committed late or the clock was set back; see [`overlap`](Sweep::overlap). Two changes of a record
    /// with the same time are one: the second is not passed if the first was handled.
    pub fn sweep<F>(
        &self,
        since: DateTime,
        column: F,
        stamp: impl Fn(&R) -> Option<DateTime> + Send + Sync + 'static,
    ) -> Sweep<R, A>
    where
        F: ColumnFn<R::Source>,
    {
        let column = column(<R::Source as Source>::COLUMNS);
        let column = column.into_name().into_owned();
        let query = move |handle: &Handle<R, A>, from: DateTime| {
            let changed = Expr::compare(column.clone(), Operator::Ge, Literal::date_time(from));
            let records = handle.query().filter_expr(changed);
            records.order_by(|_| Order::asc::<DateTime>(column.as_str()))
        };
        Sweep {
            handle: self.clone(),
            place: Arc::new(stamp),
            query: Arc::new(query),
            back: Arc::new(|at| before(at, OVERLAP)),
            state: State::shared(since),
        }
    }
}

impl<R: DecodeOwned> Handle<R, TableAccess> {
    /// Returns a sweep of the records that were inserted after the one with this key; 0 for all. Makes no call.
    ///
    /// Changes of older records are not found. Each sweep reads the last 1,001 keys before its position again, in up to
    /// two calls, in case a write of up to 1,000 records was committed after the record at the position. A record with
    /// an earlier key that is committed later is not found.
    pub fn sweep_by_key(&self, since: i64) -> Sweep<R, TableAccess, i64> {
        let query = |handle: &Handle<R, TableAccess>, after: i64| {
            let inserted = Expr::compare(PK_ID, Operator::Gt, Literal::integer(after));
            handle.query().filter_expr(inserted)
        };
        let key = |record: &R| match record.key() {
            Some(Key::Id(id)) => Some(id),
            _ => None,
        };
        Sweep {
            handle: self.clone(),
            place: Arc::new(key),
            query: Arc::new(query),
            back: Arc::new(|key| (key - KEY_OVERLAP).max(0)),
            state: State::shared(since),
        }
    }
}

impl<R, A> Sweep<R, A> {
    /// Sets how far back before its position a sweep reads again; default: 65 minutes. The records of that time are
    /// read by every sweep, 999 a call.
    #[must_use]
    pub fn overlap(mut self, time: Duration) -> Self {
        self.back = Arc::new(move |at| before(at, time));
        self
    }
}

impl<R: DecodeOwned, A: Access, P: Copy + Ord + Send> Sweep<R, A, P> {
    /// Notes that a record was handled as it is, so that the sweeps do not pass it. Makes no call.
    ///
    /// At most 100,000 records are noted between two sweeps. More of them are passed again.
    pub fn saw(&self, record: &R) {
        if let (Some(key), Some(place)) = (record.key(), (self.place)(record)) {
            self.state().saw(key, place);
        }
    }

    /// Reads the records that changed since the position, in order, and passes each that was not seen to a function.
    /// Returns how many these were. The position moves on with each record that the function handled.
    ///
    /// A record was seen if it was handled last with the time or key that it has now, or with a later one since the run
    /// began. So one with an earlier time than before, because the clock was set back or a read shows an older version,
    /// is passed.
    ///
    /// One call for every 999 records, by key for every 1,000. The records since the overlap are read again. Run one at
    /// a time: two at once pass the same records.
    ///
    /// # Errors
    ///
    /// The first error of the function, or of a read. The records before it are not passed again, the others are.
    /// `Refused`: the struct has no field for `PK_ID`.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped, the record that the function is handling is passed again by the next sweep.
    pub async fn run<F, E>(&self, mut handler: impl FnMut(R) -> F) -> Result<u64, E>
    where
        F: Future<Output = Result<(), E>>,
        E: From<Error>,
    {
        let from = (self.back)(self.state().begin());
        let mut records = (self.query)(&self.handle, from).stream();
        let mut passed = 0;
        while let Some(record) = records.try_next().await? {
            let key = record.key().ok_or_else(|| self.without_key())?;
            // A record without a time is not read by time, and one without a key is refused.
            let Some(place) = (self.place)(&record) else {
                continue;
            };
            if !self.state().has_seen(&key, place) {
                handler(record).await?;
                passed += 1;
            }
            let mut state = self.state();
            state.read(key, place);
            state.position = state.position.max(place);
        }
        let mut state = self.state();
        let floor = (self.back)(state.position);
        state.seen.retain(|_, seen| seen.place >= floor);
        Ok(passed)
    }

    /// Returns the position up to which the sweeps have handled all records: a program that starts again gives it to
    /// its first sweep.
    #[must_use]
    pub fn position(&self) -> P {
        self.state().position
    }

    fn without_key(&self) -> Error {
        let message = format!(
            "the struct of {:?} has no field for PK_ID",
            self.handle.name()
        );
        Error::new(ErrorKind::Refused, message)
            .with_hint("mark a field of the struct with #[caspio(pk)]")
    }

    fn state(&self) -> MutexGuard<'_, State<P>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<P: Copy + Ord> State<P> {
    fn shared(position: P) -> Arc<Mutex<Self>> {
        Arc::new(Mutex::new(Self {
            position,
            seen: HashMap::new(),
            runs: 0,
        }))
    }

    /// Begins a run, and returns the position.
    fn begin(&mut self) -> P {
        self.runs += 1;
        self.position
    }

    /// Whether a version that was read needs not be passed. A later one that was handled before the run began does not
    /// count: the clock was set back since.
    fn has_seen(&self, key: &Key, place: P) -> bool {
        self.seen.get(key).is_some_and(|seen| {
            seen.place == place || (seen.place > place && seen.run == self.runs)
        })
    }

    /// Notes a version that was handled by a message. Messages come in any order, so the latest counts.
    fn saw(&mut self, key: Key, place: P) {
        if self.seen.get(&key).is_none_or(|seen| seen.place <= place) {
            self.note(key, place);
        }
    }

    /// Notes a version that a run read and handled: the last one, unless a message was handled meanwhile.
    fn read(&mut self, key: Key, place: P) {
        if !self.has_seen(&key, place) {
            self.note(key, place);
        }
    }

    fn note(&mut self, key: Key, place: P) {
        let run = self.runs;
        self.seen.insert(key, Seen { place, run });
        if self.seen.len() > MOST_SEEN {
            let mut places: Vec<P> = self.seen.values().map(|seen| seen.place).collect();
            let middle = places.len() / 2;
            let (_, middle, _) = places.select_nth_unstable(middle);
            self.seen.retain(|_, seen| seen.place > *middle);
        }
    }
}

/// Returns the time before a time; the time itself if there is none.
fn before(at: DateTime, time: Duration) -> DateTime {
    at.checked_sub(time).unwrap_or(at)
}

impl<R, A, P> Clone for Sweep<R, A, P> {
    fn clone(&self) -> Self {
        Self {
            handle: self.handle.clone(),
            place: Arc::clone(&self.place),
            query: Arc::clone(&self.query),
            back: Arc::clone(&self.back),
            state: Arc::clone(&self.state),
        }
    }
}

impl<R, A, P> fmt::Debug for Sweep<R, A, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sweep")
            .field("of", &self.handle)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_bounded_and_keeps_the_latest() {
        let mut state = state();

        for place in 0..250_000 {
            state.saw(Key::Id(place), place);
        }

        assert!(state.seen.len() <= MOST_SEEN, "{}", state.seen.len());
        assert!(state.has_seen(&Key::Id(249_999), 249_999));
    }

    #[test]
    fn a_version_that_a_later_message_replaced_during_the_run_counts_as_seen() {
        let mut state = state();
        state.begin();

        state.saw(Key::Id(1), 7);
        state.saw(Key::Id(1), 5);
        state.read(Key::Id(1), 6);

        assert!(state.has_seen(&Key::Id(1), 6));
        assert!(state.has_seen(&Key::Id(1), 7));
        assert!(!state.has_seen(&Key::Id(1), 8));
    }

    #[test]
    fn an_earlier_time_than_that_of_the_run_before_is_a_change() {
        let mut state = state();
        state.begin();
        state.read(Key::Id(1), 7);
        state.saw(Key::Id(2), 7);

        state.begin();
        for key in [Key::Id(1), Key::Id(2)] {
            assert!(state.has_seen(&key, 7));
            assert!(!state.has_seen(&key, 5));
            state.read(key.clone(), 5);
            assert!(state.has_seen(&key, 5));
        }
        state.begin();
        assert!(state.has_seen(&Key::Id(1), 5));
    }

    fn state() -> State<i64> {
        State {
            position: 0,
            seen: HashMap::new(),
            runs: 0,
        }
    }
}
