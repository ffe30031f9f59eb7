//! Inserts, updates and deletes of records.
//!
//! | to | use | calls |
//! |---|---|---|
//! | insert one record | [`Table::insert`](crate::Table::insert) | 1 |
//! | update one record | [`Table::update`](crate::Table::update), [`Table::save`](crate::Table::save) | 1, or none if nothing changed |
//! | delete one record | [`Table::delete`](crate::Table::delete) | 1 |
//! | update or delete by a condition | [`Table::update_where`](crate::Table::update_where), [`Table::delete_where`](crate::Table::delete_where) | 1 |
//! | update or delete all records | [`Table::update_all`](crate::Table::update_all), [`Table::delete_all`](crate::Table::delete_all) | 2 |
//! | insert many records | [`Table::insert_many`](crate::Table::insert_many), [`insert_stream`](crate::Table::insert_stream) | 1 for every 1,000 |
//! | update many records by their keys | [`Table::update_many`](crate::Table::update_many) | 1 for every 1,000 that are set to the same values |
//! | delete many records by their keys | [`Table::delete_many`](crate::Table::delete_many) | 1 for every 1,000 |
//! | write the differences from rows | [`Table::sync_many`](crate::Table::sync_many) | the reads, and the inserts and updates that are needed |
//! | make rows the only records | [`Table::replace_all`](crate::Table::replace_all) | the same, with the whole table read, and 1 for every 1,000 deletes |
//!
//! Every write is a builder; await it to run it. It is a future, so a function of futures, such as
//! `futures::try_join!`, `try_join_all`, `buffered` or `tokio::spawn`, takes it as it is. Writes of many records are in
//! [`bulk`](crate::bulk).
//!
//! ```
//! # mod setup { include!("../doc_setup.rs"); } use setup::*;
//! use futures::future::try_join_all;
//!
//! # async fn example(caspio: Client, ids: Vec<i64>) -> caspio::Result<()> {
//! let contacts = caspio.table::<Contact>();
//! try_join_all(ids.iter().map(|id| contacts.update(*id).set(|c| c.active.to(false)))).await?;
//! try_join_all(ids.iter().map(|id| contacts.delete(*id))).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Many records are written through v4, with any version of the client; account, token and meter are shared. The
//! first time, one more call reads v4's ids of the tables. If an account has no v4, which a client finds out once,
//! the client's own version writes the records.
//!
//! A call is repeated automatically only where that cannot write twice. An insert whose response was lost fails with
//! [`maybe_applied`](crate::Error::maybe_applied), and [`sent`](crate::Error::sent) returns its row; with
//! [`Insert::unique_by`] and [`InsertMany::unique_by`](crate::bulk::InsertMany::unique_by) the SDK finds out whether it
//! was written.

mod affected;
mod amounts;
mod assign;
mod attempt;
mod by_condition;
pub(crate) mod changes;
mod claims;
mod condition;
mod delete;
pub(crate) mod encode;
pub(crate) mod encoded_row;
pub(crate) mod errors;
mod found_record;
mod handle;
pub(crate) mod insert;
pub(crate) mod kept;
mod key_column;
pub(crate) mod key_lookup;
pub(crate) mod key_set;
pub(crate) mod lists;
mod one_condition;
pub(crate) mod reconcile;
mod returning;
mod row_lookup;
mod save;
pub(crate) mod send;
pub(crate) mod send_rows;
mod single_sender;
mod update;
mod update_by_condition;
pub(crate) mod update_by_key;
mod validate;

pub use affected::Affected;
pub use assign::{AssignFn, Assignment, Assignments, Nullable};
pub use delete::{Delete, DeleteTarget};
pub use insert::Insert;
pub use returning::Returning;
pub use row_lookup::{FoundRow, RowLookup};
pub use save::Save;
pub use update::{ColumnsSet, NothingSet, SetsColumns, Update, UpdateTarget};
pub use update_by_condition::ByCondition;
pub use update_by_key::ByKey;

/// What a row is sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Insert,
    Update,
}
