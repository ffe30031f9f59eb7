//! One row of a response, column by column.

use super::{FieldInfo, Key, PK_ID};
use crate::field::Field;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use std::borrow::Cow;
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
    /// The row's `PK_ID`, if the struct has no field for it.
    pub(crate) key: Option<Key>,
}

/// One row of a response, passed to [`Decode::decode`](super::Decode::decode).
///
/// Columns come in the order of the response, which is nearly always the requested order, so the next expected
/// name is tried first. Names are compared without case, as Caspio does. Columns that the record does not request
/// are skipped.
///
/// ```
/// # use caspio::record::RowAccess;
/// # use serde::de::MapAccess;
/// # fn example<'de, A: MapAccess<'de>>(mut row: RowAccess<'_, 'de, A>) -> Result<(), A::Error> {
/// let mut name: Option<String> = None;
/// while row.next_field()?.is_some() {
///     row.read(&mut name)?;
/// }
/// let name = row.require(name, 0)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct RowAccess<'r, 'de, A> {
    map: A,
    fields: &'static [FieldInfo],
    next: usize,
    state: &'r mut RowState,
    lifetime: PhantomData<&'de ()>,
}

impl<'r, 'de, A: MapAccess<'de>> RowAccess<'r, 'de, A> {
    pub(crate) fn new(map: A, fields: &'static [FieldInfo], state: &'r mut RowState) -> Self {
        Self {
            map,
            fields,
            next: 0,
            state,
            lifetime: PhantomData,
        }
    }

    /// Returns the next requested column as its index in [`Record::FIELDS`](super::Record::FIELDS); `None` at the
    /// end of the row.
    ///
    /// ```
    /// # use caspio::record::RowAccess;
    /// # use serde::de::MapAccess;
    /// # fn example<'de, A: MapAccess<'de>>(mut row: RowAccess<'_, 'de, A>) -> Result<(), A::Error> {
    /// let (mut name, mut age): (Option<String>, Option<i32>) = (None, None);
    /// while let Some(index) = row.next_field()? {
    ///     match index {
    ///         0 => row.read(&mut name)?,
    ///         _ => row.read(&mut age)?,
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Malformed JSON.
    #[inline]
    pub fn next_field(&mut self) -> Result<Option<usize>, A::Error> {
        loop {
            let seed = NameSeed {
                fields: self.fields,
                next: self.next,
            };
            match self.map.next_key_seed(seed)? {
                Some(Name::Field(index)) => {
                    self.next = index + 1;
                    self.state.field = Some(index);
                    return Ok(Some(index));
                }
                Some(Name::Key) => self.state.key = self.map.next_value_seed(KeySeed)?,
                Some(Name::Other) => {
                    self.map.next_value::<IgnoredAny>()?;
                }
                None => return Ok(None),
            }
        }
    }

    /// Reads the value of the column that [`next_field`](Self::next_field) returned.
    ///
    /// ```
    /// # use caspio::record::RowAccess;
    /// # use serde::de::MapAccess;
    /// # fn example<'de, A: MapAccess<'de>>(mut row: RowAccess<'_, 'de, A>) -> Result<(), A::Error> {
    /// if row.next_field()? == Some(0) {
    ///     let name: String = row.value()?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The value does not fit `T`.
    #[inline]
    pub fn value<T: Field<'de>>(&mut self) -> Result<T, A::Error> {
        self.map.next_value_seed(FieldSeed(PhantomData))
    }

    /// Stores the value of the column that [`next_field`](Self::next_field) returned.
    ///
    /// ```
    /// # use caspio::record::RowAccess;
    /// # use serde::de::MapAccess;
    /// # fn example<'de, A: MapAccess<'de>>(mut row: RowAccess<'_, 'de, A>) -> Result<(), A::Error> {
    /// let mut name: Option<String> = None;
    /// if row.next_field()? == Some(0) {
    ///     row.read(&mut name)?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The value does not fit `T`.
    // One copy a type, not one a column: inlined, it doubles the build time of the users' structs
    // and is no faster.
    #[inline(never)]
    pub fn read<T: Field<'de>>(&mut self, place: &mut Option<T>) -> Result<(), A::Error> {
        *place = Some(self.value()?);
        Ok(())
    }

    /// Reads the value of the column that [`next_field`](Self::next_field) returned, `None` for null.
    ///
    /// ```
    /// # use caspio::record::RowAccess;
    /// # use serde::de::MapAccess;
    /// # fn example<'de, A: MapAccess<'de>>(mut row: RowAccess<'_, 'de, A>) -> Result<(), A::Error> {
    /// if row.next_field()? == Some(0) {
    ///     let age: i32 = row.value_or_null()?.unwrap_or(-1);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The value is not null and does not fit `T`.
    pub fn value_or_null<T: Field<'de>>(&mut self) -> Result<Option<T>, A::Error> {
        self.map
            .next_value_seed(FieldSeed::<Option<T>>(PhantomData))
    }

    /// Reads the value of the column that [`next_field`](Self::next_field) returned with a seed.
    ///
    /// This is how `#[caspio(with = "...")]` calls a function of the program.
    ///
    /// ```
    /// # use caspio::record::RowAccess;
    /// # use serde::de::MapAccess;
    /// use std::marker::PhantomData;
    ///
    /// # fn example<'de, A: MapAccess<'de>>(mut row: RowAccess<'_, 'de, A>) -> Result<(), A::Error> {
    /// if row.next_field()? == Some(0) {
    ///     let share: f64 = row.value_with(PhantomData::<f64>)?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// What the seed reports.
    pub fn value_with<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(seed)
    }

    /// Reads the value as [`value_with`](Self::value_with) does, `None` for null.
    ///
    /// ```
    /// # use caspio::record::RowAccess;
    /// # use serde::de::MapAccess;
    /// use std::marker::PhantomData;
    ///
    /// # fn example<'de, A: MapAccess<'de>>(mut row: RowAccess<'_, 'de, A>) -> Result<(), A::Error> {
    /// if row.next_field()? == Some(0) {
    ///     let share: Option<f64> = row.value_or_null_with(PhantomData::<f64>)?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// What the seed reports.
    pub fn value_or_null_with<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.map.next_value_seed(OrNull(seed))
    }

    /// Returns the value of a column, or what stands for it if the response has no such column.
    ///
    /// ```
    /// # use caspio::record::RowAccess;
    /// # use serde::de::MapAccess;
    /// # fn example<'de, A: MapAccess<'de>>(mut row: RowAccess<'_, 'de, A>) -> Result<(), A::Error> {
    /// let mut name: Option<String> = None;
    /// while row.next_field()?.is_some() {
    ///     row.read(&mut name)?;
    /// }
    /// let name: String = row.require(name, 0)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The column is missing, and its type has no value for a missing column.
    #[inline]
    pub fn require<T: Field<'de>>(
        &mut self,
        value: Option<T>,
        index: usize,
    ) -> Result<T, A::Error> {
        match value.or_else(T::absent) {
            Some(value) => Ok(value),
            None => Err(self.missing(index)),
        }
    }

    /// Returns the value of a column whose type is converted by functions of the program.
    ///
    /// ```
    /// # use caspio::record::RowAccess;
    /// # use serde::de::MapAccess;
    /// use std::time::Duration;
    ///
    /// # fn example<'de, A: MapAccess<'de>>(mut row: RowAccess<'_, 'de, A>) -> Result<(), A::Error> {
    /// let mut length: Option<Duration> = None;
    /// while row.next_field()?.is_some() {
    ///     length = Some(Duration::from_secs(row.value()?));
    /// }
    /// let length: Duration = row.given(length, 0)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The column is missing.
    pub fn given<T>(&mut self, value: Option<T>, index: usize) -> Result<T, A::Error> {
        match value {
            Some(value) => Ok(value),
            None => Err(self.missing(index)),
        }
    }

    /// Returns the name of the next column, for records without a fixed shape; `None` at the end of the row.
    ///
    /// Read its value with [`value`](Self::value) or [`value_with`](Self::value_with).
    ///
    /// ```
    /// # use caspio::record::RowAccess;
    /// # use serde::de::MapAccess;
    /// use caspio::field::Any;
    ///
    /// # fn example<'de, A: MapAccess<'de>>(mut row: RowAccess<'_, 'de, A>) -> Result<(), A::Error> {
    /// let mut columns = Vec::new();
    /// while let Some(name) = row.next_column()? {
    ///     columns.push((name, row.value::<Any>()?));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Malformed JSON.
    pub fn next_column(&mut self) -> Result<Option<Cow<'de, str>>, A::Error> {
        self.map.next_key_seed(ColumnSeed)
    }

    /// Returns the next column with its value.
    pub(crate) fn next_entry(&mut self) -> Result<Option<(String, Value)>, A::Error> {
        self.map.next_entry()
    }

    /// Creates the error for a column that the response does not contain.
    ///
    /// ```
    /// # use caspio::record::RowAccess;
    /// # use serde::de::MapAccess;
    /// # fn example<'de, A: MapAccess<'de>>(mut row: RowAccess<'_, 'de, A>) -> Result<String, A::Error> {
    /// let mut name: Option<String> = None;
    /// while row.next_field()?.is_some() {
    ///     row.read(&mut name)?;
    /// }
    /// match name {
    ///     Some(name) => Ok(name),
    ///     None => Err(row.missing(0)),
    /// }
    /// # }
    /// ```
    #[cold]
    pub fn missing(&mut self, index: usize) -> A::Error {
        self.state.field = Some(index);
        self.state.missing = true;
        A::Error::custom("missing column")
    }
}

enum Name {
    Field(usize),
    Key,
    Other,
}

/// Finds a column by its name, starting with the expected one.
struct NameSeed {
    fields: &'static [FieldInfo],
    next: usize,
}

impl NameSeed {
    fn find(&self, name: &str) -> Name {
        if let Some(field) = self.fields.get(self.next)
            && field.name == name
        {
            return Name::Field(self.next);
        }
        self.search(name)
    }

    #[cold]
    fn search(&self, name: &str) -> Name {
        let mut fields = self.fields.iter();
        match fields.position(|field| field.name.eq_ignore_ascii_case(name)) {
            Some(index) => Name::Field(index),
            None if name.eq_ignore_ascii_case(PK_ID) => Name::Key,
            None => Name::Other,
        }
    }
}

impl<'de> DeserializeSeed<'de> for NameSeed {
    type Value = Name;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for NameSeed {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a column")
    }

    #[inline]
    fn visit_str<E: Error>(self, name: &str) -> Result<Name, E> {
        Ok(self.find(name))
    }
}

/// Reads a column's name, borrowed from the page where it has no escapes.
struct ColumnSeed;

impl<'de> DeserializeSeed<'de> for ColumnSeed {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for ColumnSeed {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a column")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

struct FieldSeed<T>(PhantomData<T>);

impl<'de, T: Field<'de>> DeserializeSeed<'de> for FieldSeed<T> {
    type Value = T;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::read(deserializer)
    }
}

/// Reads null as `None`, and any other value with the seed.
struct OrNull<S>(S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for OrNull<S> {
    type Value = Option<S::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for OrNull<S> {
    type Value = Option<S::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        self.0.deserialize(deserializer).map(Some)
    }
}

/// Reads a `PK_ID`, a number or text.
struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Option<Key>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = Option<Key>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a PK_ID")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E: Error>(self, id: i64) -> Result<Self::Value, E> {
        Ok(Some(Key::Id(id)))
    }

    fn visit_u64<E: Error>(self, id: u64) -> Result<Self::Value, E> {
        i64::try_from(id)
            .map(|id| Some(Key::Id(id)))
            .map_err(E::custom)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Key::Text(text.to_owned())))
    }
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
