//! Cases: a table and a read of it, derived from one number.

use crate::condition::{Comparison, Condition};
use crate::content::{Column, TableContent};
use crate::shown::Shown;
use caspio::Concurrency;
use serde::{Deserialize, Serialize};

/// The most calls at once that `Concurrency::Auto` is documented to make.
const MOST_OF_AUTO: usize = 16;

/// Cases that follow each other share a table, so that it is filled once.
pub(crate) const CASES_OF_A_TABLE: u64 = 32;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Case {
    /// 2, 3 or 4.
    pub(crate) version: u8,
    pub(crate) content: TableContent,
    pub(crate) source: Source,
    pub(crate) record_type: RecordType,
    /// Each is given to `filter` by itself.
    pub(crate) filters: Vec<Condition>,
    /// The columns of the order; `true` descends.
    pub(crate) order: Vec<(Column, bool)>,
    pub(crate) having: Vec<Having>,
    pub(crate) limit: Option<u64>,
    pub(crate) page_size: Option<u16>,
    /// `None` for `Concurrency::Auto`.
    pub(crate) concurrency: Option<usize>,
    pub(crate) how: How,
    pub(crate) writes: Vec<Write>,
    #[serde(default)]
    pub(crate) shown: Shown,
    /// Whether groups by name are sorted by the number of their records first; `true` descends.
    #[serde(default)]
    pub(crate) by_records: Option<bool>,
}

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Source {
    Table,
    /// A view of the records whose `Flag` is yes.
    View,
    /// This view with so many fields that their names do not fit into a URL.
    Wide,
    /// A view of all records, joined with those of another table of their `Count`: none, one or two.
    Joined,
    /// The table by its name at run time, as maps.
    Map,
}

impl Source {
    pub(crate) fn is_view(self) -> bool {
        matches!(self, Self::View | Self::Wide | Self::Joined)
    }
}

/// The struct that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum RecordType {
    Full,
    /// Three columns without the key.
    Narrow,
    /// Code and Value, which is a decimal number in the struct.
    Exact,
    /// Expressions whose names are those of other columns.
    Alias,
    /// Groups of `Name`, with aggregates.
    ByName,
    /// Groups of `Name`, with an aggregate that has this name too.
    ByNameAlias,
    /// Groups of `Qty` and `Count`, in which neither is selected.
    ByTwo,
    /// Groups of `Qty`, with aggregates that have the names of columns.
    ByQtyAlias,
    /// Groups of `Flag`, `Amount` and `At`, with a sum of whole numbers as a decimal.
    ByFlag,
    /// Groups of `Value`.
    ByValue,
}

impl RecordType {
    pub(crate) fn is_grouped(self) -> bool {
        !self.group().is_empty()
    }

    /// Returns the columns of the groups.
    pub(crate) fn group(self) -> &'static [Column] {
        match self {
            Self::ByName | Self::ByNameAlias => &[Column::Name],
            Self::ByTwo => &[Column::Qty, Column::Count],
            Self::ByQtyAlias => &[Column::Qty],
            Self::ByFlag => &[Column::Flag, Column::Amount, Column::At],
            Self::ByValue => &[Column::Value],
            _ => &[],
        }
    }
}

/// A condition on groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Having {
    Records(Comparison, i64),
    SumOfCount(Comparison, i64),
    MaxOfCount(Comparison, i64),
    AverageOfQty(Comparison, i64),
}

/// How the read is made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum How {
    Collect,
    /// A stream that is dropped after so many records, and resumed from its position.
    Stream(Vec<usize>),
    /// Pages, dropped after so many records and resumed from the position after them.
    Pages(Vec<usize>),
    /// `collect_partial` with so many calls, resumed until it is complete.
    Budget(u64),
    /// `collect_partial` with a deadline after so many microseconds, resumed until it is complete.
    Deadline(u64),
    /// Pages of so many records by `page`, each from the position after the one before.
    Page(u16),
    /// A stream of so many records by `limit`, and the rest from its position by a query without it.
    More(u64),
    First,
    Count,
    /// The records that are left after a stream of so many was dropped.
    CountAfter(usize),
    Exists,
    Sum(Column),
    Min(Column),
    Max(Column),
    Get(i64),
    GetMany(Vec<i64>),
    Loader(Vec<i64>),
}

impl How {
    /// Whether one value is computed.
    pub(crate) fn is_aggregate(&self) -> bool {
        use How::{Count, CountAfter, Exists, Max, Min, Sum};
        matches!(
            self,
            Count | CountAfter(_) | Exists | Sum(_) | Min(_) | Max(_)
        )
    }

    /// Whether records can be written while the read delivers others.
    pub(crate) fn is_long(&self) -> bool {
        use How::{Budget, CountAfter, Deadline, More, Page, Pages, Stream};
        matches!(
            self,
            Stream(_) | Pages(_) | Budget(_) | Deadline(_) | Page(_) | More(_) | CountAfter(_)
        )
    }

    /// Whether the read has few calls and no place, so that records are written while they are in progress.
    pub(crate) fn is_short(&self) -> bool {
        *self != Self::Collect && !self.is_long()
    }

    pub(crate) fn is_by_keys(&self) -> bool {
        matches!(self, Self::Get(_) | Self::GetMany(_) | Self::Loader(_))
    }
}

/// What another program does after so many records of the read were delivered.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Write {
    pub(crate) after: usize,
    /// While which of the next calls it is made; 0 is before them.
    #[serde(default)]
    pub(crate) call: usize,
    pub(crate) act: Act,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Act {
    Insert(i64),
    Delete(i64),
    /// Other values in all columns.
    Move(i64, u64),
    /// Deletes the record that was delivered so many before the last one, or one of this group.
    DeleteDelivered(usize),
    /// Gives this record the values, in the columns of the order, of the record that is so many places after it, or
    /// before it if the number is negative.
    Shift(usize, i64),
    /// Gives this record values that may be shown as those that it has.
    Alike(usize),
    /// Gives this record's texts letters of the other case, so that it keeps its place.
    Respell(usize),
}

impl Act {
    /// Whether a record can be gone afterwards, or at another place of the read.
    pub(crate) fn removes(self) -> bool {
        !matches!(self, Self::Insert(_))
    }
}

impl Case {
    /// Whether the case is one that the generator could make: the shrinker tries others too.
    pub(crate) fn is_sound(&self) -> bool {
        let is_sorted = |columns: &[Column]| {
            self.order
                .iter()
                .all(|(column, _)| columns.contains(column))
        };
        let is_exact_sound = self.record_type != RecordType::Exact
            || (self.filters.is_empty()
                && !self.content.extreme
                && is_sorted(&[Column::Key, Column::Value]));
        let is_ordered = if self.record_type.is_grouped() {
            is_sorted(self.record_type.group())
        } else {
            is_sorted(&Column::SORTED)
        };
        let fits_source = match self.source {
            Source::Table => true,
            Source::Map => matches!(self.record_type, RecordType::Full | RecordType::Narrow),
            _ => matches!(
                self.record_type,
                RecordType::Full | RecordType::Narrow | RecordType::ByName
            ),
        };
        let is_one_page = matches!(self.how, How::Collect | How::First);
        let is_by_records =
            self.record_type == RecordType::ByName && self.source == Source::Table && is_one_page;
        let plain = self.record_type == RecordType::Full;
        let is_group_counted =
            self.record_type.is_grouped() && matches!(self.how, How::Count | How::Exists);
        is_ordered
            && is_exact_sound
            && fits_source
            && (2..=4).contains(&self.version)
            && self.concurrency != Some(0)
            && (self.by_records.is_none() || is_by_records)
            && (self.having.is_empty()
                || (self.record_type.is_grouped() && self.source == Source::Table))
            && (plain || !(self.how.is_aggregate() || self.how.is_by_keys()) || is_group_counted)
            && (self.limit.is_none() || !matches!(self.how, How::More(_) | How::Page(_)))
            && self.how != How::Page(0)
            && (self.writes.is_empty() || self.how.is_long() || self.how.is_short())
            && (self.source == Source::Table || !matches!(self.how, How::Loader(_)))
            && (self.source != Source::Map
                || !matches!(self.how, How::Sum(_) | How::Min(_) | How::Max(_)))
            && self.page_size != Some(0)
            && self.content.runs.iter().all(|run| run.step > 0)
            && match &self.how {
                How::Sum(column) => matches!(column, Column::Qty | Column::Amount | Column::Value),
                How::Min(column) | How::Max(column) => column.is_ordered(),
                How::Budget(calls) => *calls > 0,
                _ => true,
            }
            && (!self.how.is_by_keys()
                || (self.filters.is_empty() && self.order.is_empty() && self.limit.is_none()))
    }

    /// Whether records are written while the calls of the read are in progress.
    pub(crate) fn is_written_during(&self) -> bool {
        self.how.is_short() && !self.writes.is_empty()
    }

    pub(crate) fn concurrency(&self) -> Concurrency {
        self.concurrency
            .map_or(Concurrency::Auto, Concurrency::from)
    }

    /// Returns the most calls that may be in progress at once.
    pub(crate) fn most_at_once(&self) -> usize {
        self.concurrency.unwrap_or(MOST_OF_AUTO)
    }

    /// Whether several calls may be in progress at once.
    pub(crate) fn is_concurrent(&self) -> bool {
        self.most_at_once() > 1
    }

    /// Returns the records that one call requests.
    pub(crate) fn page(&self) -> u64 {
        u64::from(self.page_size.unwrap_or(1_000).clamp(1, 1_000))
    }
}
