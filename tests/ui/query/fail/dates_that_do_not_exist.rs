//! Literals are checked also in code that is never compiled to machine code, as in a generic function.

use caspio::prelude::*;

fn generic<T>(value: T) -> (T, Date, DateTime, Decimal) {
    let day = date!("2024-2-30");
    let at = datetime!("2024-01-31T10:00:00Z");
    let amount = dec!("12.50");
    (value, day, at, amount)
}

fn parsed(text: &str) -> Date {
    date!(text)
}

fn main() {}
