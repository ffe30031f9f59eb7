//! Values of records, and how SQL Server compares them.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// One value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Cell {
    Null,
    Bool(bool),
    Int(i64),
    /// An amount in ten-thousandths.
    Money(i64),
    Float(f64),
    /// `2022-01-24T20:30:51.607`, whose order as text is the order of time.
    Date(String),
    Guid(String),
    Text(String),
}

impl Cell {
    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Compares as `ORDER BY` does: nulls first, text without case and trailing blanks.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Null, Self::Null) => Ordering::Equal,
            (Self::Null, _) => Ordering::Less,
            (_, Self::Null) => Ordering::Greater,
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Int(a), Self::Int(b)) | (Self::Money(a), Self::Money(b)) => a.cmp(b),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
            (Self::Date(a), Self::Date(b)) => a.cmp(b),
            (Self::Guid(a), Self::Guid(b)) => guid_order(a).cmp(&guid_order(b)),
            (Self::Text(a), Self::Text(b)) => compare(a, b),
            // The key of a view is a text.
            (Self::Text(a), Self::Int(b)) => compare(a, &b.to_string()),
            _ => panic!("{self:?} is not compared with {other:?}"),
        }
    }

    /// Whether a value that was read is this one. With `loosely`, text may have another case, and a
    /// float may differ in its last digits: a group has one of the spellings of its records, and the
    /// order in which a sum is computed is not defined.
    pub(crate) fn is_read_as(&self, read: &Self, loosely: bool) -> bool {
        match (self, read) {
            (Self::Text(a), Self::Text(b)) if loosely => compare(a, b).is_eq(),
            (Self::Float(a), Self::Float(b)) if loosely => {
                (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-300)
            }
            (Self::Guid(a), Self::Guid(b)) => a.eq_ignore_ascii_case(b),
            _ => self == read,
        }
    }
}

/// Returns the digits of a GUID in the order in which SQL Server compares them: the last group first, and the bytes of
/// the first three groups from the last to the first.
fn guid_order(guid: &str) -> String {
    let guid = guid.to_lowercase();
    let mut groups: Vec<&str> = guid.split('-').collect();
    let last = [groups.pop(), groups.pop()].into_iter().flatten();
    let mut digits: String = last.collect();
    for group in groups.into_iter().rev() {
        let bytes = (0..group.len() / 2).rev();
        digits.extend(bytes.map(|byte| &group[2 * byte..2 * byte + 2]));
    }
    digits
}

/// Compares two texts by their letters, then by accents, then by hyphens and apostrophes.
fn compare(a: &str, b: &str) -> Ordering {
    let is_plain = |text: &str| text.is_ascii() && !text.contains(MARKS);
    if !is_plain(a) || !is_plain(b) {
        return sort_key(a).cmp(&sort_key(b));
    }
    let (a, b) = (a.trim_end_matches(' '), b.trim_end_matches(' '));
    let place = |byte: u8| place(char::from(byte));
    a.bytes().map(place).cmp(b.bytes().map(place))
}

/// Returns a letter for the place of an ASCII character: signs come before digits, and these before letters.
fn place(letter: char) -> char {
    let upper = letter.to_ascii_uppercase();
    match upper {
        '0'..='9' | 'A'..='Z' => char::from(upper as u8 + 128),
        sign => sign,
    }
}

/// The characters of the least weight, the lightest first.
const MARKS: [char; 2] = ['\'', '-'];

/// Returns what a text is compared by: its letters without accents, with them, and the places of its marks.
fn sort_key(text: &str) -> (String, String, Vec<(usize, char)>) {
    let mut accented = String::new();
    let mut marks = Vec::new();
    for letter in text.chars() {
        match letter {
            mark if MARKS.contains(&mark) => marks.push((accented.chars().count(), mark)),
            'ß' => accented.extend([place('S'); 2]),
            '\u{FF01}'..='\u{FF5E}' => {
                let narrow = char::from(b'!' + (letter as u32 - 0xFF01) as u8);
                accented.push(place(narrow));
            }
            // Emoji.
            _ if letter.len_utf8() == 4 => {}
            letter if letter.is_ascii() => accented.push(place(letter)),
            letter => accented.extend(letter.to_uppercase()),
        }
    }
    accented.truncate(accented.trim_end_matches(' ').len());
    // Accents are those of `values.rs`.
    (
        accented.replace('É', &place('E').to_string()),
        accented,
        marks,
    )
}

/// Returns a text that is the same for all texts that the collation treats as equal.
pub(crate) fn folded(text: &str) -> String {
    if text.is_ascii() && !text.contains(MARKS) {
        return text.trim_end_matches(' ').to_ascii_uppercase();
    }
    let (_, accented, marks) = sort_key(text);
    marks
        .iter()
        .fold(accented, |text, mark| format!("{text}{mark:?}"))
}

/// Returns how many characters text takes in a URL.
pub(crate) fn encoded_length(text: &str) -> usize {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let byte = |byte: u8| if is_unreserved(byte) { 1 } else { 3 };
    text.bytes().map(byte).sum()
}
