//! Columns with decimal commas, in which a point may separate thousands.

use std::collections::BTreeMap;

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
                "{cell:?} may be {}: the column has a decimal comma in {number:?} of line {line}; \
                 write it without points, or with a fourth decimal place",
                cell.replace('.', "")
            )),
            _ => Ok(()),
        }
    }
}

/// Returns whether a text is a number as `1.234,56` or `3,5`.
fn has_decimal_comma(text: &str) -> bool {
    let Some((whole, fraction)) = unsigned(text).split_once(',') else {
        return false;
    };
    is_digits(fraction) && (is_digits(whole) || has_groups(whole))
}

/// Returns whether a text is a number as `1.234`, whose points may separate thousands.
fn has_groups(text: &str) -> bool {
    let mut groups = unsigned(text).split('.');
    let first = groups.next().unwrap_or_default();
    let mut rest = groups.peekable();
    is_digits(first)
        && first.len() <= 3
        && rest.peek().is_some()
        && rest.all(|group| group.len() == 3 && is_digits(group))
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
        for text in ["1.234", "-12.345", "123.456.789", "0.125"] {
            assert!(has_groups(text), "{text}");
        }
        for text in [
            "1234", "1.23", "1.2345", "1234.567", ".123", "1.", "1.23a", "",
        ] {
            assert!(!has_groups(text), "{text}");
        }
    }

    #[test]
    fn a_decimal_comma_follows_digits_or_groups() {
        for text in ["3,5", "-1.234,56", "1,234"] {
            assert!(has_decimal_comma(text), "{text}");
        }
        for text in ["1,234.50", "1,234,567", "12.34,5", ",5", "5,", "1, 2"] {
            assert!(!has_decimal_comma(text), "{text}");
        }
    }
}
