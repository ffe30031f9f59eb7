//! The functions and the collations that translated SQL calls at run time; the functions are named
//! `ts_...`.

pub(super) mod collation;
pub(super) mod date;
pub(super) mod date_part;
mod date_style;
mod date_text;
pub(super) mod decimal;
mod decimal_tables;
pub(super) mod format;
mod function_tables;
mod functions;
mod guid;
mod install;
mod like;
mod limit;
mod month_names;
mod number;
mod rare_functions;
pub(super) mod scalar;
mod statistics;
mod string_functions;
mod text;

pub use date::stored_date;
pub use decimal::decimal_text;
pub use install::{install, install_with_clock, now};
pub use limit::{Limited, RuntimeLimit, limit_runtime};
