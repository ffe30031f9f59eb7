//! Text that SQL Server may treat as equal although it is spelled differently.

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
    ("ς", "σ"),
    ("ſ", "s"),
    ("ª", "a"),
    ("º", "o"),
    ("ĳ", "ij"),
    ("ǆ", "dž"),
    ("ǉ", "lj"),
    ("ǌ", "nj"),
    ("ǳ", "dz"),
    ("ﬀ", "ff"),
    ("ﬁ", "fi"),
    ("ﬂ", "fl"),
    ("ﬃ", "ffi"),
    ("ﬄ", "ffl"),
    ("ﬅﬆ", "st"),
    ("№", "no"),
    ("™", "tm"),
    ("¼", "14"),
    ("½", "12"),
    ("¾", "34"),
    ("⁰₀", "0"),
    ("¹₁①", "1"),
    ("ⅰ", "i"),
    ("²₂②", "2"),
    ("³₃③", "3"),
    ("⁴₄④", "4"),
    ("⁵₅⑤", "5"),
    ("⁶₆⑥", "6"),
    ("⁷₇⑦", "7"),
    ("⁸₈⑧", "8"),
    ("⁹₉⑨", "9"),
    ("ⅱ", "ii"),
    ("ⅲ", "iii"),
    ("ⅳ", "iv"),
    ("ⅴ", "v"),
    ("ⅵ", "vi"),
    ("ⅶ", "vii"),
    ("ⅷ", "viii"),
    ("ⅸ", "ix"),
    ("ⅹ", "x"),
    ("ⅺ", "xi"),
    ("ⅻ", "xii"),
    ("㍿", "株式会社"),
];

/// Katakana from half-width `ｦ` on.
const KATAKANA: &str = "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";

/// Reduces text to what is always compared: without case, width, accents, kinds of kana, ligatures, punctuation and
/// emoji. Equal results mean that two texts may be equal for the service, not that they are.
pub(crate) fn reduced(text: &str) -> String {
    let mut reduced = String::with_capacity(text.len());
    let narrow = text.chars().map(narrow);
    for letter in narrow.flat_map(char::to_lowercase) {
        let mut letters = LETTERS.iter();
        let same = match letter.is_ascii() {
            true => None,
            false => letters.find(|(letters, _)| letters.contains(letter)),
        };
        match same {
            Some((_, same)) => reduced.push_str(same),
            None if letter.is_alphanumeric() => reduced.push(letter),
            None => {}
        }
    }
    reduced
}

/// The usual form of a full-width, half-width, Hiragana or mathematical character, without its voice mark.
fn narrow(letter: char) -> char {
    let shifted = match u32::from(letter) {
        code @ 0xFF01..=0xFF5E => code - 0xFEE0,
        code @ 0x3041..=0x3096 => unvoiced(code + 0x60),
        code @ 0x30A1..=0x30FA => unvoiced(code),
        code @ 0xFF66..=0xFF9D => {
            let at = (code - 0xFF66) as usize;
            return KATAKANA.chars().nth(at).unwrap_or(letter);
        }
        // The half-width voice marks as the combining ones, which are not letters.
        code @ 0xFF9E..=0xFF9F => code - 0xFF9E + 0x3099,
        code @ 0xFFA1..=0xFFBE => code - 0xFFA1 + 0x3131,
        code @ 0xFFC2..=0xFFC7 => code - 0xFFC2 + 0x314F,
        code @ 0xFFCA..=0xFFCF => code - 0xFFCA + 0x3155,
        code @ 0xFFD2..=0xFFD7 => code - 0xFFD2 + 0x315B,
        code @ 0xFFDA..=0xFFDC => code - 0xFFDA + 0x3161,
        // Alphabets of 26 capitals and 26 small letters, and of ten digits.
        code @ 0x1D400..=0x1D6A3 => match (code - 0x1D400) % 52 {
            capital @ 0..26 => capital + 0x41,
            small => small - 26 + 0x61,
        },
        code @ 0x1D7CE..=0x1D7FF => (code - 0x1D7CE) % 10 + 0x30,
        code => code,
    };
    char::from_u32(shifted).unwrap_or(letter)
}

/// Katakana without the mark of a voiced sound, which half-width text has as a character of its own.
fn unvoiced(code: u32) -> u32 {
    match code {
        0x30AB..=0x30C2 if code.is_multiple_of(2) => code - 1,
        0x30C4..=0x30C9 if code % 2 == 1 => code - 1,
        0x30CF..=0x30DD => code - (code - 0x30CF) % 3,
        0x30F4 => 0x30A6,
        0x30F7..=0x30FA => code - 8,
        code => code,
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
        ] {
            assert_eq!(reduced(one), reduced(other), "{one}");
        }
        assert_ne!(reduced("C-7"), reduced("C-8"));
    }
}
