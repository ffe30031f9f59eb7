//! Merges changes of the account into existing files, and leaves the rest of the files unchanged.
//!
//! A file is edited as text: parsing only locates its parts, and only the parts that changed are
//! replaced. A new file starts as a frame without columns, to which all columns are added.

mod attributes;
mod block;
mod context;
mod derives;
mod docs;
mod edits;
mod imports;
mod insert;
mod key_type;
mod list_enum;
mod modules;
mod new;
mod record;
mod steps;
mod syntax;

pub(crate) use block::{Block, blocks};
pub(crate) use context::Names;
pub(crate) use modules::{ALLOWED, declare, new_modules};
pub(crate) use steps::merge;
pub(crate) use syntax::{Parsed, Struct, list_of};
