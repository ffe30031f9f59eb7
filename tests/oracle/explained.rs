//! The calls that the SDK explains for a read.

use crate::case::Case;
use crate::read::Failure;
use crate::server::TestServer;
use crate::shown::Shown;
use crate::splits;
use caspio::Query;
use caspio::read::Position;
use caspio::record::Record;

/// The most calls that [`Query::explain`] promises.
pub(crate) struct Explained {
    most: Option<u64>,
    before: u64,
}

impl Explained {
    pub(crate) fn of<R: Record>(
        server: &TestServer,
        case: &Case,
        query: &Query<R>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            most: query.explain()?.most_calls,
            before: server.calls(case),
        })
    }

    pub(crate) fn check(&self, server: &TestServer, case: &Case) -> Result<(), Failure> {
        let made = server.calls(case) - self.before;
        match self.most.filter(|most| made > *most) {
            None => Ok(()),
            Some(most) => {
                let text = format!("{made} calls, explained were {most}");
                Err(Failure::new("more than explained", text))
            }
        }
    }
}

/// Returns what is explained of the call of a page, which asks for one record more; `None` of one that takes two.
pub(crate) fn explained_page<R: Record>(
    server: &TestServer,
    case: &Case,
    query: &Query<R>,
    (size, after): (u16, Option<&Position>),
) -> Result<Option<Explained>, Failure> {
    // Only the page itself keeps room for the place of the next one.
    let may_be_split = splits::parts(case) > 1;
    if may_be_split || size >= 999 || !case.writes.is_empty() || case.shown != Shown::Exactly {
        return Ok(None);
    }
    let query = query.clone().concurrency(1).page_size(size + 1);
    let query = query.limit(u64::from(size) + 1);
    let query = match after {
        Some(after) => query.resume_from(after),
        None => query,
    };
    match Explained::of(server, case, &query) {
        // The query for a page needs room for the next one.
        Err(failure) if failure.label == "error Refused" => Ok(None),
        explained => explained.map(Some),
    }
}

/// Returns what is explained of a read that makes at most so many calls; `None` if it is ended by this number before
/// its first call.
pub(crate) fn explained_within<R: Record>(
    server: &TestServer,
    case: &Case,
    query: &Query<R>,
    allowed: u64,
) -> Result<Option<Explained>, Failure> {
    match Explained::of(server, case, query) {
        Ok(explained) if explained.most.is_none_or(|most| most > allowed) => {
            let text = format!(
                "{:?} calls explained, allowed are {allowed}",
                explained.most
            );
            Err(Failure::new("explained over the budget", text))
        }
        Err(failure) if failure.label == "error Incomplete" => Ok(None),
        explained => explained.map(Some),
    }
}
