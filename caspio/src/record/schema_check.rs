//! Compile-time checks of generated code against the account's schema.

use super::{FieldInfo, Source, ToRow};
use crate::field::FieldType;
use crate::field::kind::AnyKind;

pub use caspio_schema::Kind;

/// A column as the schema defines it.
#[derive(Debug)]
pub struct SchemaColumn {
    /// Its name.
    pub name: &'static str,
    /// Its type as Caspio names it.
    pub data_type: &'static str,
    /// The kinds of Rust types that hold its values.
    pub kinds: &'static [Kind],
    /// The Rust types to suggest, as part of a sentence.
    pub proposed: &'static str,
    /// Whether its value may be null.
    pub nullable: bool,
}

impl SchemaColumn {
    /// Checks that a type holds the column's values.
    #[track_caller]
    pub const fn fits<T: FieldType>(self, rust_type: &str) {
        if let Some(kind) = <T::Kind as AnyKind>::KIND
            && !self.takes(kind)
        {
            Message::new()
                .add(&["the column `", self.name, "` is ", self.data_type])
                .add(&[
                    ", which `",
                    rust_type,
                    "` does not hold: use ",
                    self.proposed,
                ])
                .fail();
        }
        if self.nullable && !T::NULLABLE {
            Message::new()
                .add(&[
                    "the column `",
                    self.name,
                    "` may be null, which `",
                    rust_type,
                ])
                .add(&["` does not hold: use `Option<", rust_type])
                .add(&[">` or mark the field with `#[caspio(default)]`"])
                .fail();
        }
    }

    const fn takes(&self, kind: Kind) -> bool {
        let mut index = 0;
        while index < self.kinds.len() {
            if self.kinds[index] as u8 == kind as u8 {
                return true;
            }
            index += 1;
        }
        false
    }
}

/// Checks that an insert has every required column.
#[track_caller]
pub const fn complete<R: ToRow>() {
    let required = <R::Source as Source>::REQUIRED;
    let mut index = 0;
    while index < required.len() {
        let name = required[index];
        if !is_written(name, R::WRITES) {
            Message::new()
                .add(&["the column `", name, "` of `", <R::Source as Source>::NAME])
                .add(&["` is unique and never null, so an insert needs it: add a field for it"])
                .fail();
        }
        index += 1;
    }
}

const fn is_written(column: &str, writes: &[FieldInfo]) -> bool {
    let mut index = 0;
    while index < writes.len() {
        let name = writes[index].name;
        // Letters outside ASCII cannot be compared without case at compile time.
        if name.eq_ignore_ascii_case(column) || !name.is_ascii() && !column.is_ascii() {
            return true;
        }
        index += 1;
    }
    false
}

/// A message that is built at compile time, where `format!` does not exist.
struct Message {
    text: [u8; 1024],
    length: usize,
}

impl Message {
    const fn new() -> Self {
        Self {
            text: [0; 1024],
            length: 0,
        }
    }

    /// Adds these texts. A text that does not fit is left out as a whole, so that no character is cut.
    const fn add(mut self, texts: &[&str]) -> Self {
        let mut text = 0;
        while text < texts.len() {
            let bytes = texts[text].as_bytes();
            if self.length + bytes.len() <= self.text.len() {
                let mut byte = 0;
                while byte < bytes.len() {
                    self.text[self.length] = bytes[byte];
                    self.length += 1;
                    byte += 1;
                }
            }
            text += 1;
        }
        self
    }

    #[track_caller]
    const fn fail(self) -> ! {
        let (text, _) = self.text.split_at(self.length);
        match std::str::from_utf8(text) {
            Ok(text) => panic!("{}", text),
            Err(_) => panic!("this does not fit the schema"),
        }
    }
}
