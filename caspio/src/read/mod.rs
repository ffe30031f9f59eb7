//! Reading: from a query to a complete stream of records.
//!
//! ```text
//! Query -> Plan -> Pager -> one call a page -> decode -> RecordStream / Pages
//! ```
//!
//! [`Query`] has the methods that restrict, sort and read; conditions are made by [`Column`](crate::Column).
//!
//! A read of more than one page always has a total order: without one, Caspio returns the pages in any
//! order, and records are lost. A read continues by key: `PK_ID > last`, ordered by `PK_ID`, or the same with
//! the user's own order and `PK_ID` as its tie-break. Unlike page numbers, this never misses or repeats a
//! record when others are inserted or deleted in the meantime.
//!
//! Every page is checked: its records must follow those before it, in the order of the read, and there must be
//! as many as the response reports. In a view, or in an order of the user's own, a page also begins with the last
//! record of the page before, which is not delivered again; so it has 999 new records. A record that is found
//! again by its values proves that none was lost, also where the service shows a value in another way than it
//! compares it: null as an empty text, or a float with fewer digits. A read that names its columns also selects which
//! texts of its order are null. If the record was deleted or changed in the meantime, finding the place again takes
//! more calls; [`Query::stream`] documents how many.

mod after_cursor;
mod after_position;
mod aggregate;
mod budget;
mod computed;
mod cursor;
mod density;
mod execute;
mod explain;
mod fill;
mod get_many;
mod group;
mod handle;
mod key_range;
mod key_segments;
mod list_parts;
mod loader;
mod merge;
mod only_reads;
mod order_check;
mod overlap;
mod page_call;
mod page_content;
mod page_request;
mod pager;
mod pages;
mod partial;
mod plan;
mod position;
mod query;
mod range_planner;
mod record_page;
mod records;
mod row_cursor;
mod schedule;
mod seen;
mod selection;
mod shown_values;
mod span;
mod unknown_column;
mod url_budget;

pub use explain::{ExplainedCall, Explanation};
pub use loader::Loader;
pub use pages::{Page, Pages};
pub use partial::{Collected, Partial};
pub use position::Position;
pub use query::Query;
pub use record_page::RecordPage;
pub use records::RecordStream;

pub(crate) use get_many::{KeyBatch, key_batches};
pub(crate) use key_range::key_range;
pub(crate) use list_parts::batches;
pub(crate) use plan::{MAX_PAGE, key_is};
pub(crate) use unknown_column::{explain_unknown_column, names_unknown_column};
pub(crate) use url_budget::MAX_URI;
