//! The envelope of an answer and the rows in it.

use super::explain::{Failure, explain};
use super::text::text;
use crate::dialect::Dialect;
use crate::record::{Decode, Key, RowSeed, RowState};
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

/// The records of one answer.
#[derive(Debug)]
pub(crate) struct DecodedPage<R> {
    pub(crate) records: Vec<R>,
    /// The last record's `PK_ID`.
    pub(crate) last_key: Option<Key>,
}

/// Reads all rows of an answer, of which there are about so many as `expected`.
///
/// # Errors
///
/// `Protocol` for an answer that is not what the service promises, `Decode` for a row that does not
/// fit `R`; the latter names the record, the column, what was expected and what came.
pub(crate) fn decode_page<'de, R: Decode<'de>>(
    body: &'de [u8],
    dialect: &dyn Dialect,
    target: &Target,
    expected: usize,
) -> Result<DecodedPage<R>, Error> {
    let member = dialect.rows_member();
    let mut state = RowState::default();
    let mut row = 0;
    let rows = RowsSeed::<R> {
        state: &mut state,
        row: &mut row,
        expected,
        record: PhantomData,
    };
    let mut deserializer = serde_json::Deserializer::from_str(text(body, target)?);
    let read = EnvelopeSeed {
        member,
        value: rows,
    }
    .deserialize(&mut deserializer)
    .and_then(|records| deserializer.end().map(|()| records));
    match read {
        Ok(records) => {
            let own = records.last().and_then(|record| record.key());
            Ok(DecodedPage {
                last_key: own.or(state.key),
                records,
            })
        }
        Err(error) => Err(explain(
            &Failure {
                body,
                member,
                row: row.saturating_sub(1),
                fields: R::FIELDS,
                state: &state,
            },
            error,
            target,
        )),
    }
}

/// The `PK_ID` of every row of an answer.
///
/// # Errors
///
/// `Protocol`: a row has none, or the answer is not what the service promises.
pub(crate) fn keys(body: &[u8], dialect: &dyn Dialect, target: &Target) -> Result<Vec<Key>, Error> {
    #[derive(serde::Deserialize)]
    struct Keyed {
        #[serde(rename = "PK_ID", alias = "pk_id")]
        key: Key,
    }
    let rows = decode_value::<Vec<Keyed>>(body, dialect);
    let rows = rows.map_err(|error| error.with_resource(target.to_string()))?;
    Ok(rows.into_iter().map(|row| row.key).collect())
}

/// The rows of an answer, nothing of them being read.
///
/// # Errors
///
/// `Protocol`: the answer is not what the service promises.
pub(crate) fn split_rows<'a>(
    body: &'a [u8],
    dialect: &dyn Dialect,
    target: &Target,
) -> Result<Vec<&'a RawValue>, Error> {
    decode_member(body, dialect).map_err(|error| error.with_resource(target.to_string()))
}

/// Reads an answer whose content is not rows: a list of names, a definition.
///
/// # Errors
///
/// `Protocol`: the answer has another shape.
pub(crate) fn decode_value<T: DeserializeOwned>(
    body: &[u8],
    dialect: &dyn Dialect,
) -> Result<T, Error> {
    decode_member(body, dialect)
}

/// Reads the member of an answer that holds what was asked for; it may borrow from the answer.
fn decode_member<'de, T: Deserialize<'de>>(
    body: &'de [u8],
    dialect: &dyn Dialect,
) -> Result<T, Error> {
    let member = dialect.rows_member();
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    EnvelopeSeed {
        member,
        value: PhantomData::<T>,
    }
    .deserialize(&mut deserializer)
    .map_err(|error| {
        Error::new(
            ErrorKind::Protocol,
            format!("the answer is not what Caspio documents: {error}"),
        )
        .with_source(error)
    })
}

/// Finds one member of an answer's object, its name compared without case, and reads it by `value`.
struct EnvelopeSeed<S> {
    member: &'static str,
    value: S,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for EnvelopeSeed<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for EnvelopeSeed<S> {
    type Value = S::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}`", self.member)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<S::Value, A::Error> {
        let mut seed = Some(self.value);
        let mut found = None;
        while let Some(name) = map.next_key::<MemberName>()? {
            match seed.take_if(|_| name.0.eq_ignore_ascii_case(self.member)) {
                Some(value) => found = Some(map.next_value_seed(value)?),
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
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

/// Reads rows, counting them, so that a failure knows which one it was.
struct RowsSeed<'r, R> {
    state: &'r mut RowState,
    row: &'r mut usize,
    /// About how many there are.
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
            self.state.field = None;
            match rows.next_element_seed(RowSeed::<R>::new(self.state))? {
                Some(record) => records.push(record),
                None => return Ok(records),
            }
        }
    }
}
