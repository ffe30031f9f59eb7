//! Writing: inserts, updates and deletes that are typed, sparing, and never done twice.
//!
//! | to | call | calls spent |
//! |---|---|---|
//! | insert one | [`Table::insert`](crate::Table::insert) | 1 |
//! | update one | [`Table::update`](crate::Table::update), [`Table::save`](crate::Table::save) | 1, or none where nothing changed |
//! | delete one | [`Table::delete`](crate::Table::delete) | 1 |
//! | update or delete by a condition | [`Table::update_where`](crate::Table::update_where), [`Table::delete_where`](crate::Table::delete_where) | 1 |
//! | update or delete all | [`Table::update_all`](crate::Table::update_all), [`Table::delete_all`](crate::Table::delete_all) | 2 |
//! | insert many | [`Table::insert_many`](crate::Table::insert_many), [`insert_stream`](crate::Table::insert_stream) | 1 for every 1,000 |
//! | update many by their keys | [`Table::update_many`](crate::Table::update_many) | 1 for every 1,000 that are set to the same values |
//! | delete many by their keys | [`Table::delete_many`](crate::Table::delete_many) | 1 for every 1,000 |
//! | write what differs from rows | [`Table::sync_many`](crate::Table::sync_many) | the reads; then as for the inserts and updates that are due |
//! | make rows the only records | [`Table::replace_all`](crate::Table::replace_all) | the same, with the whole table read, and 1 for every 1,000 deletes |
//!
//! Many records are written through v4, whatever version the client speaks: all share the account, the
//! token and the meter. The first time a client does so, one call more learns v4's ids of the tables; an
//! account without v4 is found out once, and written to by the client's own version.
//!
//! A call is repeated by itself only where that cannot double anything. An insert whose answer was lost
//! is an error with [`maybe_applied`](crate::Error::maybe_applied), and [`sent`](crate::Error::sent) says
//! what it held; [`Insert::unique_by`] and [`InsertMany::unique_by`](crate::bulk::InsertMany::unique_by) resolve the doubt by looking.

mod affected;
mod assign;
mod by_condition;
pub(crate) mod changes;
mod condition;
mod delete;
pub(crate) mod encode;
pub(crate) mod encoded_row;
pub(crate) mod errors;
mod handle;
pub(crate) mod insert;
pub(crate) mod key_lookup;
mod lists;
pub(crate) mod reconcile;
mod returning;
mod save;
pub(crate) mod send;
pub(crate) mod update;
mod validate;

pub use affected::Affected;
pub use assign::{Assignment, Assignments};
pub use delete::{Delete, DeleteOne};
pub use insert::Insert;
pub use returning::Returning;
pub use update::{ByCondition, ByKey, ColumnsSet, NothingSet, SetsColumns, Update};

/// What a row is sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Insert,
    Update,
}
