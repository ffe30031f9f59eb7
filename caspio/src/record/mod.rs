//! Records: the traits a struct implements to be read from a table or view, and to be written to it.
//!
//! The derives [`CaspioTable`](derive@crate::CaspioTable), [`CaspioView`](derive@crate::CaspioView),
//! [`CaspioRecord`](derive@crate::CaspioRecord) and [`CaspioInsert`](derive@crate::CaspioInsert) implement them; they
//! can also be implemented by hand.
//!
//! | trait | defines | implemented by |
//! |---|---|---|
//! | [`Source`] | which table or view, and its typed columns | the derive, once a struct |
//! | [`CaspioTable`], [`CaspioView`] | which of the two it is | the derive |
//! | [`Record`] | which columns a read requests | the derive |
//! | [`Decode`] | how a row of JSON becomes the struct | the derive |
//! | [`ToRow`] | which columns a write sends, and their values | the derive |

mod column_name;
mod columns_by_name;
mod info;
mod key;
mod key_form;
mod map;
#[doc(hidden)]
pub mod projection_check;
mod row;
mod row_access;
mod row_reader;
mod row_state;
#[doc(hidden)]
pub mod schema_check;
#[cfg(feature = "serde")]
mod serde_impls;
mod shown;
mod traits;
mod value_seed;
#[doc(hidden)]
pub mod write_support;

pub use caspio_schema::ObjectKind;
pub(crate) use caspio_schema::PK_ID;
pub use columns_by_name::{ColumnsByName, SourceOfMaps};
pub use info::{FieldInfo, Origin, debug_columns};
pub(crate) use key::with_key;
pub use key::{AsKey, ByReference, ByValue, IntoKey, Key};
pub use map::{MapValue, RecordMap};
pub use row::{Row, ToRow};
pub use row_access::RowAccess;
pub(crate) use row_reader::RowSeed;
pub use row_reader::decode_row;
pub(crate) use row_state::RowState;
pub(crate) use shown::{reason, reason_and_place, shown};
pub use traits::{CaspioTable, CaspioView, Decode, DecodeOwned, Record, Source};
