//! Enums of words: the values that a text or list column has.

use super::{Field, FieldType};
use crate::value::compared;
use serde::de::{Deserializer, Error};
use std::borrow::Cow;
use std::fmt;

/// An enum whose variants are words of a text or list column, such as the states of an order.
///
/// `#[derive(CaspioValue)]` implements it.
///
/// ```
/// use caspio::prelude::*;
/// use caspio::field::Words;
///
/// #[derive(Debug, PartialEq, CaspioValue)]
/// enum Status {
///     Open,
///     #[caspio(rename = "In Progress")]
///     InProgress,
/// }
///
/// assert_eq!(Status::WORDS, ["Open", "In Progress"]);
/// assert_eq!(Status::InProgress.word(), "In Progress");
/// assert_eq!(Status::from_word("in progress "), Some(Status::InProgress));
/// assert_eq!(Status::from_word("Closed"), None);
/// ```
pub trait Words: FieldType {
    /// The words as they are written, in the order of the variants.
    const WORDS: &'static [&'static str];

    /// Returns the word of a variant.
    fn word(&self) -> &str;

    /// Returns the variant of a word by its position in [`WORDS`](Self::WORDS).
    fn nth(position: usize) -> Option<Self>
    where
        Self: Sized;

    /// Returns the variant for a word that is not in [`WORDS`](Self::WORDS), if there is one.
    fn other(word: &str) -> Option<Self>
    where
        Self: Sized;

    /// Returns the variant of a word, in any case and with any blanks at its end, as Caspio compares text. Of two words
    /// that differ in nothing else, it is the one that is spelled in the same way.
    #[must_use]
    fn from_word(word: &str) -> Option<Self>
    where
        Self: Sized,
    {
        match position(word, Self::WORDS) {
            Some(position) => Self::nth(position),
            None => Self::other(word),
        }
    }
}

fn position(word: &str, words: &[&str]) -> Option<usize> {
    let exact = words.iter().position(|known| *known == word);
    exact.or_else(|| {
        let wanted = compared(word);
        words.iter().position(|known| compared(known) == wanted)
    })
}

/// Reads a word.
///
/// # Errors
///
/// The value is not text, or a word that the enum does not have.
pub fn read<'de, T: Words, D: Deserializer<'de>>(value: D) -> Result<T, D::Error> {
    of_text(&Cow::<'de, str>::read(value)?)
}

/// Reads a word; null is `None`, and so is an empty text, which text columns hold before they are set, unless it is one
/// of the words.
///
/// # Errors
///
/// The value is not text, or a word that the enum does not have.
pub fn read_nullable<'de, T: Words, D: Deserializer<'de>>(value: D) -> Result<Option<T>, D::Error> {
    match Cow::<'de, str>::read_nullable(value)? {
        Some(text) if compared(&text).is_empty() && position(&text, T::WORDS).is_none() => Ok(None),
        Some(text) => of_text(&text).map(Some),
        None => Ok(None),
    }
}

fn of_text<T: Words, E: Error>(text: &str) -> Result<T, E> {
    T::from_word(text).ok_or_else(|| E::custom(Unknown::<T>(text, std::marker::PhantomData)))
}

/// A word that an enum does not have.
struct Unknown<'a, T>(&'a str, std::marker::PhantomData<T>);

impl<T: Words> fmt::Display for Unknown<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// The characters of a text that are shown.
        const SHOWN: usize = 60;
        let Self(text, _) = self;
        let shown: String = text.chars().take(SHOWN).collect();
        let more = if shown.len() < text.len() { ".." } else { "" };
        write!(
            f,
            "{shown:?}{more} is not a known word: add a variant for it, or `#[caspio(other)] Other(String)` \
             for all others; the known ones are {}",
            T::EXPECTED
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{List, kind};

    #[derive(Debug, PartialEq)]
    enum State {
        Open,
        Shouted,
        Sharp,
        Other(String),
    }

    impl FieldType for State {
        type Kind = kind::Text;
        type Value = Self;
        const EXPECTED: &'static str = "a state";
    }

    impl Words for State {
        const WORDS: &'static [&'static str] = &["Open", "OPEN", "Größe"];

        fn word(&self) -> &str {
            match self {
                Self::Open => "Open",
                Self::Shouted => "OPEN",
                Self::Sharp => "Größe",
                Self::Other(word) => word,
            }
        }

        fn nth(position: usize) -> Option<Self> {
            [Self::Open, Self::Shouted, Self::Sharp]
                .into_iter()
                .nth(position)
        }

        fn other(word: &str) -> Option<Self> {
            (word != "Never").then(|| Self::Other(word.to_owned()))
        }
    }

    impl<'de> Field<'de> for State {
        fn read<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
            read(value)
        }

        fn read_nullable<D: Deserializer<'de>>(value: D) -> Result<Option<Self>, D::Error> {
            read_nullable(value)
        }
    }

    fn parsed<T: for<'de> Field<'de>>(json: &str) -> Result<T, serde_json::Error> {
        T::read(&mut serde_json::Deserializer::from_str(json))
    }

    #[test]
    fn a_word_is_compared_as_caspio_compares_and_first_as_it_is_spelled() {
        for (json, state) in [
            (r#""Open""#, State::Open),
            (r#""OPEN""#, State::Shouted),
            (r#""open   ""#, State::Open),
            (r#""GRÖSSE""#, State::Other("GRÖSSE".to_owned())),
            (r#""GRÖßE""#, State::Sharp),
            (r#"" Open""#, State::Other(" Open".to_owned())),
            (r#""Op\u0065n""#, State::Open),
            (r#""""#, State::Other(String::new())),
        ] {
            assert_eq!(parsed::<State>(json).expect(json), state);
        }
    }

    #[test]
    fn an_empty_text_is_none_in_an_option() {
        for json in ["null", r#""""#, r#""  ""#] {
            assert_eq!(parsed::<Option<State>>(json).expect(json), None);
        }
        let open = parsed::<Option<State>>(r#""open""#).expect("a state");
        assert_eq!(open, Some(State::Open));
    }

    #[test]
    fn an_unknown_word_is_an_error_with_the_word() {
        let error = parsed::<State>(r#""Never""#).expect_err("not a state");

        let error = error.to_string();
        assert!(
            error.starts_with(r#""Never" is not a known word: add"#),
            "{error}"
        );
        assert!(error.contains("; the known ones are a state"), "{error}");
        assert!(parsed::<State>("5").is_err() && parsed::<State>("null").is_err());
        assert!(parsed::<List<State>>(r#"{"1":"Open","2":"Never"}"#).is_err());
    }
}
