//! The commands, one per file.

pub(crate) mod codegen;
pub(crate) mod completions;
#[cfg(feature = "conform")]
pub(crate) mod conform;
pub(crate) mod count;
pub(crate) mod describe;
pub(crate) mod doctor;
pub(crate) mod emulator;
pub(crate) mod export;
pub(crate) mod get;
pub(crate) mod import;
pub(crate) mod list;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod man;
pub(crate) mod names;
pub(crate) mod profiles;
pub(crate) mod query;
pub(crate) mod raw;
pub(crate) mod record;
pub(crate) mod schema;
pub(crate) mod usage;
pub(crate) mod whoami;
pub(crate) mod write;
