//! The options with which a file of text is read, and how its lines are read.

use super::encoding::Encoding;
use std::io::{self, BufRead};

/// The maximum size of a row. A longer one is an unclosed quote, or the file does not contain rows.
const MAX_ROW: usize = 64 * 1024 * 1024;

/// How a file of text is read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reading {
    pub(crate) encoding: Encoding,
    /// What separates the cells of a CSV file; by default it is found out.
    pub(crate) delimiter: Option<u8>,
    /// Whether an empty CSV cell is null for a text, and a blank line a row.
    pub(crate) nulls: bool,
    /// Whether the cells of a CSV file are as `export --excel` writes them.
    pub(crate) excel: bool,
}

impl Reading {
    /// Returns the options that a file of refused rows needs, too: its cells are as they were, separated by commas, in
    /// UTF-8.
    pub(super) fn options_of_refused(&self) -> Vec<&'static str> {
        let options = [("--nulls", self.nulls), ("--excel", self.excel)];
        let given = options.into_iter().filter(|(_, is_given)| *is_given);
        given.map(|(option, _)| option).collect()
    }
}

/// Appends a line with its line break; returns `false` at the end of the file.
pub(super) fn read_line(input: &mut impl BufRead, to: &mut Vec<u8>) -> io::Result<bool> {
    let most = MAX_ROW.saturating_sub(to.len()) as u64;
    let read = io::Read::take(&mut *input, most).read_until(b'\n', to)?;
    if read as u64 == most && (most == 0 || to.last() != Some(&b'\n')) {
        return Err(io::Error::other(format!(
            "a row is longer than {MAX_ROW} bytes; is a quote opened and not closed?"
        )));
    }
    Ok(read > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn longest_row() -> Vec<u8> {
        vec![b'\n'; MAX_ROW]
    }

    #[test]
    fn a_row_of_the_maximum_size_is_read() {
        let mut row = longest_row();
        row.truncate(MAX_ROW - 2);
        assert!(read_line(&mut &b"a\nb"[..], &mut row).expect("a line"));
        assert_eq!(row.len(), MAX_ROW);
    }

    #[test]
    fn a_longer_row_is_an_error_also_if_the_maximum_ends_with_a_line() {
        let mut row = longest_row();
        read_line(&mut &b"a\n"[..], &mut row).expect_err("too long");
        row.pop();
        read_line(&mut &b"ab\n"[..], &mut row).expect_err("too long");
    }
}
