//! Text that SQL Server may take for equal although it is spelled differently.

/// Letters that compare as other letters, or as these letters with a mark after them.
const LETTERS: &[(&str, &str)] = &[
    ("ß", "ss"),
    ("æ", "ae"),
    ("œ", "oe"),
    ("þ", "th"),
    ("àáâãäå", "a"),
    ("ç", "c"),
    ("èéêë", "e"),
    ("ìíîï", "i"),
    ("ñ", "n"),
    ("òóôõö", "o"),
    ("ùúûü", "u"),
    ("ýÿ", "y"),
];

/// Reduces text to what is compared in any case: without case, width, accents, kinds of kana, punctuation and emoji. Equal
/// results show that two texts may be equal for the service, not that they are.
pub(crate) fn reduced(text: &str) -> String {
    let mut reduced = String::with_capacity(text.len());
    let narrow = text.chars().map(narrow);
    for letter in narrow.flat_map(char::to_lowercase) {
        match LETTERS.iter().find(|(letters, _)| letters.contains(letter)) {
            Some((_, same)) => reduced.push_str(same),
            None if letter.is_alphanumeric() => reduced.push(letter),
            None => {}
        }
    }
    reduced
}

/// The usual form of a full-width or Hiragana character.
fn narrow(letter: char) -> char {
    let shifted = match u32::from(letter) {
        code @ 0xFF01..=0xFF5E => code - 0xFEE0,
        code @ 0x3041..=0x3096 => code + 0x60,
        code => code,
    };
    char::from_u32(shifted).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_equal_for_the_service_is_reduced_to_the_same() {
        for (one, other) in [
            ("Straße", "STRASSE"),
            ("１２", "12"),
            ("co-op", "coop"),
            ("O'Brien", "obrien"),
            ("🟢Open", "🔴Open"),
            ("e\u{301}te", "été"),
            ("ひらがな", "ヒラガナ"),
            ("🟢", ""),
        ] {
            assert_eq!(reduced(one), reduced(other), "{one}");
        }
        assert_ne!(reduced("C-7"), reduced("C-8"));
    }
}
