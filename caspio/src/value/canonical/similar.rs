//! Text that SQL Server may treat as equal although it is spelled differently.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// Letters that compare as other letters, and that Unicode does not decompose into them.
const LETTERS: &[(char, &str)] = &[
    ('ß', "ss"),
    ('æ', "ae"),
    ('œ', "oe"),
    ('þ', "th"),
    ('ø', "o"),
    ('đ', "d"),
    ('ð', "d"),
    ('ł', "l"),
    ('ħ', "h"),
    ('ŧ', "t"),
    ('ı', "i"),
    ('ς', "σ"),
];

/// Reduces text to what is always compared: without case, width, accents, kinds of kana, ligatures, punctuation and
/// emoji. Equal results mean that two texts may be equal for the service, not that they are.
pub(crate) fn reduced(text: &str) -> String {
    let mut reduced = String::with_capacity(text.len());
    if text.is_ascii() {
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        reduced.extend(letters.map(|letter| letter.to_ascii_lowercase()));
        return reduced;
    }
    for letter in text.nfkd().flat_map(char::to_lowercase) {
        match LETTERS.iter().find(|(special, _)| *special == letter) {
            Some((_, same)) => reduced.push_str(same),
            None if is_compared(letter) => reduced.push(katakana(letter)),
            None => {}
        }
    }
    reduced
}

/// Whether a character counts in a comparison. Combining marks do not, nor do apostrophes, which are letters in
/// Unicode, nor characters that UTF-16 spells as a surrogate pair, which have no weight in SQL Server's older
/// collations.
fn is_compared(letter: char) -> bool {
    letter.is_alphanumeric()
        && letter < '\u{10000}'
        && canonical_combining_class(letter) == 0
        && !matches!(letter, '\u{2B9}'..='\u{2FF}')
}

/// The Katakana for a Hiragana.
fn katakana(letter: char) -> char {
    match letter {
        '\u{3041}'..='\u{3096}' => char::from_u32(u32::from(letter) + 0x60).unwrap_or(letter),
        _ => letter,
    }
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
            ("𠮷野家", "𠮟野家"),
            ("𐐨x", "x"),
            ("ｱｲｳｴｵ ﾔﾕﾖ", "アイウエオ　ヤユヨ"),
            ("ｶﾞｷﾞｸﾞ ﾊﾟﾋﾞﾌﾟ ｳﾞ ﾂﾞﾃﾞﾄﾞ", "ガギグ パビプ ヴ ヅデド"),
            ("ﾜｦﾝｰｯｬ", "ワヲンーッャ"),
            ("ﾡￂ", "ㄱㅏ"),
            ("ﬁx ﬂ ﬃ", "fix fl ffi"),
            ("m²", "m2"),
            ("Ⅷ", "viii"),
            ("½", "1/2"),
            ("№1", "No1"),
            ("ĳs ǆ", "ijs dž"),
            ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
            ("\u{212A}elvin \u{212B}", "kelvin Å"),
            ("㍿A", "株式会社a"),
            ("𝐀𝐳𝟗 𝒜", "Az9 A"),
            ("Dvor\u{30C}a\u{301}k", "Dvořák"),
            ("Z\u{30C}\u{69}z\u{30C}ka", "Žižka"),
            ("Gyo\u{30B}r", "Győr"),
            ("Lo\u{301}dz\u{301}", "Łódź"),
            ("Vie\u{323}\u{302}t", "Việt"),
            ("\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}", "한국"),
            ("\u{415}\u{308}лка", "Ёлка"),
            ("α\u{301}", "ά"),
            ("I\u{307}zmir", "İzmir"),
            ("Ⓐb ⑩x ㎏", "Ab 10x kg"),
            ("㈱ ⁿ ℓ ⅓", "(株) n l 1/3"),
            ("℡ ㋿ ŉ", "TEL 令和 'n"),
            ("Øre Đorđe", "ore dorde"),
        ] {
            assert_eq!(reduced(one), reduced(other), "{one}");
        }
        assert_ne!(reduced("C-7"), reduced("C-8"));
    }
}
