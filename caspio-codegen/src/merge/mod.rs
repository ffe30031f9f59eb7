//! Changes what changed in the account, and leaves the rest of a file as it is.
//!
//! A file is text: what is parsed only says where in the text things are, and only those parts are
//! written anew that have to be. A new file is a frame without columns, to which all are added.

mod block;
mod context;
mod derives;
mod edits;
mod imports;
mod insert;
mod list_enum;
mod modules;
mod new;
mod record;
mod syntax;

pub(crate) use block::{Block, blocks};
pub(crate) use context::{Names, merge};
pub(crate) use modules::{ALLOWED, declare, new_modules};
pub(crate) use syntax::{Parsed, list_of};
