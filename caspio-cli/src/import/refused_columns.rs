//! The columns that a file of refused rows has in addition to those of its rows.

use crate::format::csv::text;
use caspio::schema::FieldDefinition;
use caspio_schema::is_same_name;
use std::path::Path;

/// The column with the row's line.
pub(super) const LINE: &str = "Line";
/// The column with the reason.
pub(super) const REASON: &str = "Reason";
/// The member with a line that is not a JSON object.
const UNREADABLE: &str = "Unreadable";

/// The names of the columns that a file of refused rows of a table has in addition. No field of the table has one of
/// them, so that a copy of the file under another name is known by them, too.
#[derive(Clone, Debug)]
pub(super) struct AddedColumns {
    pub(super) line: String,
    pub(super) reason: String,
    pub(super) unreadable: String,
}

impl AddedColumns {
    /// Returns the names for a table with these fields.
    pub(super) fn of(fields: &[FieldDefinition]) -> Self {
        let mut added = Self::with("", "");
        for number in 1_u32.. {
            let names = [&added.line, &added.reason, &added.unreadable];
            let is_used =
                |name: &String| fields.iter().any(|field| is_same_name(&field.name, name));
            if !names.into_iter().any(is_used) {
                break;
            }
            let suffix = match number {
                1 => String::new(),
                number => format!("_{number}"),
            };
            added = Self::with("Refused_", &suffix);
        }
        added
    }

    fn with(prefix: &str, suffix: &str) -> Self {
        let name = |name: &str| format!("{prefix}{name}{suffix}");
        Self {
            line: name(LINE),
            reason: name(REASON),
            unreadable: name(UNREADABLE),
        }
    }

    /// Returns whether these are the usual names, because the table has no field of these names.
    pub(super) fn are_usual(&self) -> bool {
        self.line == LINE
    }

    /// Returns the first line of a CSV file of refused rows, without a line break.
    pub(super) fn first_line(&self, columns: &[String]) -> Vec<u8> {
        let mut line = Vec::new();
        for column in columns {
            text(&mut line, column);
            line.push(b',');
        }
        line.extend_from_slice(format!("{},{}", self.line, self.reason).as_bytes());
        line
    }
}

/// Returns whether a file is a file of refused rows by its name: `contacts.refused.csv`.
pub(super) fn is_refused_file(path: &Path) -> bool {
    let stem = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().to_lowercase());
    stem.is_some_and(|stem| stem.ends_with(".refused"))
}

/// Which columns of a file were added to those of its rows.
#[derive(Debug)]
pub(super) struct RefusedColumns {
    is_refused_file: bool,
    added: AddedColumns,
}

impl RefusedColumns {
    pub(super) fn new(path: &Path, fields: &[FieldDefinition]) -> Self {
        Self {
            is_refused_file: is_refused_file(path),
            added: AddedColumns::of(fields),
        }
    }

    /// Returns how many of them are at the end of these columns.
    pub(super) fn count<'n>(&self, columns: impl DoubleEndedIterator<Item = &'n str>) -> usize {
        let mut last = columns.rev();
        let (last, before) = (last.next(), last.next());
        match last {
            Some(name) if self.is_reason(name) && before == Some(&self.added.line) => 2,
            Some(name) if self.is_added(name) => 1,
            _ => 0,
        }
    }

    /// Returns whether a column was added, wherever it is.
    pub(super) fn is_added(&self, name: &str) -> bool {
        self.is_refused_file && (name == self.added.line || name == self.added.reason)
    }

    /// Returns whether a column is the added one with the reasons.
    pub(super) fn is_reason(&self, name: &str) -> bool {
        self.is_refused_file && name == self.added.reason
    }

    /// Returns whether a member is the added one with a line that is not an object.
    pub(super) fn is_unreadable(&self, name: &str) -> bool {
        self.is_refused_file && name == self.added.unreadable
    }

    /// Returns whether the file is a file of refused rows.
    pub(super) fn is_refused_file(&self) -> bool {
        self.is_refused_file
    }

    /// Returns whether a first line ends with a column that was added, after this delimiter.
    pub(super) fn end_line(&self, line: &[u8], delimiter: u8) -> bool {
        let line: Vec<u8> = line.iter().copied().filter(|byte| *byte != b'"').collect();
        [&self.added.line, &self.added.reason]
            .into_iter()
            .any(|name| {
                let before = line.strip_suffix(name.as_bytes());
                before.is_some_and(|before| before.last() == Some(&delimiter))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caspio::schema::DataType;

    #[test]
    fn no_field_has_the_name_of_an_added_column() {
        let fields = |names: &[&str]| -> Vec<FieldDefinition> {
            let names = names.iter();
            names
                .map(|name| FieldDefinition::new(*name, DataType::Text255))
                .collect()
        };
        for (names, line) in [
            (&["Code"][..], "Line"),
            (&["reason"], "Refused_Line"),
            (&["Line", "Refused_Reason"], "Refused_Line_2"),
            (
                &["Unreadable", "REFUSED_LINE", "Refused_Line_2"],
                "Refused_Line_3",
            ),
        ] {
            assert_eq!(AddedColumns::of(&fields(names)).line, line, "{names:?}");
        }
    }
}
