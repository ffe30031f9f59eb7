//! Imports: a file's rows are written to a table, and refused rows to a file of their own.
//!
//! ```text
//! csv, lines, parquet -> open (source rows) -> column_mapping (columns) -> convert (values)
//!                          \-> insert or sync -> Caspio
//!                                \-> refused_file (source rows with their line and the reason)
//! ```

mod bytes;
mod cells;
mod claims;
mod column_mapping;
mod convert;
mod cost;
mod csv;
mod decimal_comma;
mod deletions;
mod digits;
mod encoding;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzzing;
mod held_rows;
mod insert;
mod job;
mod journal;
mod key_column;
mod lines;
mod lookup;
mod members;
mod open;
mod open_checked;
mod outage;
#[cfg(feature = "parquet")]
mod parquet;
mod part_file;
mod prepared;
mod progress;
mod reading;
mod reason;
mod refused_columns;
mod refused_file;
mod refused_row;
mod refused_target;
mod resumption;
mod row_feed;
mod run;
mod source_file;
mod source_row;
mod stop;
mod stopped;
mod subject;
mod summary;
mod sync;
mod sync_entries;
mod sync_journal;
mod sync_rows;
mod sync_write;
mod unchanged;
mod unfinished;
mod unresolved_rows;
mod values;
mod violations;

pub(crate) use cost::cost;
pub(crate) use deletions::Deletions;
pub(crate) use encoding::Encoding;
pub(crate) use job::Job;
pub(crate) use reading::Reading;
pub(crate) use refused_target::refused_path;
pub(crate) use run::run;
pub(crate) use source_file::{Input, Pipe};
pub(crate) use stopped::table_of_journal;
pub(crate) use summary::Summary;
pub(crate) use values::values;
