//! The functions and the collations that translated SQL calls at run time; the functions are named
//! `ts_...`.

pub(super) mod collation;
pub(super) mod date;
pub(super) mod date_part;
mod date_style;
mod function_tables;
mod functions;
mod guid;
mod install;
mod like;
mod limit;
mod number;
pub(super) mod scalar;
mod statistics;
mod text;

pub use date::stored_date;
pub use install::{install, install_with_clock};
pub use limit::{Limited, RuntimeLimit, limit_runtime};
