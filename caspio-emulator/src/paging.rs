//! Which items of a list are returned; the rules are the same in every version.

use crate::http::Refusal;
use crate::http::params::Params;
use serde::Serialize;

const DEFAULT_LIMIT: u64 = 100;
const MAX_ROWS: u64 = 1_000;
const DEFAULT_PAGE_SIZE: u64 = 25;
const MIN_PAGE_SIZE: u64 = 5;

/// A page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Paging {
    pub(crate) number: u64,
    pub(crate) size: u64,
}

/// What v3 reports about a page.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Pagination {
    total_count: u64,
    page_number: u64,
    page_size: u64,
}

/// What v4 reports about a page.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PaginationInV4 {
    total_count: u64,
    page_number: u64,
    page_size: u64,
}

impl Pagination {
    pub(crate) fn in_v4(self) -> PaginationInV4 {
        PaginationInV4 {
            total_count: self.total_count,
            page_number: self.page_number,
            page_size: self.page_size,
        }
    }
}

impl Paging {
    /// Reads `limit`, `pageNumber` and `pageSize`. The limit is ignored if either of the others is
    /// given, and is capped silently; a page size out of range is refused.
    pub(crate) fn of_records(params: &Params) -> Result<Self, Refusal> {
        let limit = params.integer("limit")?;
        if params.get("pageNumber").is_some() || params.get("pageSize").is_some() {
            return Self::of_pages(params);
        }
        // It is not recorded whether a limit below 1 is refused or raised.
        let size = match limit {
            None => DEFAULT_LIMIT,
            Some(limit) if limit < 1 => return Err(Refusal::incorrect_query()),
            Some(limit) => limit.unsigned_abs().min(MAX_ROWS),
        };
        Ok(Self { number: 1, size })
    }

    /// Reads only `pageNumber` and `pageSize`, as lists of files do.
    pub(crate) fn of_pages(params: &Params) -> Result<Self, Refusal> {
        let number = params.integer("pageNumber")?.unwrap_or(1);
        let size = match params.integer("pageSize")? {
            None => DEFAULT_PAGE_SIZE,
            Some(size) => u64::try_from(size).unwrap_or(0),
        };
        if number < 1 || !(MIN_PAGE_SIZE..=MAX_ROWS).contains(&size) {
            return Err(Refusal::incorrect_query());
        }
        Ok(Self {
            number: number.unsigned_abs(),
            size,
        })
    }

    /// Returns how many items to take and how many to skip.
    pub(crate) fn window(self) -> (u64, u64) {
        let skipped = (self.number - 1).saturating_mul(self.size);
        // SQLite counts in i64.
        (self.size, skipped.min(i64::MAX as u64))
    }

    /// Returns the items of the page from a list that is held in memory.
    pub(crate) fn cut<T>(self, items: Vec<T>) -> Vec<T> {
        let (take, skip) = self.window();
        items
            .into_iter()
            .skip(usize::try_from(skip).unwrap_or(usize::MAX))
            .take(usize::try_from(take).unwrap_or(usize::MAX))
            .collect()
    }

    pub(crate) fn pagination(self, total: u64) -> Pagination {
        Pagination {
            total_count: total,
            page_number: self.number,
            page_size: self.size,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(query: &str) -> Result<(u64, u64), Refusal> {
        Paging::of_records(&Params::parse(query)).map(|paging| (paging.number, paging.size))
    }

    #[test]
    fn limit_is_100_by_default_and_1000_at_most() {
        assert_eq!(records(""), Ok((1, 100)));
        assert_eq!(records("q.limit=1"), Ok((1, 1)));
        assert_eq!(records("q.limit=5000"), Ok((1, 1_000)));
    }

    #[test]
    fn limit_is_ignored_with_either_page_parameter() {
        assert_eq!(records("q.limit=1000&q.pageNumber=2"), Ok((2, 25)));
        assert_eq!(records("q.limit=1000&q.pageSize=5"), Ok((1, 5)));
    }

    #[test]
    fn invalid_page_size_is_refused() {
        for query in [
            "q.pageSize=4",
            "q.pageSize=1001",
            "q.pageSize=-5",
            "q.pageSize=ten",
            "q.pageNumber=0",
            "q.limit=abc",
        ] {
            assert_eq!(records(query), Err(Refusal::incorrect_query()), "{query}");
        }
    }
}
