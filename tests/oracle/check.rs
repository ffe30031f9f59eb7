//! Runs a case, and compares its result with the right one.

use crate::calls::most_calls;
use crate::case::{Case, How};
use crate::cell::Cell;
use crate::content::{Column, Row};
use crate::during;
use crate::expected;
use crate::features::{self, Feature};
use crate::history::History;
use crate::partial::{ANOTHER_RECORD, LOST_PLACE};
use crate::query_result::{QueryResult, end_of};
use crate::read::{End, Failure, read, view_key};
use crate::refusals;
use crate::server::TestServer;
use crate::shown::{Shown, is_ambiguous};
use std::collections::BTreeSet;
use std::time::Duration;

/// A read that takes longer than this has no end.
const LONGEST: Duration = Duration::from_secs(600);

/// Runs a case.
pub(crate) async fn run(server: &mut TestServer, case: &Case) -> Result<Outcome, Failure> {
    server.begin(case);
    let records: &[Row] = match case.writes[..] {
        [] => &[],
        _ => &server.table,
    };
    let mut history = History::of(records);
    let outcome = run_filled(server, case, &mut history).await;
    server.undo(&history.touched());
    outcome
}

/// How a case that did not fail ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Right,
    /// Refused before the first call, which is permitted for this case.
    Refused,
}

async fn run_filled(
    server: &TestServer,
    case: &Case,
    history: &mut History,
) -> Result<Outcome, Failure> {
    let before = server.calls(case);
    let mut tables = Vec::new();
    let end = async {
        match case.is_written_during() {
            true => during::read_during(server, case, history, &mut tables).await,
            false => read(server, case, history).await,
        }
    };
    let end = tokio::select! {
        end = end => end,
        endless = watch(server, case, before) => return Err(endless),
    };
    let calls = server.calls(case) - before;
    let result = match end {
        Err(failure) => Err(failure),
        Ok(end) if case.is_written_during() => during::check(case, &tables, end, calls),
        Ok(end) => check_end(server, case, history, end, calls),
    };
    let overflows = || expected::overflows(case, &server.table) || during::overflows(case, &tables);
    match result {
        Err(failure) if failure.text.contains("overflow") && overflows() => Ok(Outcome::Refused),
        result if case.is_written_during() => result,
        Err(failure) if has_lost_its_place(case, history, &failure) => Ok(Outcome::Refused),
        Err(failure) if is_last_of_a_view_changed(case, history, &failure) => Ok(Outcome::Refused),
        Err(failure) if history.hides_a_change() && failure.label != "endless" => {
            Ok(Outcome::Refused)
        }
        result => result,
    }
}

fn check_end(
    server: &TestServer,
    case: &Case,
    history: &History,
    end: End,
    calls: u64,
) -> Result<Outcome, Failure> {
    match end {
        End::Refused(text) => refused(case, text, calls),
        End::Value(value) => {
            match case.writes[..] {
                [] => check_value(case, &server.table, &value)?,
                _ => is_value(case, &server.table, &history.count_after(case), &value)?,
            }
            let (result, rest) = leg_before_value(server, case, history);
            check_calls(case, result.as_slice(), rest, history, calls)
        }
        End::Rows { rows, results } => {
            if case.writes.is_empty() {
                check_rows(wanted(case, &server.table), &rows, case)?;
            } else {
                history.check(case)?;
            }
            check_calls(case, &results, 0, history, calls)
        }
    }
}

/// Checks a refusal after so many calls.
pub(crate) fn refused(case: &Case, text: String, calls: u64) -> Result<Outcome, Failure> {
    if calls > 0 && !refusals::may_be_refused_later(case) {
        let text = format!("after {calls} calls: {text}");
        return Err(Failure::new("refused late", text));
    }
    match refusals::may_be_refused(case) {
        true => Ok(Outcome::Refused),
        false => Err(Failure::new("refused", text)),
    }
}

/// The documentation: a place is found again by the last nine records of a page.
const NINE: usize = 9;

/// Whether a read ended because the record or group after which it continues was written, and the place that it had is
/// not known: its values may be shown in another way than they are compared, or do not fit into a URL.
fn has_lost_its_place(case: &Case, history: &History, failure: &Failure) -> bool {
    let order = case.order.iter().map(|(column, _)| column);
    let mut columns = order.chain(case.record_type.group());
    let most = match case.how {
        // Of a count, as the documentation says, and of groups it is not found again without the last one.
        How::CountAfter(_) => 1,
        _ if case.record_type.is_grouped() => 1,
        _ => NINE,
    };
    failure.label == "error Incomplete"
        && failure.text.contains(LOST_PLACE)
        && columns.any(|column| is_ambiguous(case, *column))
        && (history.are_last_touched(case, most)
            || case.source.is_view() && history.is_last_of_a_view_unclear(case, NINE))
}

/// Whether a read of a view ended because the record after which it continues was changed: a view may repeat a key, so
/// it may be another record now.
fn is_last_of_a_view_changed(case: &Case, history: &History, failure: &Failure) -> bool {
    case.source.is_view()
        && failure.label == "error Incomplete"
        && failure.text.contains(ANOTHER_RECORD)
        && history.is_last_changed(case)
}

/// Returns the query of a read after which the rest is counted, and the number of records in this rest.
fn leg_before_value(
    server: &TestServer,
    case: &Case,
    history: &History,
) -> (Option<QueryResult>, usize) {
    let How::CountAfter(stop) = case.how else {
        return (None, 0);
    };
    let rows = expected::rows(case, &server.table).len();
    // Records that were inserted meanwhile are delivered, too.
    let records = match case.writes.is_empty() {
        true => stop.min(rows),
        false => history.delivered(),
    };
    let end = end_of(case, records, records == stop);
    (
        Some(QueryResult { records, end }),
        rows.saturating_sub(records),
    )
}

/// Fails when a read makes far more calls than it may, or takes too long.
async fn watch(server: &TestServer, case: &Case, before: u64) -> Failure {
    let rows = server.table.len();
    let result = QueryResult::complete(rows);
    let most = 100 + 20 * most_calls(case, &[result; 4], 0, &History::default());
    let mut time = Duration::ZERO;
    loop {
        let pause = Duration::from_millis(100);
        tokio::time::sleep(pause).await;
        time += pause;
        let calls = server.calls(case) - before;
        if calls > most || time > LONGEST {
            return Failure::new(
                "endless",
                format!("{calls} calls for at most {rows} records"),
            );
        }
    }
}

/// Returns the rows that the read should deliver of a table.
pub(crate) fn wanted(case: &Case, table: &[Row]) -> Vec<Vec<Cell>> {
    let keys: BTreeSet<i64> = match &case.how {
        How::Get(key) => [*key].into(),
        How::GetMany(keys) | How::Loader(keys) => keys.iter().copied().collect(),
        How::First => {
            let mut rows = expected::rows(case, table);
            rows.truncate(1);
            return rows;
        }
        _ => return expected::rows(case, table),
    };
    let rows = table.iter().flat_map(|row| expected::shown(case, row));
    let of_key = |row: &Row| match row.get(Column::Key) {
        Cell::Int(key) => keys.contains(key),
        Cell::Text(key) => keys
            .iter()
            .any(|wanted| view_key(case.source, *wanted) == *key),
        _ => false,
    };
    let mut rows: Vec<_> = rows.filter(|row| of_key(row)).collect();
    rows.sort_by(|a, b| match case.source {
        // A map of keys that are text is in the order of their bytes.
        source if source.is_view() => a.get(Column::Key).order(b.get(Column::Key)),
        _ => a.key().cmp(&b.key()),
    });
    rows.into_iter().map(|row| row.into_owned().cells).collect()
}

/// Checks the value of an aggregate of a table.
pub(crate) fn check_value(case: &Case, table: &[Row], value: &Cell) -> Result<(), Failure> {
    let wanted = case.shown.value(expected::value(case, table));
    is_value(case, table, &wanted, value)
}

fn is_value(case: &Case, table: &[Row], wanted: &Cell, value: &Cell) -> Result<(), Failure> {
    let is_right = match (wanted, value, &case.how) {
        // Large floats of both signs have a sum whose digits depend on its order.
        (Cell::Float(a), Cell::Float(b), How::Sum(_)) => {
            (a - b).abs() <= 1e-9 * expected::magnitude(case, table).max(a.abs())
        }
        (Cell::Text(_), _, _) | (_, Cell::Text(_), _) => has_a_spelling_of(case, wanted, value),
        _ => wanted.is_read_as(value, false),
    };
    if is_right {
        return Ok(());
    }
    Err(Failure::new(
        "wrong value",
        format!("{value:?} instead of {wanted:?}"),
    ))
}

/// Whether a value of several records was read as one of their spellings, also as the empty text, which may be shown as
/// null.
fn has_a_spelling_of(case: &Case, wanted: &Cell, read: &Cell) -> bool {
    match (wanted, read) {
        (text @ Cell::Text(_), Cell::Null) | (Cell::Null, text @ Cell::Text(_)) => {
            let empty = Cell::Text(String::new());
            case.shown == Shown::EmptyAsNull && text.order(&empty).is_eq()
        }
        _ => wanted.is_read_as(read, true),
    }
}

pub(crate) fn check_rows(
    wanted: Vec<Vec<Cell>>,
    read: &[Vec<Cell>],
    case: &Case,
) -> Result<(), Failure> {
    let wanted = wanted.into_iter().map(|row| case.shown.row(case, row));
    let wanted: Vec<_> = wanted.collect();
    let mut pairs = wanted.iter().zip(read);
    let first = pairs.position(|(wanted, read)| !is_row_read_as(case, wanted, read));
    if first.is_none() && wanted.len() == read.len() {
        return Ok(());
    }
    let at = first.unwrap_or(wanted.len().min(read.len()));
    let text = format!(
        "{} rows instead of {}; row {at} is {:?} instead of {:?}",
        read.len(),
        wanted.len(),
        read.get(at),
        wanted.get(at)
    );
    let label = match read.len().cmp(&wanted.len()) {
        std::cmp::Ordering::Less => "too few",
        std::cmp::Ordering::Greater => "too many",
        std::cmp::Ordering::Equal => "wrong row",
    };
    Err(Failure::new(label, text))
}

/// Whether a row that is shown so was read as this one.
pub(crate) fn is_row_read_as(case: &Case, shown: &[Cell], read: &[Cell]) -> bool {
    let mut pairs = shown.iter().zip(read);
    shown.len() == read.len()
        && pairs.all(|(shown, read)| match case.record_type.is_grouped() {
            true => has_a_spelling_of(case, shown, read),
            false => shown.is_read_as(read, false),
        })
}

pub(crate) fn check_calls(
    case: &Case,
    results: &[QueryResult],
    rest: usize,
    history: &History,
    calls: u64,
) -> Result<Outcome, Failure> {
    if case.shown == Shown::LowTotals {
        // Calls ahead are planned by the total.
        return Ok(Outcome::Right);
    }
    let most = most_calls(case, results, rest, history);
    let is_off = case.is_concurrent() && features::off().contains(&Feature::CallsAhead);
    if calls > most && !is_off {
        let text = format!("{calls} calls for {results:?}, {most} are promised");
        return Err(Failure::new("too many calls", text));
    }
    Ok(Outcome::Right)
}
