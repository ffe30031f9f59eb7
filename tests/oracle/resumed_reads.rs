//! Reads that are dropped, stopped and resumed.

use crate::calls::least_of_budget;
use crate::case::{Case, How, Write};
use crate::during::while_written;
use crate::explained::{Explained, explained_page, explained_within};
use crate::history::History;
use crate::into_cell::IntoCell;
use crate::partial::split;
use crate::query_result::{Delivered, QueryEnd, end_of};
use crate::read::{End, Failure};
use crate::records::TestRecord;
use crate::server::TestServer;
use crate::splits::parts;
use caspio::prelude::*;
use caspio::read::Position;
use caspio::record::Record;
use std::time::{Duration, Instant};

/// Makes the query of a case for a client.
pub(crate) type Make<'m, R> = &'m dyn Fn(&Client) -> Query<R>;

/// Makes the read of a query. Its parts are read by two clients in turn, as by two processes.
pub(crate) async fn rows<R: TestRecord>(
    server: &TestServer,
    case: &Case,
    history: &mut History,
    make: Make<'_, R>,
) -> Result<End, Failure> {
    for write in due_at_once(case) {
        history.write(server, case, write.act);
    }
    let query = make(server.next_client(case));
    match &case.how {
        How::First => {
            let mut delivered = Delivered::default();
            let explained = Explained::of(server, case, &query.clone().limit(1))?;
            let record = query.first().await?;
            explained.check(server, case)?;
            delivered.extend(server, case, history, record.map(R::cells));
            delivered.end_leg(delivered.rows.len(), QueryEnd::Complete);
            Ok(delivered.end())
        }
        How::Count => Ok(End::Value((query.count().await? as i64).into_cell())),
        How::Exists => Ok(End::Value(query.exists().await?.into_cell())),
        How::CountAfter(stop) => {
            let delivered = &mut Delivered::default();
            history.begin_leg();
            let position = leg_of_stream(server, case, history, query, *stop, delivered).await?;
            let read = delivered.rows.len();
            let resumed = resumed(server, case, make, position.as_ref(), read)?;
            let left = while_written(server, case, history, resumed.count()).await?;
            Ok(End::Value((left as i64).into_cell()))
        }
        How::Page(size) => in_pages(server, case, history, make, *size).await,
        How::More(limit) => {
            let mut delivered = Delivered::default();
            let first = query.limit(*limit);
            history.begin_leg();
            let position =
                leg_of_stream(server, case, history, first, usize::MAX, &mut delivered).await?;
            let read = delivered.rows.len();
            let is_limited = read as u64 == *limit;
            delivered.end_leg(
                read,
                if is_limited {
                    QueryEnd::Limit
                } else {
                    QueryEnd::Complete
                },
            );
            history.begin_leg();
            let rest = resumed(server, case, make, position.as_ref(), read)?;
            leg_of_stream(server, case, history, rest, usize::MAX, &mut delivered).await?;
            delivered.end_leg(delivered.rows.len() - read, QueryEnd::Complete);
            Ok(delivered.end())
        }
        How::Stream(stops) => in_legs(server, case, history, make, stops, false).await,
        How::Pages(stops) => in_legs(server, case, history, make, stops, true).await,
        How::Budget(calls) => within_calls(server, case, history, make, *calls).await,
        How::Deadline(within) => within_time(server, case, history, make, *within).await,
        _ => {
            let explained = Explained::of(server, case, &query)?;
            let records = query.collect().await?;
            explained.check(server, case)?;
            let mut delivered = Delivered::default();
            let rows = records.into_iter().map(R::cells);
            delivered.extend(server, case, history, rows);
            let count = delivered.rows.len();
            delivered.end_leg(count, end_of(case, count, false));
            Ok(delivered.end())
        }
    }
}

/// Returns the writes that are made before the first call.
fn due_at_once(case: &Case) -> impl Iterator<Item = &Write> {
    let writes = case.writes.iter();
    writes.filter(|write| write.after == 0 && write.call == 0)
}

/// Reads pages as a web endpoint does. Each but the last has as many records as wanted.
async fn in_pages<R: TestRecord>(
    server: &TestServer,
    case: &Case,
    history: &mut History,
    make: Make<'_, R>,
    size: u16,
) -> Result<End, Failure> {
    let mut delivered = Delivered::default();
    let mut after: Option<Position> = None;
    loop {
        history.begin_leg();
        let query = make(server.next_client(case));
        let explained = explained_page(server, case, &query, (size, after.as_ref()))?;
        let page = query.page(size, after.as_ref());
        let page = while_written(server, case, history, page).await?;
        if let Some(explained) = explained {
            explained.check(server, case)?;
        }
        let count = page.records.len();
        let is_last = page.next.is_none();
        delivered.end_leg(
            count,
            if is_last {
                QueryEnd::Complete
            } else {
                QueryEnd::Limit
            },
        );
        let records = page.records.into_iter().map(R::cells);
        delivered.extend(server, case, history, records);
        match page.next {
            None if count == 0 && after.is_some() && case.writes.is_empty() => {
                return Err(Failure::new(
                    "empty page",
                    "a position had no record after it",
                ));
            }
            None => return Ok(delivered.end()),
            Some(_) if count != usize::from(size) => {
                let text = format!("{count} of {size} records, and a position");
                return Err(Failure::new("short page", text));
            }
            Some(next) => after = Some(next.to_string().parse()?),
        }
    }
}

/// Returns the query from a position on, which passes through its text, with the rest of its limit.
fn resumed<R>(
    server: &TestServer,
    case: &Case,
    make: Make<'_, R>,
    position: Option<&Position>,
    read: usize,
) -> Result<Query<R>, Failure>
where
    R: Record,
{
    let mut query = make(server.next_client(case));
    if let Some(limit) = case.limit {
        query = query.limit(limit.saturating_sub(read as u64));
    }
    let Some(position) = position else {
        return Ok(query);
    };
    let position: Position = position.to_string().parse()?;
    Ok(query.resume_from(&position))
}

async fn in_legs<R: TestRecord>(
    server: &TestServer,
    case: &Case,
    history: &mut History,
    make: Make<'_, R>,
    stops: &[usize],
    by_page: bool,
) -> Result<End, Failure> {
    let mut delivered = Delivered::default();
    let mut position = None;
    for stop in stops.iter().copied().chain([usize::MAX]) {
        let before = delivered.rows.len();
        history.begin_leg();
        let query = resumed(server, case, make, position.as_ref(), before)?;
        let reached = if by_page {
            leg_of_pages(server, case, history, query, stop, &mut delivered).await?
        } else {
            leg_of_stream(server, case, history, query, stop, &mut delivered).await?
        };
        let records = delivered.rows.len() - before;
        let end = end_of(case, delivered.rows.len(), records == stop);
        delivered.end_leg(records, end);
        position = reached.or(position);
    }
    Ok(delivered.end())
}

/// Reads up to `stop` records, and returns the position after them.
async fn leg_of_stream<R: TestRecord>(
    server: &TestServer,
    case: &Case,
    history: &mut History,
    query: Query<R>,
    stop: usize,
    delivered: &mut Delivered,
) -> Result<Option<Position>, Failure> {
    let explained = Explained::of(server, case, &query)?;
    let mut stream = query.stream();
    let mut taken = 0;
    while taken < stop {
        let Some(record) = while_written(server, case, history, stream.try_next()).await? else {
            break;
        };
        taken += 1;
        delivered.push(server, case, history, record.cells());
    }
    explained.check(server, case)?;
    Ok(Some(stream.position()))
}

async fn leg_of_pages<R: TestRecord>(
    server: &TestServer,
    case: &Case,
    history: &mut History,
    query: Query<R>,
    stop: usize,
    delivered: &mut Delivered,
) -> Result<Option<Position>, Failure> {
    let explained = Explained::of(server, case, &query)?;
    let mut pages = query.pages();
    let (mut taken, mut position) = (0, None);
    while taken < stop {
        let Some(page) = while_written(server, case, history, pages.try_next()).await? else {
            break;
        };
        let wanted = page.len().min(stop - taken);
        position = Some(page.position_after(wanted));
        let records = page.into_records()?;
        for record in records.into_iter().take(wanted) {
            delivered.push(server, case, history, record.cells());
        }
        taken += wanted;
    }
    explained.check(server, case)?;
    Ok(position)
}

async fn within_calls<R: TestRecord>(
    server: &TestServer,
    case: &Case,
    history: &mut History,
    make: Make<'_, R>,
    calls: u64,
) -> Result<End, Failure> {
    let mut delivered = Delivered::default();
    let mut position: Option<Position> = None;
    let mut allowed = calls;
    loop {
        history.begin_leg();
        let before = server.calls(case);
        let read = delivered.rows.len();
        let part = resumed(server, case, make, position.as_ref(), read)?.max_calls(allowed);
        let explained = explained_within(server, case, &part, allowed)?;
        let part = while_written(server, case, history, part.collect_partial()).await;
        if let Some(explained) = explained {
            explained.check(server, case)?;
        }
        let made = server.calls(case) - before;
        if made > allowed {
            return Err(Failure::new(
                "over the budget",
                format!("{made} calls, allowed are {allowed}"),
            ));
        }
        let (records, rest) = split(part)?;
        let count = records.len();
        let records = records.into_iter().map(R::cells);
        delivered.extend(server, case, history, records);
        let end = match rest {
            None => end_of(case, delivered.rows.len(), false),
            Some(_) => QueryEnd::Budget,
        };
        delivered.end_leg(count, end);
        if rest.is_some() && (count as u64) < least_of_budget(case, made) {
            let text = format!("{count} records by {made} calls");
            return Err(Failure::new("little progress", text));
        }
        match rest {
            None => return Ok(delivered.end()),
            Some(Some(reached)) => position = Some(reached),
            Some(None) => {}
        }
        if count == 0 {
            // Merged parts are all read before the first record is delivered.
            if allowed >= 40 + parts(case) {
                return Err(Failure::new(
                    "no progress",
                    format!("no record within {allowed} calls"),
                ));
            }
            allowed += 1 + allowed / 2;
        }
    }
}

async fn within_time<R: TestRecord>(
    server: &TestServer,
    case: &Case,
    history: &mut History,
    make: Make<'_, R>,
    within: u64,
) -> Result<End, Failure> {
    let mut delivered = Delivered::default();
    let mut position: Option<Position> = None;
    for attempt in 0.. {
        history.begin_leg();
        let read = delivered.rows.len();
        let mut part = resumed(server, case, make, position.as_ref(), read)?;
        let within = (attempt < 10).then(|| Duration::from_micros(within << attempt));
        if let Some(within) = within {
            part = part.deadline(within);
        }
        let deadline = within.map(|within| Instant::now() + within);
        let part = while_written(server, case, history, part.collect_partial()).await;
        let (records, rest) = split(part)?;
        // Those that were being sent when the time was up.
        let late = deadline.map_or(0, |deadline| server.started_after(deadline));
        if late > case.most_at_once() + 1
            || (late > 0 && within.is_some_and(|within| within.is_zero()))
        {
            let text = format!("{late} calls began after {within:?}");
            return Err(Failure::new("after the deadline", text));
        }
        let count = records.len();
        let records = records.into_iter().map(R::cells);
        delivered.extend(server, case, history, records);
        let end = match rest {
            None => end_of(case, delivered.rows.len(), false),
            Some(_) => QueryEnd::Deadline,
        };
        delivered.end_leg(count, end);
        match rest {
            None => break,
            Some(Some(reached)) => position = Some(reached),
            Some(None) => {}
        }
    }
    Ok(delivered.end())
}
