//! Decodes the bytes of a response into records, in one pass and without a copy of the page.

mod explain;
mod key_run;
mod object;
mod page;
mod raw;
mod text;

pub(crate) use key_run::{KEY_ORDERS, KeyRun, follows};
pub(crate) use object::{decode_list, decode_object};
pub(crate) use page::{
    DecodedPage, decode_member, decode_page, decode_page_without, decode_value, keys, split_rows,
};
pub(crate) use raw::{RawRow, raw_row, raw_rows};
