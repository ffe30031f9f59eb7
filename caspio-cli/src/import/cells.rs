//! The cells of one CSV row.

/// The state of the parser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Start,
    Bare,
    Quoted,
    /// After a quote that ends the cell, unless another follows.
    Quote,
}

/// The cells of a row, which may span several lines.
#[derive(Debug, Default)]
pub(super) struct Cells {
    delimiter: u8,
    done: Vec<(Vec<u8>, bool)>,
    cell: Vec<u8>,
    quoted: bool,
    state: State,
    /// Whether the row is complete.
    pub(super) ended: bool,
    /// Why the row cannot be read.
    error: Option<&'static str>,
}

impl Cells {
    pub(super) fn separated_by(delimiter: u8) -> Self {
        Self {
            delimiter,
            ..Self::default()
        }
    }

    /// Parses the next line, including its line break.
    pub(super) fn take(&mut self, line: &[u8]) {
        for (at, &byte) in line.iter().enumerate() {
            // Only the last line of a file can end with a carriage return alone.
            let next = line.get(at + 1);
            let line_end = byte == b'\n' || byte == b'\r' && matches!(next, None | Some(b'\n'));
            match (self.state, byte) {
                (State::Quoted, b'"') => self.state = State::Quote,
                (State::Quoted, _) => self.cell.push(byte),
                (_, _) if line_end => {
                    self.ended = true;
                    return;
                }
                (_, byte) if byte == self.delimiter => self.end_cell(),
                (State::Start, b'"') => {
                    self.quoted = true;
                    self.state = State::Quoted;
                }
                (State::Quote, b'"') => {
                    self.cell.push(byte);
                    self.state = State::Quoted;
                }
                (State::Quote, _) => {
                    self.error = Some("there is text after a closing quote");
                    self.state = State::Bare;
                }
                (State::Bare, b'"') if self.cell.trim_ascii().is_empty() => {
                    self.error = Some("there are blanks before an opening quote");
                    self.cell.push(byte);
                }
                _ => {
                    self.cell.push(byte);
                    self.state = State::Bare;
                }
            }
        }
    }

    fn end_cell(&mut self) {
        let cell = std::mem::take(&mut self.cell);
        self.done.push((cell, self.quoted));
        self.quoted = false;
        self.state = State::Start;
    }

    /// Returns the cells, `None` for an empty one, or the reason why there are none.
    pub(super) fn finish(mut self) -> Result<Vec<Option<Vec<u8>>>, &'static str> {
        if self.state == State::Quoted {
            return Err("a quote is opened and not closed");
        }
        if let Some(error) = self.error {
            return Err(error);
        }
        self.end_cell();
        let cells = self.done.into_iter();
        let cells = cells.map(|(cell, quoted)| (quoted || !cell.is_empty()).then_some(cell));
        Ok(cells.collect())
    }
}
