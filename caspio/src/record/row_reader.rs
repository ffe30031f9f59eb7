//! Reads a row of a response into a record.

use super::{Key, RowAccess};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// The state of reading a row.
///
/// It outlives the row, so that after a failure it identifies the column.
#[derive(Debug, Default)]
pub(crate) struct RowState {
    /// The column being read, as its index in [`Record::FIELDS`](super::Record::FIELDS).
    pub(crate) field: Option<usize>,
    /// Whether the column was missing from the response.
    pub(crate) missing: bool,
    /// Whether the row's `PK_ID` is being read, without a field for it.
    pub(crate) reads_key: bool,
    /// The row's `PK_ID`, if the struct has no field for it.
    pub(crate) key: Option<Key>,
}

/// Reads one row into `R`.
pub(crate) struct RowSeed<'r, R> {
    state: &'r mut RowState,
    record: PhantomData<R>,
}

impl<'r, R> RowSeed<'r, R> {
    pub(crate) fn new(state: &'r mut RowState) -> Self {
        Self {
            state,
            record: PhantomData,
        }
    }
}

impl<'de, R: super::Decode<'de>> DeserializeSeed<'de> for RowSeed<'_, R> {
    type Value = R;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<R, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, R: super::Decode<'de>> Visitor<'de> for RowSeed<'_, R> {
    type Value = R;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<R, A::Error> {
        // The key of an earlier row is not this row's.
        *self.state = RowState::default();
        R::decode(RowAccess::new(map, R::FIELDS, self.state))
    }
}

/// Reads one row of JSON text; a failure names the column. For tests of the derives.
#[doc(hidden)]
pub fn decode_row<'de, R: super::Decode<'de>>(json: &'de str) -> Result<R, String> {
    let mut state = RowState::default();
    let mut text = serde_json::Deserializer::from_str(json);
    let row = RowSeed::<R>::new(&mut state).deserialize(&mut text);
    row.map_err(|error| {
        let field = state.field.and_then(|index| R::FIELDS.get(index));
        format!("{}: {error}", field.map_or("row", |field| field.name))
    })
}
