//! The calls that the SDK says a read makes.

use crate::case::Case;
use crate::read::Failure;
use crate::server::TestServer;
use caspio::Query;
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
