//! Locates the generated blocks of a file.

use crate::error::Error;
use crate::markers::{BEGIN, BeginMarker, END};
use std::ops::Range;

/// A table's or view's part of a file.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) begin: BeginMarker,
    /// From its begin marker to its end marker, including both.
    pub(crate) range: Range<usize>,
    /// The line of its begin marker, counted from 1.
    pub(crate) line: usize,
}

/// Returns all blocks of a file.
pub(crate) fn blocks(text: &str) -> Result<Vec<Block>, Error> {
    let mut blocks = Vec::new();
    let mut open: Option<(BeginMarker, usize, usize)> = None;
    let mut offset = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let number = index + 1;
        let trimmed = line.trim();
        if trimmed.starts_with(BEGIN) && !trimmed.starts_with(crate::markers::BEGIN_MODULES) {
            let begin = BeginMarker::read(line).ok_or_else(|| damaged(number))?;
            if let Some((_, _, before)) = open {
                return Err(endless(before));
            }
            open = Some((begin, offset, number));
        } else if trimmed == END
            && let Some((begin, start, line_number)) = open.take()
        {
            blocks.push(Block {
                begin,
                range: start..offset + line.trim_end().len(),
                line: line_number,
            });
        }
        offset += line.len();
    }
    match open {
        Some((_, _, line)) => Err(endless(line)),
        None => Ok(blocks),
    }
}

fn damaged(line: usize) -> Error {
    Error::new(format!(
        "this marker does not name a table or view: write `{BEGIN}table \"...\"`"
    ))
    .at_line(line)
}

fn endless(line: usize) -> Error {
    Error::new(format!(
        "the block that begins here has no end: add the line `{END}`"
    ))
    .at_line(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_reaches_from_marker_to_marker() {
        let text = "a\n// caspio:begin table \"T\"\nb\n// caspio:end\nc\n";

        let blocks = blocks(text).expect("blocks");

        assert_eq!(blocks.len(), 1);
        assert_eq!(blocks[0].line, 2);
        assert!(text[blocks[0].range.clone()].ends_with(END));
    }

    #[test]
    fn an_unmatched_marker_is_an_error_with_a_line() {
        for (text, line) in [
            ("// caspio:begin table \"T\"\n", 1),
            (
                "\n// caspio:begin table \"T\"\n// caspio:begin view \"V\"\n// caspio:end",
                2,
            ),
            ("// caspio:begin nothing\n", 1),
        ] {
            let error = blocks(text).expect_err(text);

            assert_eq!(error.line(), Some(line));
        }
    }
}
