//! From an answer's bytes to records, in one pass and without a copy of the page.

mod locate;
mod page;
mod raw;

pub(crate) use page::{count_rows, decode_page, decode_value, keys};
pub(crate) use raw::{RawRow, last_row, raw_row};
