//! Records: what a Rust struct has to say of itself to be read from a table or a view.
//!
//! The derives [`CaspioTable`](derive@crate::CaspioTable), [`CaspioView`](derive@crate::CaspioView)
//! and [`CaspioRecord`](derive@crate::CaspioRecord) write these impls; they can be written by hand
//! as well, the macros are a convenience.
//!
//! | trait | says | implemented by |
//! |---|---|---|
//! | [`Source`] | which table or view, and its typed columns | the derive, once a struct |
//! | [`CaspioTable`], [`CaspioView`] | which of the two it is | the derive |
//! | [`Record`] | which columns a read asks for | the derive |
//! | [`Decode`] | how a row of JSON becomes the struct | the derive |

mod info;
mod map;
#[doc(hidden)]
pub mod part;
mod row;
mod traits;

pub use info::{FieldInfo, Origin, SourceKind, debug_columns};
pub use map::RecordMap;
pub(crate) use row::{PK_ID, RowSeed, RowState};
pub use row::{RowAccess, decode_row};
pub use traits::{AsKey, CaspioTable, CaspioView, Decode, DecodeOwned, Key, Record, Source};
