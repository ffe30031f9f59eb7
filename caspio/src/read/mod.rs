//! Reading: from a query to a complete stream of records.
//!
//! ```text
//! Query -> Plan -> Pager -> one call a page -> decode -> Records / Pages
//! ```
//!
//! A read of more than one page always has a total order, because pages without one come in any
//! order and lose records. A read walks by key: `PK_ID > last`, ordered by `PK_ID`, or the same with
//! the user's own order and `PK_ID` as its tie-break. That neither misses nor doubles a record when
//! others are inserted or deleted meanwhile, which page numbers do.

mod aggregate;
mod condition;
mod cursor;
mod execute;
mod get_many;
mod group;
mod handle;
mod in_flight;
mod key_range;
mod key_segments;
mod loader;
mod merge;
mod only_reads;
mod pager;
mod pages;
mod partial;
mod plan;
mod position;
mod query;
mod records;
mod row_cursor;
mod unknown_column;
mod url_budget;

pub use loader::Loader;
pub use pages::{Page, Pages};
pub use partial::{Collected, Partial};
pub use position::Position;
pub use query::Query;
pub use records::RecordStream;

pub(crate) use get_many::{KeyBatch, key_batches};
pub(crate) use key_range::key_range;
pub(crate) use plan::{MAX_PAGE, key_is};
pub(crate) use url_budget::MAX_URI;
