//! Reads that are dropped, stopped and resumed.

use crate::case::{Case, How};
use crate::history::History;
use crate::into_cell::IntoCell;
use crate::query_result::{Delivered, QueryEnd, end_of};
use crate::read::{End, Failure};
use crate::records::TestRecord;
use crate::server::TestServer;
use crate::splits::parts;
use caspio::prelude::*;
use caspio::read::{Collected, Position};
use caspio::record::Record;
use caspio::{Error, ErrorKind};
use std::time::Duration;

/// The error of a read that cannot be continued, because the place where it ended was written.
pub(crate) const LOST_PLACE: &str = "was changed or deleted";

/// Makes the read of a query.
pub(crate) async fn rows<R: TestRecord>(
    server: &TestServer,
    case: &Case,
    history: &mut History,
    query: Query<R>,
) -> Result<End, Failure> {
    for write in case.writes.iter().filter(|write| write.after == 0) {
        history.write(server, case, write.act);
    }
    match &case.how {
        How::First => {
            let mut delivered = Delivered::default();
            let record = query.first().await?;
            delivered.extend(server, case, history, record.map(R::cells));
            delivered.end_leg(delivered.rows.len(), QueryEnd::Complete);
            Ok(delivered.end())
        }
        How::Count => Ok(End::Value((query.count().await? as i64).into_cell())),
        How::Exists => Ok(End::Value(query.exists().await?.into_cell())),
        How::CountAfter(stop) => {
            let delivered = &mut Delivered::default();
            history.begin_leg();
            let position =
                leg_of_stream(server, case, history, query.clone(), *stop, delivered).await?;
            let read = delivered.rows.len();
            let resumed = resumed(case, &query, position.as_ref(), read)?;
            let left = resumed.count().await?;
            Ok(End::Value((left as i64).into_cell()))
        }
        How::Page(size) => in_pages(server, case, history, query, *size).await,
        How::More(limit) => {
            let mut delivered = Delivered::default();
            let first = query.clone().limit(*limit);
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
            let rest = resumed(case, &query, position.as_ref(), read)?;
            leg_of_stream(server, case, history, rest, usize::MAX, &mut delivered).await?;
            delivered.end_leg(delivered.rows.len() - read, QueryEnd::Complete);
            Ok(delivered.end())
        }
        How::Stream(stops) => in_legs(server, case, history, query, stops, false).await,
        How::Pages(stops) => in_legs(server, case, history, query, stops, true).await,
        How::Budget(calls) => within_calls(server, case, history, query, *calls).await,
        How::Deadline(within) => within_time(server, case, history, query, *within).await,
        _ => {
            let explained = query.explain()?;
            let before = server.calls(case);
            let records = query.collect().await?;
            let made = server.calls(case) - before;
            if let Some(most) = explained.most_calls.filter(|most| made > *most) {
                let text = format!("{made} calls, explained were {most}");
                return Err(Failure::new("more than explained", text));
            }
            let mut delivered = Delivered::default();
            let rows = records.into_iter().map(R::cells);
            delivered.extend(server, case, history, rows);
            let count = delivered.rows.len();
            delivered.end_leg(count, end_of(case, count, false));
            Ok(delivered.end())
        }
    }
}

/// Reads pages as a web endpoint does. Each but the last has as many records as wanted.
async fn in_pages<R: TestRecord>(
    server: &TestServer,
    case: &Case,
    history: &mut History,
    query: Query<R>,
    size: u16,
) -> Result<End, Failure> {
    let mut delivered = Delivered::default();
    let mut after: Option<Position> = None;
    loop {
        history.begin_leg();
        let page = query.clone().page(size, after.as_ref()).await?;
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

/// Returns the query from a position on, which takes the way of text, with the rest of its limit.
fn resumed<R>(
    case: &Case,
    query: &Query<R>,
    position: Option<&Position>,
    read: usize,
) -> Result<Query<R>, Failure>
where
    R: Record,
{
    let mut query = query.clone();
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
    query: Query<R>,
    stops: &[usize],
    by_page: bool,
) -> Result<End, Failure> {
    let mut delivered = Delivered::default();
    let mut position = None;
    for stop in stops.iter().copied().chain([usize::MAX]) {
        let before = delivered.rows.len();
        history.begin_leg();
        let query = resumed(case, &query, position.as_ref(), before)?;
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
    let mut stream = query.stream();
    let mut taken = 0;
    while taken < stop {
        let Some(record) = stream.try_next().await? else {
            break;
        };
        taken += 1;
        delivered.push(server, case, history, record.cells());
    }
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
    let mut pages = query.pages();
    let (mut taken, mut position) = (0, None);
    while taken < stop {
        let Some(page) = pages.try_next().await? else {
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
    Ok(position)
}

async fn within_calls<R: TestRecord>(
    server: &TestServer,
    case: &Case,
    history: &mut History,
    query: Query<R>,
    calls: u64,
) -> Result<End, Failure> {
    let mut delivered = Delivered::default();
    let mut position: Option<Position> = None;
    let mut allowed = calls;
    loop {
        history.begin_leg();
        let before = server.calls(case);
        let read = delivered.rows.len();
        let part = resumed(case, &query, position.as_ref(), read)?.max_calls(allowed);
        let part = part.collect_partial().await;
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
    query: Query<R>,
    within: u64,
) -> Result<End, Failure> {
    let mut delivered = Delivered::default();
    let mut position: Option<Position> = None;
    for attempt in 0.. {
        history.begin_leg();
        let read = delivered.rows.len();
        let mut part = resumed(case, &query, position.as_ref(), read)?;
        if attempt < 10 {
            part = part.deadline(Duration::from_micros(within << attempt));
        }
        let (records, rest) = split(part.collect_partial().await)?;
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

/// Returns the records of a read that may have been stopped, and, if it was, the position if it has one.
#[allow(clippy::type_complexity, reason = "used twice")]
fn split<R>(
    part: Result<Collected<R>, Error>,
) -> Result<(Vec<R>, Option<Option<Position>>), Failure> {
    let can_be_resumed = |error: &Error| {
        error.kind() == ErrorKind::Incomplete && !error.to_string().contains(LOST_PLACE)
    };
    match part {
        Ok(Collected::Complete(records)) => Ok((records, None)),
        Ok(Collected::Partial(part)) if can_be_resumed(&part.reason) => {
            Ok((part.records, Some(Some(part.resume))))
        }
        Ok(Collected::Partial(part)) => Err(part.reason.into()),
        Err(error) if can_be_resumed(&error) => Ok((Vec::new(), Some(None))),
        Err(error) => Err(error.into()),
    }
}
