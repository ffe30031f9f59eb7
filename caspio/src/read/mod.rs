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
mod group;
mod handle;
mod last;
mod loader;
mod many;
mod mark;
mod merge;
mod only_reads;
mod page;
mod pager;
mod partial;
mod plan;
mod position;
mod query;
mod records;
mod run;
mod scout;
mod segment;
mod split;
mod task;
mod unknown_column;

pub use loader::Loader;
pub use page::{Page, Pages};
pub use partial::{Collected, Partial};
pub use position::Position;
pub use query::Query;
pub use records::RecordStream;

pub(crate) use many::{KeyBatch, key_batches};
pub(crate) use mark::key_literal;
pub(crate) use plan::{MAX_PAGE, key_is};
pub(crate) use scout::key_range;
pub(crate) use split::MAX_URI;
