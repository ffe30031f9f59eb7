//! Edits of a text, collected first and applied together.

use std::ops::Range;

/// Edits that do not overlap. Edits at the same position are applied in the order in which they were added.
#[derive(Debug, Default)]
pub(crate) struct Edits {
    edits: Vec<(Range<usize>, String)>,
}

impl Edits {
    pub(crate) fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.edits.push((range, text.into()));
    }

    pub(crate) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at..at, text);
    }

    pub(crate) fn remove(&mut self, range: Range<usize>) {
        self.replace(range, "");
    }

    /// Returns the text with all edits applied.
    pub(crate) fn apply(mut self, text: &str) -> String {
        self.edits
            .sort_by_key(|(range, _)| (range.start, range.end));
        let mut changed = String::with_capacity(text.len());
        let mut done = 0;
        for (range, new) in &self.edits {
            changed.push_str(text.get(done..range.start).unwrap_or_default());
            changed.push_str(new);
            done = done.max(range.end);
        }
        changed.push_str(&text[done..]);
        changed
    }
}

/// Returns the start of the line that contains a position.
pub(crate) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Returns the position after the current line, if only blanks or a comment follow in it; otherwise
/// the position itself.
pub(crate) fn after_line(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let line = rest.find('\n').map_or(rest, |newline| &rest[..=newline]);
    let blank = line.trim().is_empty() || line.trim_start().starts_with("//");
    if blank { at + line.len() } else { at }
}

/// Returns whole lines to insert at a position, which may be in the middle of a line.
pub(crate) fn lines_at(text: &str, at: usize, lines: &str) -> String {
    if at == 0 || text[..at].ends_with('\n') {
        lines.to_owned()
    } else {
        format!("\n{lines}")
    }
}

/// Returns code without whitespace, to compare it regardless of its formatting.
pub(crate) fn dense(code: &str) -> String {
    let mut dense: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    // A trailing comma makes no difference.
    for (before, after) in [(",}", "}"), (",)", ")"), (",>", ">"), (",]", "]")] {
        dense = dense.replace(before, after);
    }
    dense
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_applied_in_order_of_position() {
        let mut edits = Edits::default();
        edits.replace(4..5, "E");
        edits.insert(2, "1");
        edits.insert(2, "2");
        edits.remove(0..1);

        assert_eq!(edits.apply("abcdef"), "b12cdEf");
    }

    #[test]
    fn line_positions_are_found() {
        let text = "a, // why\nb, c\n";

        assert_eq!(after_line(text, 2), 10);
        assert_eq!(after_line(text, 12), 12);
        assert_eq!(line_start(text, 12), 10);
        assert_eq!(lines_at(text, 12, "x\n"), "\nx\n");
    }
}
