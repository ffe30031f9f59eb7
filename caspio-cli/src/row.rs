//! A record whose columns are known only at run time, with its values as raw JSON.
//!
//! It borrows from its page, so values are not copied and amounts keep every digit.

use crate::error::{CliError, ExitCode};
use caspio::RecordMap;
use caspio::record::{Decode, FieldInfo, Record, RowAccess};
use caspio_schema::{PK_ID, is_same_name};
use serde::de::MapAccess;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::marker::PhantomData;

/// One record.
#[derive(Debug, Default)]
pub(crate) struct Row<'p> {
    cells: Vec<(Cow<'p, str>, &'p RawValue)>,
}

impl<'p> Row<'p> {
    /// Returns the columns' names, in the order of the response.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.cells.iter().map(|(name, _)| name.as_ref())
    }

    /// Returns the cell at an index, if its column has that name.
    fn at(&self, index: usize, name: &str) -> Option<Cell<'p>> {
        let (found, raw) = self.cells.get(index)?;
        (found == name).then(|| Cell::new(raw))
    }

    fn index_of(&self, name: &str) -> Option<usize> {
        let mut names = self.names();
        names.position(|found| is_same_name(found, name))
    }

    /// Creates the error of a value that a format cannot hold.
    pub(crate) fn misfit(&self, column: &str, cell: Cell<'_>, why: &str) -> CliError {
        let record = match self.get(PK_ID) {
            Some(key) => format!("record {}", key.text()),
            None => "a record".to_owned(),
        };
        let shown: String = cell.json().chars().take(80).collect();
        let message = format!("{record}, column {column:?}: {shown} {why}");
        CliError::new(ExitCode::General, message)
            .with_hint("JSONL (.jsonl, or `--format jsonl`) holds any value")
    }

    /// Returns the cell of a column.
    pub(crate) fn get(&self, name: &str) -> Option<Cell<'p>> {
        self.index_of(name)
            .map(|index| Cell::new(self.cells[index].1))
    }
}

impl Record for Row<'_> {
    type Source = RecordMap;
    type At<'p> = Row<'p>;
    const FIELDS: &'static [FieldInfo] = &[];
}

impl<'de> Decode<'de> for Row<'de> {
    fn decode<A: MapAccess<'de>>(mut row: RowAccess<'_, 'de, A>) -> Result<Self, A::Error> {
        let mut cells = Vec::with_capacity(16);
        while let Some(name) = row.next_column()? {
            let raw = row.value_with(PhantomData::<&'de RawValue>)?;
            cells.push((name, raw));
        }
        Ok(Self { cells })
    }
}

/// A value as raw JSON.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell<'p>(&'p str);

impl<'p> Cell<'p> {
    pub(crate) const NULL: Self = Self("null");

    pub(crate) fn new(raw: &'p RawValue) -> Self {
        Self(raw.get())
    }

    /// Returns the value of valid JSON.
    #[cfg(test)]
    pub(crate) fn of(json: &'p str) -> Self {
        Self(json)
    }

    /// Returns the raw JSON.
    pub(crate) fn json(self) -> &'p str {
        self.0
    }

    pub(crate) fn is_null(self) -> bool {
        self.0 == "null"
    }

    /// Returns whether it is a text.
    pub(crate) fn is_text(self) -> bool {
        self.0.starts_with('"')
    }

    /// Returns whether it is an object or an array, as only lists are.
    pub(crate) fn is_list(self) -> bool {
        self.0.starts_with(['{', '['])
    }

    /// Returns the value as text, as [`text`](Self::text) does; `None` for a string that is not Unicode, because half
    /// of a surrogate pair is missing.
    pub(crate) fn exact_text(self) -> Option<Cow<'p, str>> {
        let text = self.text();
        let is_raw = text.starts_with('"') && text == self.0;
        (!is_raw).then_some(text)
    }

    /// Returns the value as text: strings without quotes and escapes, other values unchanged.
    pub(crate) fn text(self) -> Cow<'p, str> {
        let inner = self.0.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
        match inner {
            Some(plain) if !plain.contains('\\') => Cow::Borrowed(plain),
            Some(_) => serde_json::from_str(self.0).map_or(Cow::Borrowed(self.0), Cow::Owned),
            None => Cow::Borrowed(self.0),
        }
    }

    /// Returns the values of a list in their order; a single value is a list of one.
    pub(crate) fn items(self) -> Vec<Cell<'p>> {
        let read: Result<Items<'p>, _> = serde_json::from_str(self.0);
        match (self.is_null(), self.is_list(), read) {
            (true, ..) => Vec::new(),
            (_, true, Ok(Items(items))) => items.into_iter().map(Cell::new).collect(),
            _ => vec![self],
        }
    }
}

/// The values of an object or an array, in their order.
struct Items<'p>(Vec<&'p RawValue>);

impl<'de: 'p, 'p> serde::Deserialize<'de> for Items<'p> {
    fn deserialize<D: serde::Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Vec<&'de RawValue>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some((_, item)) = map.next_entry::<serde::de::IgnoredAny, _>()? {
                    items.push(item);
                }
                Ok(items)
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut seq: A,
            ) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(items)
            }
        }
        json.deserialize_any(Visitor).map(Items)
    }
}

/// Picks columns out of rows, in a given order.
///
/// The rows of a read have their columns in the same order, so each column is first looked for at its last
/// index.
#[derive(Debug)]
pub(crate) struct Picker {
    columns: Vec<(String, usize)>,
}

impl Picker {
    pub(crate) fn new(names: impl IntoIterator<Item = String>) -> Self {
        Self {
            columns: names.into_iter().map(|name| (name, 0)).collect(),
        }
    }

    /// Returns the cells of the columns; null for columns that the row does not have.
    pub(crate) fn pick<'r, 'p>(
        &'r mut self,
        row: &'r Row<'p>,
    ) -> impl Iterator<Item = (&'r str, Cell<'p>)> {
        self.columns.iter_mut().map(|(name, index)| {
            let cell = row.at(*index, name).unwrap_or_else(|| {
                row.index_of(name).map_or(Cell::NULL, |found| {
                    *index = found;
                    Cell::new(row.cells[found].1)
                })
            });
            (name.as_str(), cell)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_unquoted_and_a_number_keeps_its_digits() {
        assert_eq!(Cell::of(r#""a\"b""#).text(), "a\"b");
        assert_eq!(
            Cell::of("922337203685477.5807").text(),
            "922337203685477.5807"
        );
    }

    #[test]
    fn a_list_keeps_the_order_of_the_response() {
        let texts = |json| -> Vec<String> {
            let items = Cell::of(json).items().into_iter();
            items.map(|item| item.text().into_owned()).collect()
        };
        assert_eq!(texts(r#"{"3":"Frog","1":"Cat"}"#), ["Frog", "Cat"]);
        assert_eq!(texts("[1.50,2]"), ["1.50", "2"]);
        assert_eq!(texts("null"), Vec::<String>::new());
    }

    #[test]
    fn columns_are_found_at_any_index() {
        let mut picker = Picker::new(["b".to_owned(), "c".to_owned(), "a".to_owned()]);
        let (one, two) = (
            RawValue::from_string("1".into()),
            RawValue::from_string("2".into()),
        );
        let (one, two) = (one.expect("JSON"), two.expect("JSON"));
        let row = |names: [&'static str; 2]| Row {
            cells: vec![(names[0].into(), &*one), (names[1].into(), &*two)],
        };
        let mut picked = |row: &Row<'_>| -> Vec<String> {
            picker
                .pick(row)
                .map(|(_, cell)| cell.json().to_owned())
                .collect()
        };

        assert_eq!(picked(&row(["a", "b"])), ["2", "null", "1"]);
        assert_eq!(picked(&row(["B", "A"])), ["1", "null", "2"]);
    }
}
