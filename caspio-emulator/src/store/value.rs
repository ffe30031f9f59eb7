//! Converts a JSON value to the stored form of a field's type.

use super::field::Field;
use super::input::Input;
use super::{date, list, password};
use caspio_schema::DataType;
use rusqlite::types::Value;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

/// The value does not fit the field's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InvalidValue;

/// Converts `input` to the stored form of `field`.
///
/// Sources document how each type is read; it is a tolerant assumption that a write accepts more: numbers may be
/// text, Yes/No may be 1 or 0, list values may be keys or labels.
pub(crate) fn coerce(field: &Field, input: &Input) -> Result<Value, InvalidValue> {
    if *input == Input::Null {
        return Ok(null_of(&field.ty));
    }
    match field.ty {
        DataType::Text255 => text(input, 255),
        DataType::Text64000 => text(input, 64_000),
        DataType::File | DataType::Attachment => text(input, 4_000),
        DataType::Password => match input {
            Input::Text(plain) => Ok(Value::Text(password::hash(plain))),
            _ => Err(InvalidValue),
        },
        DataType::Number => number(input),
        DataType::Integer => integer(input),
        DataType::Currency => currency(input),
        DataType::DateTime | DataType::Timestamp => match input {
            Input::Text(text) => date::to_stored(text).map(Value::Text).ok_or(InvalidValue),
            _ => Err(InvalidValue),
        },
        DataType::YesNo => yes_no(input),
        DataType::ListText | DataType::ListNumber | DataType::ListDateTime => keys(field, input),
        _ => Err(InvalidValue),
    }
}

/// Converts `input` to the stored form of `field`, also of fields that Caspio fills.
pub(crate) fn restore(field: &Field, input: &Input) -> Result<Value, InvalidValue> {
    match field.ty {
        DataType::Autonumber => integer(input),
        DataType::Guid | DataType::RandomId | DataType::PrefixedAutonumber => text(input, 255),
        _ => coerce(field, input),
    }
}

/// Describes the values that a field accepts, for a message.
pub(crate) fn expected(field: &Field) -> String {
    let words = match field.ty {
        DataType::Text255 => "a text of at most 255 characters",
        DataType::Text64000 => "a text of at most 64000 characters",
        DataType::File | DataType::Attachment => "a path of at most 4000 characters",
        DataType::Number => "a number such as 12.5",
        DataType::Integer => "a whole number from -2147483648 to 2147483647",
        DataType::Autonumber => "a whole number",
        DataType::Currency => "an amount such as 12.50",
        DataType::DateTime | DataType::Timestamp => {
            "a date from 1753 on, such as 2022-01-24 or 2022-01-24T20:30:51"
        }
        DataType::YesNo => "yes or no",
        DataType::ListText | DataType::ListNumber | DataType::ListDateTime => {
            let labels: Vec<_> = field
                .list
                .iter()
                .map(|(_, value)| list::label(value))
                .collect();
            return format!("values of the list: {}", list::some_of(&labels));
        }
        _ => "a text",
    };
    words.to_owned()
}

/// Returns the value of a field that an insert leaves out.
pub(crate) fn default_value(ty: &DataType) -> Value {
    match ty {
        DataType::Text255 | DataType::Text64000 => Value::Text(String::new()),
        DataType::YesNo => Value::Integer(0),
        _ => Value::Null,
    }
}

/// Caspio has no null for Yes/No; it is inferred that null means "no", fact `null-is-no`.
fn null_of(ty: &DataType) -> Value {
    match ty {
        DataType::YesNo => Value::Integer(0),
        _ => Value::Null,
    }
}

fn text(input: &Input, limit: usize) -> Result<Value, InvalidValue> {
    let text = match input {
        Input::Text(text) | Input::Number(text) => text,
        _ => return Err(InvalidValue),
    };
    // It is inferred that UTF-16 units are counted, fact `text-length-in-utf-16`, and that nothing else of a text is
    // changed, fact `texts-are-kept`.
    if text.encode_utf16().count() <= limit {
        Ok(Value::Text(text.clone()))
    } else {
        Err(InvalidValue)
    }
}

fn digits(input: &Input) -> Result<&str, InvalidValue> {
    match input {
        Input::Number(text) => Ok(text),
        Input::Text(text) if !text.trim().is_empty() => Ok(text.trim()),
        _ => Err(InvalidValue),
    }
}

/// That a Number keeps the digits of a float is inferred, fact `numbers-are-floats`.
fn number(input: &Input) -> Result<Value, InvalidValue> {
    match digits(input)?.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Value::Real(number)),
        _ => Err(InvalidValue),
    }
}

/// A number loses its fraction, as was seen; SQL Server refuses the text of such a number. That it has 32 bits is
/// inferred, fact `integers-have-32-bits`.
fn integer(input: &Input) -> Result<Value, InvalidValue> {
    let number = decimal(digits(input)?)?;
    if matches!(input, Input::Text(_)) && !number.fract().is_zero() {
        return Err(InvalidValue);
    }
    let whole = number.trunc().to_i32();
    whole
        .map(|number| Value::Integer(i64::from(number)))
        .ok_or(InvalidValue)
}

/// Beyond four decimal places money is rounded as SQL Server rounds it; it is inferred that Caspio accepts such
/// amounts: facts `amounts-are-rounded`, `halves-of-amounts` and `amounts-are-exact`.
fn currency(input: &Input) -> Result<Value, InvalidValue> {
    let amount =
        decimal(digits(input)?)?.round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero);
    amount
        .checked_mul(Decimal::from(10_000))
        .and_then(|scaled| scaled.trunc().to_i64())
        .map(Value::Integer)
        .ok_or(InvalidValue)
}

fn decimal(text: &str) -> Result<Decimal, InvalidValue> {
    Decimal::from_str_exact(text)
        .or_else(|_| text.parse())
        .or_else(|_| Decimal::from_scientific(text))
        .or_else(|_| tiny(text))
}

/// Reads a number with more decimal places than a decimal has, such as `5.5e-17`: nothing stored is as small.
fn tiny(text: &str) -> Result<Decimal, InvalidValue> {
    match text.parse::<f64>() {
        Ok(number) if number.abs() < 1e-9 => Ok(Decimal::new(1, 28)),
        _ => Err(InvalidValue),
    }
}

fn yes_no(input: &Input) -> Result<Value, InvalidValue> {
    match input {
        Input::Bool(yes) => Ok(Value::Integer(i64::from(*yes))),
        Input::Number(text) if text == "1" => Ok(Value::Integer(1)),
        Input::Number(text) if text == "0" => Ok(Value::Integer(0)),
        _ => Err(InvalidValue),
    }
}

/// Accepts an array of keys, an array of labels, or the text `[1], [3]` that Caspio's own node
/// sends. A bare value is refused, and so is a key that is not in the definition.
fn keys(field: &Field, input: &Input) -> Result<Value, InvalidValue> {
    let keys = match input {
        Input::Array(items) => items
            .iter()
            .map(|item| key(field, item))
            .collect::<Result<Vec<_>, _>>()?,
        Input::Text(text) => bracketed(field, text)?,
        _ => return Err(InvalidValue),
    };
    Ok(list::stored(keys).map_or(Value::Null, Value::Text))
}

fn key(field: &Field, item: &Input) -> Result<u32, InvalidValue> {
    match item {
        Input::Number(text) => {
            let key = text.parse().map_err(|_| InvalidValue)?;
            field.list.has_key(key).then_some(key).ok_or(InvalidValue)
        }
        Input::Text(text) => field.list.key_of(text).ok_or(InvalidValue),
        _ => Err(InvalidValue),
    }
}

fn bracketed(field: &Field, text: &str) -> Result<Vec<u32>, InvalidValue> {
    text.split(',')
        .map(|piece| {
            let inner = piece
                .trim()
                .strip_prefix('[')
                .and_then(|piece| piece.strip_suffix(']'))
                .ok_or(InvalidValue)?;
            let key = inner.trim().parse().map_err(|_| InvalidValue)?;
            field.list.has_key(key).then_some(key).ok_or(InvalidValue)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(ty: DataType, input: Input) -> Result<Value, InvalidValue> {
        coerce(&Field::new("Field", ty), &input)
    }

    fn digits(text: &str) -> Input {
        Input::Number(text.into())
    }

    #[test]
    fn money_is_exact_to_the_ten_thousandth() {
        for (text, held) in [
            ("0.1", 1_000),
            ("1e2", 1_000_000),
            ("-0.00005", -1),
            ("5.551115123125783e-17", 0),
            ("-2.5e-300", 0),
            ("922337203685477.5807", i64::MAX),
        ] {
            assert_eq!(
                put(DataType::Currency, digits(text)),
                Ok(Value::Integer(held))
            );
        }
        assert_eq!(
            put(DataType::Currency, digits("922337203685477.5808")),
            Err(InvalidValue)
        );
    }

    #[test]
    fn an_integer_is_whole_and_has_32_bits() {
        assert!(put(DataType::Integer, digits("2147483647")).is_ok());
        assert_eq!(
            put(DataType::Integer, digits("2147483648")),
            Err(InvalidValue)
        );
        assert_eq!(put(DataType::Integer, digits("0.5")), Ok(Value::Integer(0)));
        assert_eq!(
            put(DataType::Integer, digits("-1.5")),
            Ok(Value::Integer(-1))
        );
        assert_eq!(
            put(DataType::Integer, digits("5.551115123125783e-17")),
            Ok(Value::Integer(0))
        );
        for text in ["0.5", "5.551115123125783e-17"] {
            let text = Input::Text(text.to_owned());
            assert_eq!(put(DataType::Integer, text), Err(InvalidValue));
        }
    }

    #[test]
    fn empty_text_is_neither_number_nor_date() {
        for ty in [DataType::Number, DataType::Integer, DataType::DateTime] {
            assert_eq!(put(ty, Input::Text(String::new())), Err(InvalidValue));
        }
    }

    #[test]
    fn too_long_text_is_refused() {
        assert!(put(DataType::Text255, Input::Text("é".repeat(255))).is_ok());
        assert_eq!(
            put(DataType::Text255, Input::Text("é".repeat(256))),
            Err(InvalidValue)
        );
    }

    #[test]
    fn list_accepts_keys_labels_and_bracket_text_but_not_a_bare_value() {
        let mut field = Field::new("Pets", DataType::ListText);
        field
            .list
            .redefine(["Cat", "Dog", "Frog"].map(serde_json::Value::from));
        let stored = Ok(Value::Text("[1,3]".into()));

        let keys = Input::Array(vec![digits("3"), digits("1")]);
        let labels = Input::Array(vec![Input::Text("cat".into()), Input::Text("Frog".into())]);
        assert_eq!(coerce(&field, &keys), stored);
        assert_eq!(coerce(&field, &labels), stored);
        assert_eq!(coerce(&field, &Input::Text("[1], [3]".into())), stored);

        assert_eq!(
            coerce(&field, &Input::Text("Cat".into())),
            Err(InvalidValue)
        );
        assert_eq!(
            coerce(&field, &Input::Array(vec![digits("4")])),
            Err(InvalidValue)
        );
    }
}
