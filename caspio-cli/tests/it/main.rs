//! Tests of the program, which run it against an emulator.

mod commands;
mod credentials;
mod doctor;
mod export;
mod import;
mod import_again;
#[cfg(unix)]
mod import_kill;
#[cfg(unix)]
mod import_stop;
mod import_sync;
#[cfg(unix)]
mod oracle;
#[cfg(feature = "parquet")]
mod parquet;
mod resume;
mod schema;
mod support;
mod write;
