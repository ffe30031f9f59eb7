//! Tests of the program, which run it against an emulator.

mod commands;
mod completions;
#[cfg(feature = "conform")]
mod conform;
mod cost;
mod credentials;
mod doctor;
mod errors;
mod excel;
mod export;
mod import;
mod import_again;
mod import_amounts;
mod import_delete_missing;
mod import_disturbed;
mod import_dry_run;
#[cfg(unix)]
mod import_kill;
mod import_lookup;
#[cfg(unix)]
mod import_refused_file;
mod import_refused_names;
#[cfg(unix)]
mod import_resume;
#[cfg(unix)]
mod import_stop;
#[cfg(unix)]
mod import_stopped_again;
mod import_sync;
#[cfg(unix)]
mod import_sync_stop;
#[cfg(unix)]
mod import_twice;
#[cfg(feature = "keyring")]
mod keyring;
#[cfg(feature = "parquet")]
mod parquet;
mod pipe;
mod raw;
mod record;
mod resume;
mod schema;
mod schema_export;
mod support;
mod usage;
mod write;
