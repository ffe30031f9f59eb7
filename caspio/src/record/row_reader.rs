//! Reads a row of a response into a record.

use super::RowAccess;
use super::row_state::RowState;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

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
        self.state.begin_row();
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
