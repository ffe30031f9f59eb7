//! The values of maps as Rust types.

use super::RecordMap;
use crate::field::{Field, FieldValue};
use crate::record::{reason, shown};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use caspio_schema::nearest;
use serde_json::Deserializer;

impl RecordMap {
    /// Returns the value of a column as a Rust type, as it would be read into a struct's field of that type: a
    /// `DateTime`, `Decimal`, `Uuid`, `List`, number, text, `bool` or type of your own. A column that may be null is
    /// read as an `Option`.
    ///
    /// ```
    /// use caspio::prelude::*;
    /// use serde_json::json;
    ///
    /// let order = json!({ "Placed": "2024-01-31T10:00:00", "Total": 12.5, "Note": null });
    /// let order = RecordMap::try_from(order)?;
    ///
    /// let placed: DateTime = order.get_as("Placed")?;
    /// assert_eq!(placed, datetime!("2024-01-31T10:00:00"));
    /// assert_eq!(order.get_as::<Decimal>("Total")?, dec!(12.5));
    /// assert_eq!(order.get_as::<Option<String>>("Note")?, None);
    /// # Ok::<(), caspio::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Decode`: the map does not have the column, or its value does not fit the type. The error names the column, and
    /// what was expected and found.
    #[doc(alias(
        "try_get",
        "get_date",
        "get_datetime",
        "get_uuid",
        "get_i64",
        "get_str"
    ))]
    pub fn get_as<T: for<'de> Field<'de>>(&self, column: &str) -> Result<T> {
        let Some(index) = self.index_of(column) else {
            return T::absent().ok_or_else(|| self.missing(column));
        };
        let (name, json) = &self.columns[index];
        // An amount that JSON's floats do not hold is text in the map, and was a number in the response.
        let text = match (self.spelled(index), self.exact(index)) {
            (Some(json), _) => json.to_owned(),
            (None, Some(FieldValue::Decimal(amount))) => amount.to_string(),
            (None, _) => json.to_string(),
        };
        let value = T::read(&mut Deserializer::from_str(&text));
        value.map_err(|error| misfit::<T>(&text, &error).with_field(name.as_str()))
    }

    fn missing(&self, column: &str) -> Error {
        let near = nearest(column, self.iter().map(|(name, _)| name));
        let hint = match near {
            Some(near) => format!("did you mean {near:?}?"),
            None => "check the name, and the columns of the query".to_owned(),
        };
        let message = format!("the record has no column {column:?}");
        Error::new(ErrorKind::Decode, message)
            .with_field(column)
            .with_hint(hint)
    }
}

fn misfit<T: for<'de> Field<'de>>(found: &str, error: &serde_json::Error) -> Error {
    let message = format!("expected {}, got {}", T::EXPECTED, shown(found));
    let hint = match found {
        "null" => "the column may be null: read it as an `Option`".to_owned(),
        _ => format!(
            "read it as a type that fits the column; parser: {}",
            reason(error)
        ),
    };
    Error::new(ErrorKind::Decode, message).with_hint(hint)
}
