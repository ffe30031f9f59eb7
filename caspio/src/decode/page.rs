//! The envelope of a response and the rows in it.

use super::explain::{Failure, explain, of_read};
use super::key_run::KeyRun;
use super::text::text;
use crate::dialect::{Dialect, Pagination};
use crate::record::{
    Decode, FieldInfo, Key, ObjectKind, PK_ID, Record, RecordMap, RowAccess, RowSeed, RowState,
    reason_and_place, with_key,
};
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind};
use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IgnoredAny,
    MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;
use std::fmt;
use std::marker::PhantomData;

/// The records of one page.
#[derive(Debug)]
pub(crate) struct DecodedPage<R> {
    pub(crate) records: Vec<R>,
    pub(crate) keys: KeyRun,
    /// How many records there are, if the response reports it.
    pub(crate) total: Option<u64>,
}

/// Decodes all rows of a page; `expected` sizes the vector.
///
/// # Errors
///
/// `Protocol` for a response that is not what the service documents, `Decode` for a row that does not fit `R`. The
/// latter names the record, the column, what was expected and what was received.
pub(crate) fn decode_page<'de, R: Decode<'de>>(
    body: &'de [u8],
    dialect: &dyn Dialect,
    target: &Target,
    expected: usize,
) -> Result<DecodedPage<R>, Error> {
    decode_page_without(body, dialect, target, expected, Vec::new())
}

/// Decodes as [`decode_page`] does, without the `hidden` columns, which records without a fixed shape would have.
pub(crate) fn decode_page_without<'de, R: Decode<'de>>(
    body: &'de [u8],
    dialect: &dyn Dialect,
    target: &Target,
    expected: usize,
    hidden: Vec<String>,
) -> Result<DecodedPage<R>, Error> {
    let member = dialect.rows_member();
    let mut state = RowState::hiding(hidden);
    let mut row = 0;
    let mut keys = KeyRun::default();
    let mut total = None;
    let rows = RowsSeed::<R> {
        state: &mut state,
        row: &mut row,
        keys: &mut keys,
        kind: target.kind,
        expected,
        record: PhantomData,
    };
    let mut deserializer = serde_json::Deserializer::from_str(text(body, target)?);
    let read = EnvelopeSeed {
        member,
        total: &mut total,
        value: rows,
    }
    .deserialize(&mut deserializer)
    .and_then(|records| deserializer.end().map(|()| records));
    let records = read.map_err(|error| {
        let failure = Failure {
            body,
            member,
            row,
            fields: R::FIELDS,
            state: &state,
        };
        explain(&failure, error, target)
    })?;
    if let Some(key) = keys.malformed.take() {
        key_of(key, target)?;
    }
    Ok(DecodedPage {
        records,
        keys,
        total,
    })
}

/// Returns the key in the form of the table's or view's keys.
fn key_of(key: Key, target: &Target) -> Result<Key, Error> {
    key.in_form_of(target.kind).map_err(|key| {
        let message = format!("{:?} is not a key of a {}", key.to_string(), target.kind);
        let error = of_read(Error::new(ErrorKind::Protocol, message), target);
        with_key(error.with_field(PK_ID), &key)
    })
}

/// Returns the `PK_ID` of every row of a response, in the form of the table's or view's keys.
///
/// # Errors
///
/// `Decode`: a row has no key. `Protocol`: a key has another form, or the response is not what the service documents.
pub(crate) fn keys(body: &[u8], dialect: &dyn Dialect, target: &Target) -> Result<Vec<Key>, Error> {
    let rows = decode_page::<KeyOnly>(body, dialect, target, 0)?.records;
    rows.into_iter().map(|row| key_of(row.0, target)).collect()
}

/// A row of which only the `PK_ID` is read.
struct KeyOnly(Key);

impl Record for KeyOnly {
    type Source = RecordMap;
    type At<'p> = Self;
    const FIELDS: &'static [FieldInfo] = &[];
}

impl<'de> Decode<'de> for KeyOnly {
    fn decode<A: MapAccess<'de>>(mut row: RowAccess<'_, 'de, A>) -> Result<Self, A::Error> {
        while row.next_field()?.is_some() {}
        row.key().map(Self)
    }
}

/// Splits a response into its rows without decoding them, and returns the total that it reports.
///
/// # Errors
///
/// `Protocol`: the response is not what the service documents.
pub(crate) fn split_rows<'a>(
    body: &'a [u8],
    dialect: &dyn Dialect,
    target: &Target,
) -> Result<(Vec<&'a RawValue>, Option<u64>), Error> {
    decode_member(body, dialect).map_err(|error| of_read(error, target))
}

/// Decodes a response that contains something other than rows: a list of names, a definition.
///
/// # Errors
///
/// `Protocol`: the response has another shape.
pub(crate) fn decode_value<T: DeserializeOwned>(
    body: &[u8],
    dialect: &dyn Dialect,
) -> Result<T, Error> {
    let (value, _) = decode_member(body, dialect)?;
    Ok(value)
}

/// Decodes the member of a response that holds the content, and the total that the response reports. The
/// value may borrow from the response.
///
/// # Errors
///
/// `Protocol`: the response has another shape.
pub(crate) fn decode_member<'de, T: Deserialize<'de>>(
    body: &'de [u8],
    dialect: &dyn Dialect,
) -> Result<(T, Option<u64>), Error> {
    let member = dialect.rows_member();
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let mut total = None;
    let value = EnvelopeSeed {
        member,
        total: &mut total,
        value: PhantomData::<T>,
    }
    .deserialize(&mut deserializer)
    .and_then(|value| deserializer.end().map(|()| value))
    .map_err(undocumented)?;
    Ok((value, total))
}

/// Returns the error of a response of another shape than the documented one.
pub(super) fn undocumented(error: serde_json::Error) -> Error {
    let reason = reason_and_place(&error);
    let message = format!("the response is not what Caspio documents: {reason}");
    Error::new(ErrorKind::Protocol, message).with_source(error)
}

/// Finds one member of an object by its name, without case, and reads it with `value`. Also reads the total
/// number of records, if the object has one.
struct EnvelopeSeed<'t, S> {
    member: &'static str,
    total: &'t mut Option<u64>,
    value: S,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for EnvelopeSeed<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for EnvelopeSeed<'_, S> {
    type Value = S::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}`", self.member)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<S::Value, A::Error> {
        let mut seed = Some(self.value);
        let mut found = None;
        while let Some(name) = map.next_key::<MemberName>()? {
            if Pagination::is_member(&name.0) {
                *self.total = map.next_value::<Pagination>()?.total;
                continue;
            }
            if !name.0.eq_ignore_ascii_case(self.member) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            // Using one of the two would leave out the rows of the other.
            let value = seed
                .take()
                .ok_or_else(|| A::Error::duplicate_field(self.member))?;
            found = Some(map.next_value_seed(value)?);
        }
        found.ok_or_else(|| A::Error::missing_field(self.member))
    }
}

struct MemberName(String);

impl<'de> Deserialize<'de> for MemberName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

/// Reads rows and counts them, so that a failure can name the row.
struct RowsSeed<'r, R> {
    state: &'r mut RowState,
    /// The number of the row being read; 0 before and after the rows.
    row: &'r mut usize,
    keys: &'r mut KeyRun,
    kind: ObjectKind,
    /// The expected number of rows.
    expected: usize,
    record: PhantomData<R>,
}

impl<'de, R: Decode<'de>> DeserializeSeed<'de> for RowsSeed<'_, R> {
    type Value = Vec<R>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<R>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, R: Decode<'de>> Visitor<'de> for RowsSeed<'_, R> {
    type Value = Vec<R>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Vec<R>, A::Error> {
        let mut records = Vec::with_capacity(self.expected);
        loop {
            *self.row += 1;
            match rows.next_element_seed(RowSeed::<R>::new(self.state))? {
                Some(record) => {
                    let key = record.key().or_else(|| self.state.key.take());
                    self.keys.push(key, self.kind);
                    records.push(record);
                }
                None => break,
            }
        }
        *self.row = 0;
        Ok(records)
    }
}
