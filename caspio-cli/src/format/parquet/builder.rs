//! Collects the values of one column for a row group.

use super::value::{PRECISION, SCALE, currency, date_time, number, whole, yes_no};
use crate::row::Cell;
use arrow_array::ArrayRef;
use arrow_array::builder::{
    ArrayBuilder, BooleanBuilder, Decimal128Builder, Float64Builder, Int32Builder, Int64Builder,
    ListBuilder, StringBuilder, TimestampMillisecondBuilder,
};
use arrow_schema::{DataType as ArrowType, Field, TimeUnit};
use caspio_schema::DataType;

/// Collects values of one data type.
#[derive(Debug)]
pub(super) enum Builder {
    Text(StringBuilder),
    Number(Float64Builder),
    Integer(Int32Builder),
    Autonumber(Int64Builder),
    Currency(Decimal128Builder),
    DateTime(TimestampMillisecondBuilder),
    YesNo(BooleanBuilder),
    Texts(ListBuilder<StringBuilder>),
    Numbers(ListBuilder<Float64Builder>),
    DateTimes(ListBuilder<TimestampMillisecondBuilder>),
}

/// Returns the Arrow type of a data type.
pub(super) fn arrow_type(data_type: &DataType) -> ArrowType {
    let list = |items| ArrowType::List(Field::new_list_field(items, true).into());
    let date_time = ArrowType::Timestamp(TimeUnit::Millisecond, None);
    match data_type {
        DataType::Number => ArrowType::Float64,
        DataType::Integer => ArrowType::Int32,
        DataType::Autonumber => ArrowType::Int64,
        DataType::Currency => ArrowType::Decimal128(PRECISION, SCALE as i8),
        DataType::DateTime | DataType::Timestamp => date_time,
        DataType::YesNo => ArrowType::Boolean,
        DataType::ListText => list(ArrowType::Utf8),
        DataType::ListNumber => list(ArrowType::Float64),
        DataType::ListDateTime => list(date_time),
        _ => ArrowType::Utf8,
    }
}

impl Builder {
    pub(super) fn new(data_type: &DataType) -> Self {
        match data_type {
            DataType::Number => Self::Number(Float64Builder::new()),
            DataType::Integer => Self::Integer(Int32Builder::new()),
            DataType::Autonumber => Self::Autonumber(Int64Builder::new()),
            DataType::Currency => {
                Self::Currency(Decimal128Builder::new().with_data_type(arrow_type(data_type)))
            }
            DataType::DateTime | DataType::Timestamp => {
                Self::DateTime(TimestampMillisecondBuilder::new())
            }
            DataType::YesNo => Self::YesNo(BooleanBuilder::new()),
            DataType::ListText => Self::Texts(ListBuilder::new(StringBuilder::new())),
            DataType::ListNumber => Self::Numbers(ListBuilder::new(Float64Builder::new())),
            DataType::ListDateTime => {
                Self::DateTimes(ListBuilder::new(TimestampMillisecondBuilder::new()))
            }
            _ => Self::Text(StringBuilder::new()),
        }
    }

    /// Adds a value; `None` if it is not of the column's type.
    pub(super) fn push(&mut self, cell: Cell<'_>) -> Option<()> {
        if cell.is_null() {
            self.push_null();
            return Some(());
        }
        match self {
            Self::Text(values) => values.append_value(cell.exact_text()?),
            Self::Number(values) => values.append_value(number(cell)?),
            Self::Integer(values) => values.append_value(i32::try_from(whole(cell)?).ok()?),
            Self::Autonumber(values) => values.append_value(whole(cell)?),
            Self::Currency(values) => values.append_value(currency(cell)?),
            Self::DateTime(values) => values.append_value(date_time(cell)?),
            Self::YesNo(values) => values.append_value(yes_no(cell)?),
            Self::Texts(lists) => {
                for item in cell.items() {
                    lists.values().append_value(item.exact_text()?);
                }
                lists.append(true);
            }
            Self::Numbers(lists) => {
                for item in cell.items() {
                    lists.values().append_value(number(item)?);
                }
                lists.append(true);
            }
            Self::DateTimes(lists) => {
                for item in cell.items() {
                    lists.values().append_value(date_time(item)?);
                }
                lists.append(true);
            }
        }
        Some(())
    }

    fn push_null(&mut self) {
        match self {
            Self::Text(values) => values.append_null(),
            Self::Number(values) => values.append_null(),
            Self::Integer(values) => values.append_null(),
            Self::Autonumber(values) => values.append_null(),
            Self::Currency(values) => values.append_null(),
            Self::DateTime(values) => values.append_null(),
            Self::YesNo(values) => values.append_null(),
            Self::Texts(lists) => lists.append_null(),
            Self::Numbers(lists) => lists.append_null(),
            Self::DateTimes(lists) => lists.append_null(),
        }
    }

    /// Returns the values collected so far as a column, and starts the next one.
    pub(super) fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(values) => ArrayBuilder::finish(values),
            Self::Number(values) => ArrayBuilder::finish(values),
            Self::Integer(values) => ArrayBuilder::finish(values),
            Self::Autonumber(values) => ArrayBuilder::finish(values),
            Self::Currency(values) => ArrayBuilder::finish(values),
            Self::DateTime(values) => ArrayBuilder::finish(values),
            Self::YesNo(values) => ArrayBuilder::finish(values),
            Self::Texts(lists) => ArrayBuilder::finish(lists),
            Self::Numbers(lists) => ArrayBuilder::finish(lists),
            Self::DateTimes(lists) => ArrayBuilder::finish(lists),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_a_surrogate_pair_is_not_written() {
        for (data_type, json) in [
            (DataType::Text255, r#""a\ud800b""#),
            (DataType::Text64000, r#""\udc00""#),
            (DataType::ListText, r#"{"1":"\udfff"}"#),
        ] {
            let mut builder = Builder::new(&data_type);
            assert_eq!(builder.push(Cell::of(json)), None, "{json}");
        }
        let mut builder = Builder::new(&DataType::Text255);
        assert_eq!(builder.push(Cell::of(r#""\ud83d\ude42""#)), Some(()));
    }
}
