//! Values that were read, as cells.

use crate::cell::Cell;
use caspio::prelude::*;
use uuid::Uuid;

/// A value that was read.
pub(crate) trait IntoCell {
    fn into_cell(self) -> Cell;
}

impl<T: IntoCell> IntoCell for Option<T> {
    fn into_cell(self) -> Cell {
        self.map_or(Cell::Null, T::into_cell)
    }
}

impl IntoCell for bool {
    fn into_cell(self) -> Cell {
        Cell::Bool(self)
    }
}

impl IntoCell for i32 {
    fn into_cell(self) -> Cell {
        Cell::Int(self.into())
    }
}

impl IntoCell for i64 {
    fn into_cell(self) -> Cell {
        Cell::Int(self)
    }
}

impl IntoCell for f64 {
    fn into_cell(self) -> Cell {
        Cell::Float(self)
    }
}

impl IntoCell for String {
    fn into_cell(self) -> Cell {
        Cell::Text(self)
    }
}

impl IntoCell for Uuid {
    fn into_cell(self) -> Cell {
        Cell::Guid(self.to_string())
    }
}

impl IntoCell for Decimal {
    fn into_cell(self) -> Cell {
        let scale = 4_u32.checked_sub(self.normalize().scale());
        let scale = scale.expect("four digits after the point");
        let amount = self.normalize().mantissa() * 10_i128.pow(scale);
        Cell::Money(i64::try_from(amount).expect("an amount in the range of money"))
    }
}

impl IntoCell for DateTime {
    fn into_cell(self) -> Cell {
        let thousandth = self.subsec_nanosecond() / 1_000_000;
        Cell::Date(format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{thousandth:03}",
            self.year(),
            self.month(),
            self.day(),
            self.hour(),
            self.minute(),
            self.second(),
        ))
    }
}
