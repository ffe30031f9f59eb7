//! One row of a response, column by column.

use super::column_name::{ColumnSeed, Name, NameSeed};
use super::row_state::RowState;
use super::value_seed::{FieldSeed, KeyFieldSeed, KeySeed, OrNull};
use super::{FieldInfo, Key};
use crate::field::Field;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess};
use std::borrow::Cow;
use std::marker::PhantomData;

/// One row of a response, passed to [`Decode::decode`](super::Decode::decode).
///
/// Columns come in the order of the response, which is nearly always the requested order, so the next expected
/// name is tried first. Names are compared without case, as Caspio does. Columns that the record does not request
/// are skipped.
///
/// ```
/// # use caspio::advanced::RowAccess;
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
    pub(super) fn new(map: A, fields: &'static [FieldInfo], state: &'r mut RowState) -> Self {
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
    /// # use caspio::advanced::RowAccess;
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
                Some(Name::Key) => self.keep_key()?,
                Some(Name::Other) => {
                    self.map.next_value::<IgnoredAny>()?;
                }
                None => {
                    self.state.field = None;
                    return Ok(None);
                }
            }
        }
    }

    /// Reads the `PK_ID` of a record whose struct has no field for it.
    fn keep_key(&mut self) -> Result<(), A::Error> {
        self.state.field = None;
        self.state.reads_key = true;
        self.state.key = self.map.next_value_seed(KeySeed)?;
        self.state.reads_key = false;
        Ok(())
    }

    /// Checks the `PK_ID` of a record without a fixed shape.
    pub(super) fn check_key(&mut self, raw: &str) -> Result<(), A::Error> {
        let key = KeySeed.deserialize(&mut serde_json::Deserializer::from_str(raw));
        self.state.reads_key = key.is_err();
        key.map(drop).map_err(A::Error::custom)
    }

    /// Reads the value of the column that [`next_field`](Self::next_field) returned.
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

    /// Stores the record's `PK_ID`, which may come as a number or as text, whichever type the field has.
    ///
    /// # Errors
    ///
    /// The key does not fit `T`.
    #[inline(never)]
    pub fn read_key<T: Field<'de>>(&mut self, place: &mut Option<T>) -> Result<(), A::Error> {
        *place = Some(self.map.next_value_seed(KeyFieldSeed(PhantomData))?);
        Ok(())
    }

    /// Reads the value of the column that [`next_field`](Self::next_field) returned, `None` for null.
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
    /// # use caspio::advanced::RowAccess;
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
    /// The error of the seed.
    pub fn value_with<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(seed)
    }

    /// Reads the value as [`value_with`](Self::value_with) does, `None` for null.
    ///
    /// # Errors
    ///
    /// The error of the seed.
    pub fn value_or_null_with<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.map.next_value_seed(OrNull(seed))
    }

    /// Returns the value of a column, or its type's value for a missing column.
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
    /// # use caspio::advanced::RowAccess;
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
    /// # use caspio::advanced::RowAccess;
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
        while let Some(name) = self.map.next_key_seed(ColumnSeed)? {
            if !self.state.hides(&name) {
                return Ok(Some(name));
            }
            self.map.next_value::<IgnoredAny>()?;
        }
        Ok(None)
    }

    /// Returns the `PK_ID` of a record whose struct has no field for it, after all columns were read.
    pub(crate) fn key(self) -> Result<Key, A::Error> {
        self.state.key.clone().ok_or_else(|| {
            self.state.reads_key = true;
            A::Error::custom("no key")
        })
    }

    /// Creates the error for a column that the response does not contain.
    #[cold]
    pub fn missing(&mut self, index: usize) -> A::Error {
        self.state.field = Some(index);
        self.state.missing = true;
        A::Error::custom("missing column")
    }
}
