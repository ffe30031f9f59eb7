//! Texts that a spreadsheet would run as a formula, and how `--excel` writes them: after an apostrophe.
//!
//! A text that has apostrophes before a formula gets one more, so that every text can be restored.

use std::borrow::Cow;

/// Returns a text that no spreadsheet runs.
pub(crate) fn defused(text: &str) -> Cow<'_, str> {
    match is_formula(text.trim_start_matches('\'')) {
        true => format!("'{text}").into(),
        false => text.into(),
    }
}

/// Returns the text from which [`defused`] made this one; `None` if that is the same text.
pub(crate) fn restored(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('\'')?;
    is_formula(rest.trim_start_matches('\'')).then_some(rest)
}

/// Returns whether a spreadsheet may run a text. Some skip blanks before the first character, and some treat the
/// full-width forms of the characters alike.
fn is_formula(text: &str) -> bool {
    text.starts_with(['\t', '\r', '\n'])
        || text
            .trim_start()
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_begin_with_an_apostrophe() {
        for text in [
            "=1+1", "+1", "-1", "@A1", "\t=1", "\rx", " =1", "＝1", "'=1",
        ] {
            assert_eq!(defused(text), format!("'{text}"), "{text:?}");
        }
        for text in ["", "'", "'x", "a=1", "1-2", "it's"] {
            assert_eq!(defused(text), text, "{text:?}");
            assert_eq!(restored(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_defused_text_is_restored(text in "['=+@\t\r\n ＝ax-]{0,5}") {
            let written = defused(&text);
            prop_assert_eq!(restored(&written).unwrap_or(&written), text.as_str());
        }
    }
}
