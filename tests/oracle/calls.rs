//! How many calls a read may make: exactly so many in the order of pages, and within the documented bounds where
//! several are made at once.

use crate::case::{Case, How, Write};
use crate::content::Column;
use crate::history::History;
use crate::query_result::{QueryEnd, QueryResult};
use crate::shown::{Shown, is_ambiguous, shows_nulls};
use crate::splits;

/// The most records that one call returns.
const MOST: u64 = 1_000;

/// Returns the most calls that the read may make if it delivers its records in these queries. `rest` is the number of
/// records that the last query, which was dropped, left.
pub(crate) fn most_calls(
    case: &Case,
    results: &[QueryResult],
    rest: usize,
    history: &History,
) -> u64 {
    let most = match &case.how {
        How::First | How::Get(_) => 1,
        How::CountAfter(_) => {
            let read = most_of_results(case, results, rest);
            let of_parts = splits::of_queries(case, results).unwrap_or(0);
            read.max(of_parts) + count_calls(case)
        }
        how if how.is_aggregate() => 1,
        How::GetMany(keys) | How::Loader(keys) => splits::calls_for_keys(case, keys),
        How::Page(size) => results
            .iter()
            .enumerate()
            .map(|(at, result)| of_page(case, *size, at, *result))
            .sum(),
        _ => most_of_results(case, results, rest),
    };
    let most = match splits::most_calls(case, results) {
        Some(of_parts) if splits::is_certain(case) => of_parts,
        Some(of_parts) => of_parts.max(most),
        None => most,
    };
    let found_out = match case.shown.cuts_digits() {
        true => finding_out(case, results),
        false => 0,
    };
    let fruitless = match is_order_hidden(case) {
        true => fruitless_calls(case, results),
        false => 0,
    };
    most * ways(case) + found_out + fruitless + after_writes(case, results, history)
}

/// Returns the calls of queries that were permitted too few to find their place, which the next query makes again.
fn fruitless_calls(case: &Case, results: &[QueryResult]) -> u64 {
    let How::Budget(mut allowed) = case.how else {
        return 0;
    };
    let mut made = 0;
    for result in results {
        if result.records == 0 && result.end == QueryEnd::Budget {
            made += allowed;
            allowed += 1 + allowed / 2;
        }
    }
    made
}

/// Returns in how many ways a page may be requested, until it is known how the service shows values.
fn ways(case: &Case) -> u64 {
    let is_unknown = !case.shown.cuts_digits() || has_unknown_blanks(case);
    match is_unknown && is_order_hidden(case) {
        true => 3,
        false => 1,
    }
}

fn is_order_hidden(case: &Case) -> bool {
    let order = case.order.iter().map(|(column, _)| *column);
    let mut columns = order.chain(case.record_type.group().iter().copied());
    columns.any(|column| case.shown.hides(column) && is_ambiguous(case, column))
}

/// Whether a read does not know which texts of its order are null.
fn has_unknown_blanks(case: &Case) -> bool {
    let mut order = case.order.iter().map(|(column, _)| column);
    let has_texts = order.any(|column| matches!(column, Column::Name | Column::Note));
    has_texts && !shows_nulls(case)
}

/// Returns the calls that it takes to find out that floats are shown with fewer digits than they have: two, and again
/// in a query that resumes where another one ended before it delivered a record, or found it out by a page that it did
/// not deliver: one that a dropped query had requested ahead, or the one whose calls a deadline ended.
fn finding_out(case: &Case, results: &[QueryResult]) -> u64 {
    let is_ahead = |end: QueryEnd| case.is_concurrent() && end == QueryEnd::Dropped;
    let is_undelivered = |end: QueryEnd| end == QueryEnd::Deadline || is_ahead(end);
    let is_forgotten = |result: &&QueryResult| result.records == 0 || is_undelivered(result.end);
    let forgotten = results.iter().filter(is_forgotten).count();
    match is_order_hidden(case) {
        true => 2 + 2 * forgotten as u64,
        false => 0,
    }
}

fn most_of_results(case: &Case, results: &[QueryResult], rest: usize) -> u64 {
    let of_leg = |at: usize| {
        let left = results[at..]
            .iter()
            .map(|result| result.records)
            .sum::<usize>()
            + rest;
        of_leg(case, at, results[at], left as u64)
    };
    (0..results.len()).map(of_leg).sum()
}

/// Returns the most calls of a query, when so many records are left in all.
fn of_leg(case: &Case, at: usize, result: QueryResult, left: u64) -> u64 {
    let pages = Pages::of(case, at > 0, case.page());
    let records = result.records as u64;
    let limit = match (&case.how, case.limit) {
        (How::More(limit), _) if at == 0 => Some(*limit),
        (_, limit) => limit,
    };
    if is_divisible(case, limit) {
        return of_divided_leg(case, result, left);
    }
    // While a page is delivered, one more may be requested.
    let ahead = u64::from(case.is_concurrent());
    match result.end {
        QueryEnd::Complete => pages.calls_to_end(records),
        QueryEnd::Limit => pages.calls_for(records),
        // A read that was dropped at its first record made no call.
        QueryEnd::Dropped if records == 0 => 0,
        QueryEnd::Dropped => pages.calls_for(records) + ahead,
        // What the permitted calls returned is delivered.
        QueryEnd::Budget => pages.calls_for(records),
        // The call that was running at the deadline.
        QueryEnd::Deadline => pages.calls_for(records) + 1,
    }
}

/// Returns the most calls of a query whose table is cut into segments of keys: 15 % more than pages, and one for the
/// range of keys.
fn of_divided_leg(case: &Case, result: QueryResult, left: u64) -> u64 {
    let page = case.page();
    let records = result.records as u64;
    // Records that were deleted meanwhile, or moved out of the condition, may leave a call for them without any.
    let removing = |write: &&Write| write.act.removes();
    let removed = case.writes.iter().filter(removing).count() as u64;
    let pages = |records: u64| (records + removed).div_ceil(page);
    let wasted = pages(left) * 115 / 100 - pages(left);
    let complete = |records: u64| match records + removed {
        planned if planned < page => 1,
        _ => pages(records) + wasted + 1,
    };
    // The pages that are running or in memory: "up to twice as many as `calls`, in addition to the one that is
    // delivered".
    let ahead = 2 * case.most_at_once() as u64;
    match result.end {
        QueryEnd::Limit if records == 0 => 0,
        QueryEnd::Dropped if records == 0 => 0,
        QueryEnd::Complete | QueryEnd::Limit => complete(records),
        QueryEnd::Dropped | QueryEnd::Budget | QueryEnd::Deadline => {
            let made = pages(records) + wasted + 1 + ahead;
            made.min(complete(left))
        }
    }
}

/// Whether several segments of keys are read at once.
fn is_divisible(case: &Case, limit: Option<u64>) -> bool {
    let by_key = case
        .order
        .first()
        .is_none_or(|term| *term == (Column::Key, false));
    case.is_concurrent()
        && !case.source.is_view()
        && !case.record_type.is_grouped()
        && by_key
        && limit.is_none_or(|limit| limit > case.page())
}

/// Returns how many records a query must return that so many calls ended: "what the permitted calls returned is
/// delivered".
pub(crate) fn least_of_budget(case: &Case, calls: u64) -> u64 {
    let is_plain = case.writes.is_empty() && case.shown == Shown::Exactly;
    if !is_plain || splits::parts(case) > 1 {
        return 0;
    }
    let pages = Pages::of(case, true, case.page());
    match is_divisible(case, case.limit) {
        true => pages.later.min(calls),
        false => pages.later * calls,
    }
}

/// How many records each call of a read returns.
struct Pages {
    first: u64,
    later: u64,
}

impl Pages {
    fn of(case: &Case, is_resumed: bool, size: u64) -> Self {
        // Such a page begins with the record before it, to prove that nothing is between them.
        let by_key = case.order.first().is_none_or(|term| term.0 == Column::Key);
        let overlaps = case.source.is_view() || case.record_type.is_grouped() || !by_key;
        let later = if overlaps { size.min(MOST - 1) } else { size };
        Self {
            first: if is_resumed { later } else { size },
            later,
        }
    }

    /// Returns how many calls return so many records.
    fn calls_for(&self, records: u64) -> u64 {
        match records.checked_sub(self.first) {
            None => u64::from(records > 0),
            Some(rest) => 1 + rest.div_ceil(self.later),
        }
    }

    /// Returns how many calls return so many records and show that there are no more, which a page does that is not
    /// full.
    fn calls_to_end(&self, records: u64) -> u64 {
        match records.checked_sub(self.first) {
            None => 1,
            Some(rest) => 2 + rest / self.later,
        }
    }
}

/// Returns the calls of one page of [`How::Page`], which asks for one record more.
fn of_page(case: &Case, size: u16, at: usize, result: QueryResult) -> u64 {
    let size = u64::from(size);
    let pages = Pages::of(case, at > 0, (size + 1).min(MOST));
    match result.end {
        QueryEnd::Complete => pages.calls_to_end(result.records as u64),
        _ => pages.calls_for(size + 1),
    }
}

/// Returns the calls of a count after a position. "If that position has a float, .. in its order, one or two
/// more calls": one where floats are shown as they are compared, unless the record was written. One that was deleted
/// takes the same calls once more for the record before it. One that was changed for a moment is looked for twice. "In
/// a view one more, which checks that it does not repeat the key of that position".
fn count_calls(case: &Case) -> u64 {
    let of_view = u64::from(case.source.is_view() && !case.record_type.is_grouped());
    let of_values = match case.writes[..] {
        _ if !has_ambiguous_order(case) => 1,
        [] if case.shown.cuts_digits() => 3,
        [] => 2,
        _ => 5,
    };
    of_view + of_values
}

/// Whether the order has values that a service may show in another way than it compares them.
fn has_ambiguous_order(case: &Case) -> bool {
    let order = case.order.iter().map(|(column, _)| column);
    let mut columns = order.chain(case.record_type.group());
    columns.any(|column| is_ambiguous(case, *column))
}

/// Returns the most calls that writes cause: a page that begins after a record that was written meanwhile does not
/// contain it, so that it is looked up, to see that it was written. If its place is ambiguous, the page for the
/// other place is read as well (one call), the records before it are looked up (one), and the page is read from two
/// of them, each for two places (four). If that fails too, the record is asked for as each of both (two), and so are
/// all records that may be shown as it (one). A page that begins with an earlier record may have fewer than others
/// (one more page).
fn after_writes(case: &Case, results: &[QueryResult], history: &History) -> u64 {
    let by_key = case.order.first().is_none_or(|term| term.0 == Column::Key);
    if case.writes.is_empty() || by_key && !case.record_type.is_grouped() {
        return 0;
    }
    let of_record = if has_ambiguous_order(case) { 11 } else { 1 };
    // A record that is written twice may be the last one of two pages.
    let writes = history.writes() as u64;
    let of_leg = |(at, result): (usize, &QueryResult)| {
        let pages = (result.records as u64).div_ceil(case.page().min(MOST - 1)) + 1;
        let begin_after_record = if at == 0 { pages - 1 } else { pages };
        of_record * begin_after_record.min(writes)
    };
    results.iter().enumerate().map(of_leg).sum()
}
