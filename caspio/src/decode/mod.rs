//! Decodes the bytes of a response into records, in one pass and without a copy of the page.

mod explain;
mod page;
mod raw;
mod text;

pub(crate) use page::{decode_page, decode_value, keys, split_rows};
pub(crate) use raw::{RawRow, last_row, raw_row, raw_rows};
