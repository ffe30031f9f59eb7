//! Converts values of a response to values of typed columns.

use crate::row::Cell;
use caspio::field::Field;
use caspio::{DateTime, Decimal};

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// The decimal places of Currency.
pub(super) const SCALE: u32 = 4;
/// The digits of Currency.
pub(super) const PRECISION: u8 = 19;

/// Parses a number, which is inexact, as Caspio's are.
pub(super) fn number(cell: Cell<'_>) -> Option<f64> {
    cell.json().parse().ok()
}

/// Parses a whole number. Caspio's may have a fraction of zero.
pub(super) fn whole(cell: Cell<'_>) -> Option<i64> {
    let text = cell.json();
    match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => {
            whole.parse().ok()
        }
        _ => text.parse().ok(),
    }
}

/// Parses an amount in units of its last decimal place, keeping every digit.
pub(super) fn currency(cell: Cell<'_>) -> Option<i128> {
    let amount = read::<Decimal>(cell)?;
    let mut scaled = amount;
    scaled.rescale(SCALE);
    let fits = scaled == amount && scaled.mantissa().unsigned_abs() < 10_u128.pow(PRECISION.into());
    fits.then(|| scaled.mantissa())
}

/// Parses a date to milliseconds of wall-clock time since 1970.
pub(super) fn date_time(cell: Cell<'_>) -> Option<i64> {
    let since = read::<DateTime>(cell)?.duration_since(EPOCH);
    i64::try_from(since.as_millis()).ok()
}

pub(super) fn yes_no(cell: Cell<'_>) -> Option<bool> {
    match cell.json() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// Reads a value as the SDK's records do.
fn read<'p, T: Field<'p>>(cell: Cell<'p>) -> Option<T> {
    T::read(&mut serde_json::Deserializer::from_str(cell.json())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_every_digit() {
        assert_eq!(
            currency(Cell::of("922337203685477.5807")),
            Some(9_223_372_036_854_775_807)
        );
        assert_eq!(currency(Cell::of("-0.1")), Some(-1000));
        assert_eq!(currency(Cell::of("1.50000")), Some(15_000));
        assert_eq!(currency(Cell::of("0.00001")), None);
    }

    #[test]
    fn dates_are_milliseconds_of_wall_clock_time() {
        assert_eq!(
            date_time(Cell::of(r#""1970-01-02T00:00:00.607""#)),
            Some(86_400_607)
        );
        assert_eq!(date_time(Cell::of(r#""1969-12-31T23:59:59""#)), Some(-1000));
        assert_eq!(date_time(Cell::of(r#""2022-01-24T00:00:00Z""#)), None);
    }

    #[test]
    fn whole_numbers_may_end_in_point_zero() {
        assert_eq!(whole(Cell::of("7.0")), Some(7));
        assert_eq!(whole(Cell::of("7.5")), None);
    }
}
