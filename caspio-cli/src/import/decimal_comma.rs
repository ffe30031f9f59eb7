//! Columns with decimal commas, in which a point may separate thousands.

use std::collections::BTreeMap;

/// What to do about a number that may be a thousand times as large.
const HINT: &str = "write it without points, or with a fourth decimal place";

/// The columns of a file with a number that has a decimal comma: the number, and its line.
#[derive(Debug, Default)]
pub(super) struct DecimalCommas(BTreeMap<usize, (String, u64)>);

impl DecimalCommas {
    /// Notes the first number with a decimal comma in a column.
    pub(super) fn note(&mut self, column: usize, cell: &str, line: u64) {
        let cell = cell.trim();
        if has_decimal_comma(cell) {
            let found = || (cell.to_owned(), line);
            self.0.entry(column).or_insert_with(found);
        }
    }

    /// Checks that a cell means the same number if points separate thousands in its column.
    ///
    /// # Errors
    ///
    /// It may be a thousand times as large.
    pub(super) fn check(&self, column: usize, cell: &str) -> Result<(), String> {
        let cell = cell.trim();
        match self.0.get(&column) {
            Some((number, line)) if has_groups(cell) => Err(format!(
                "{}: the column has a decimal comma in {number:?} of line {line}; {HINT}",
                may_be(cell)
            )),
            _ => Ok(()),
        }
    }
}

/// Checks that a cell is not one of those for which an earlier import refused its row, for this reason.
///
/// # Errors
///
/// It was not changed, or only saved by a spreadsheet, which removes zeros at the end. The file of refused rows may
/// have no decimal comma any more.
pub(super) fn check_changed(reason: &str, column: &str, cell: &str) -> Result<(), String> {
    let cell = with_three_decimals(cell.trim());
    let refused = format!("{column}: {}: ", may_be(&cell));
    if !has_groups(&cell)
        || !(reason.starts_with(&refused) || reason.contains(&format!("; {refused}")))
    {
        return Ok(());
    }
    Err(format!(
        "{}: the column has decimal commas in the file that was imported first; {HINT}",
        may_be(&cell)
    ))
}

/// Returns a number of fewer decimals with three of them, and any other text as it is.
fn with_three_decimals(cell: &str) -> String {
    let (whole, fraction) = cell.split_once('.').unwrap_or((cell, ""));
    let is_number =
        is_digits(unsigned(whole)) && fraction.bytes().all(|byte| byte.is_ascii_digit());
    match is_number && fraction.len() < 3 {
        true => format!("{whole}.{fraction:0<3}"),
        false => cell.to_owned(),
    }
}

fn may_be(cell: &str) -> String {
    format!("{cell:?} may be {}", cell.replace('.', ""))
}

/// Returns whether a text is a number like `1.234,56` or `3,5`. In `1,234` the comma may separate thousands.
fn has_decimal_comma(text: &str) -> bool {
    let Some((whole, fraction)) = unsigned(text).split_once(',') else {
        return false;
    };
    let is_thousand = is_first_group(whole) && fraction.len() == 3;
    is_digits(fraction) && (is_digits(whole) || has_groups(whole)) && !is_thousand
}

/// Returns whether a text is a number like `1.234`, whose points may separate thousands.
fn has_groups(text: &str) -> bool {
    let mut groups = unsigned(text).split('.');
    let first = groups.next().unwrap_or_default();
    let mut rest = groups.peekable();
    is_first_group(first)
        && rest.peek().is_some()
        && rest.all(|group| group.len() == 3 && is_digits(group))
}

/// Returns whether the groups of a number may begin with these digits. `0.125` has no thousands.
fn is_first_group(digits: &str) -> bool {
    is_digits(digits) && digits.len() <= 3 && !digits.starts_with('0')
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_between_three_digits_may_separate_thousands() {
        for text in ["1.234", "-12.345", "123.456.789", "100.000"] {
            assert!(has_groups(text), "{text}");
        }
        for text in [
            "1234", "1.23", "1.2345", "1234.567", ".123", "1.", "1.23a", "", "0.125", "-0.500",
            "0.000",
        ] {
            assert!(!has_groups(text), "{text}");
        }
    }

    #[test]
    fn a_cell_is_compared_with_the_reason_of_its_own_column() {
        let reason = "A: \"x\" is no number; Net B: \"1.234\" may be 1234: why; C: \"-2.500\" may be -2500: why";
        let unchanged = [
            ("Net B", "1.234"),
            ("Net B", " 1.234"),
            ("C", "-2.500"),
            // As a spreadsheet writes it.
            ("C", "-2.5"),
        ];
        for (column, cell) in unchanged {
            assert!(
                check_changed(reason, column, cell).is_err(),
                "{column} {cell}"
            );
        }
        for (column, cell) in [
            ("B", "1.234"),
            ("C", "1.234"),
            ("C", "2.500"),
            ("C", "-2.5000"),
            ("C", "-2500"),
            ("Net B", "1.2340"),
            ("Net B", "11.234"),
            ("A", "x"),
        ] {
            assert_eq!(
                check_changed(reason, column, cell),
                Ok(()),
                "{column} {cell}"
            );
        }
    }

    #[test]
    fn a_decimal_comma_follows_digits_or_groups() {
        for text in [
            "3,5",
            "-1.234,56",
            "1.234,567",
            "99,90",
            "1,2345",
            "0,125",
            "-0,500",
            "1234,567",
        ] {
            assert!(has_decimal_comma(text), "{text}");
        }
        for text in [
            "1,234",
            "-12,345",
            "999,125",
            "1,234.50",
            "1,234,567",
            "12.34,5",
            ",5",
            "5,",
            "1, 2",
        ] {
            assert!(!has_decimal_comma(text), "{text}");
        }
    }
}
