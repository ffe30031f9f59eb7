//! The values of one column, collected for a row group.

use super::value::{PRECISION, SCALE, currency, date_time, number, whole, yes_no};
use crate::column::Kind;
use crate::row::Cell;
use arrow_array::ArrayRef;
use arrow_array::builder::{
    ArrayBuilder, BooleanBuilder, Decimal128Builder, Float64Builder, Int32Builder, Int64Builder,
    ListBuilder, StringBuilder, TimestampMillisecondBuilder,
};
use arrow_schema::{DataType, Field, TimeUnit};

/// Collects values of one kind.
#[derive(Debug)]
pub(super) enum Builder {
    Text(StringBuilder),
    Number(Float64Builder),
    Integer(Int32Builder),
    Whole(Int64Builder),
    Currency(Decimal128Builder),
    DateTime(TimestampMillisecondBuilder),
    YesNo(BooleanBuilder),
    Texts(ListBuilder<StringBuilder>),
    Numbers(ListBuilder<Float64Builder>),
    DateTimes(ListBuilder<TimestampMillisecondBuilder>),
}

/// The columnar type of a kind.
pub(super) fn data_type(kind: Kind) -> DataType {
    let list = |items| DataType::List(Field::new_list_field(items, true).into());
    let date_time = DataType::Timestamp(TimeUnit::Millisecond, None);
    match kind {
        Kind::Text => DataType::Utf8,
        Kind::Number => DataType::Float64,
        Kind::Integer => DataType::Int32,
        Kind::Whole => DataType::Int64,
        Kind::Currency => DataType::Decimal128(PRECISION, SCALE as i8),
        Kind::DateTime => date_time,
        Kind::YesNo => DataType::Boolean,
        Kind::ListText => list(DataType::Utf8),
        Kind::ListNumber => list(DataType::Float64),
        Kind::ListDateTime => list(date_time),
    }
}

impl Builder {
    pub(super) fn new(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(StringBuilder::new()),
            Kind::Number => Self::Number(Float64Builder::new()),
            Kind::Integer => Self::Integer(Int32Builder::new()),
            Kind::Whole => Self::Whole(Int64Builder::new()),
            Kind::Currency => {
                Self::Currency(Decimal128Builder::new().with_data_type(data_type(kind)))
            }
            Kind::DateTime => Self::DateTime(TimestampMillisecondBuilder::new()),
            Kind::YesNo => Self::YesNo(BooleanBuilder::new()),
            Kind::ListText => Self::Texts(ListBuilder::new(StringBuilder::new())),
            Kind::ListNumber => Self::Numbers(ListBuilder::new(Float64Builder::new())),
            Kind::ListDateTime => {
                Self::DateTimes(ListBuilder::new(TimestampMillisecondBuilder::new()))
            }
        }
    }

    /// Adds a value; `None` if it is not of the column's kind.
    pub(super) fn push(&mut self, cell: Cell<'_>) -> Option<()> {
        if cell.is_null() {
            self.push_null();
            return Some(());
        }
        match self {
            Self::Text(values) => values.append_value(cell.text()),
            Self::Number(values) => values.append_value(number(cell)?),
            Self::Integer(values) => values.append_value(i32::try_from(whole(cell)?).ok()?),
            Self::Whole(values) => values.append_value(whole(cell)?),
            Self::Currency(values) => values.append_value(currency(cell)?),
            Self::DateTime(values) => values.append_value(date_time(cell)?),
            Self::YesNo(values) => values.append_value(yes_no(cell)?),
            Self::Texts(lists) => {
                for item in cell.items() {
                    lists.values().append_value(item.text());
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
            Self::Whole(values) => values.append_null(),
            Self::Currency(values) => values.append_null(),
            Self::DateTime(values) => values.append_null(),
            Self::YesNo(values) => values.append_null(),
            Self::Texts(lists) => lists.append_null(),
            Self::Numbers(lists) => lists.append_null(),
            Self::DateTimes(lists) => lists.append_null(),
        }
    }

    /// The values so far as a column; collecting starts anew.
    pub(super) fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(values) => ArrayBuilder::finish(values),
            Self::Number(values) => ArrayBuilder::finish(values),
            Self::Integer(values) => ArrayBuilder::finish(values),
            Self::Whole(values) => ArrayBuilder::finish(values),
            Self::Currency(values) => ArrayBuilder::finish(values),
            Self::DateTime(values) => ArrayBuilder::finish(values),
            Self::YesNo(values) => ArrayBuilder::finish(values),
            Self::Texts(lists) => ArrayBuilder::finish(lists),
            Self::Numbers(lists) => ArrayBuilder::finish(lists),
            Self::DateTimes(lists) => ArrayBuilder::finish(lists),
        }
    }
}
