//! The values that records have.

use crate::random::Random;

pub(crate) fn guid(seed: u64, key: i64) -> String {
    let mut random = Random::of(&[seed, key.unsigned_abs(), 77]);
    let (high, low) = (random.next(), random.next());
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xFFFF,
        high & 0xFFF,
        (low >> 48) & 0xFFF,
        low & 0xFFFF_FFFF_FFFF
    )
}

/// Returns the key of the record that has this code.
pub(crate) fn key_of_code(code: &str) -> i64 {
    let key = code.get(CODE_START..).map(str::parse);
    key.and_then(Result::ok).expect("a code of a record")
}

/// How many digits come before the key in a code.
const CODE_START: usize = 4;

/// Returns a text that no other record has.
pub(crate) fn code(seed: u64, key: i64) -> String {
    let start = Random::of(&[seed, key.unsigned_abs(), 78]).next() & 0xFFFF;
    format!("{start:04X}{key}")
}

/// Texts that are compared in a special way: blanks at the end and emoji have no weight, a hyphen and an apostrophe the
/// least, `ß` is `ss`, full-width characters are narrow ones, accents count.
pub(crate) const ODD: [&str; 32] = [
    "",
    "",
    "",
    "",
    " ",
    "   ",
    "🟢",
    "🟢 ",
    "🟢Open",
    "🔴Open",
    "Open",
    "open 🟢",
    "ß",
    "SS",
    "ss",
    "sS ",
    "st",
    "straße",
    "STRASSE",
    "é",
    "É",
    "e",
    "éa",
    "ea",
    "ａ",
    "Ａ１",
    "a1",
    "co-op",
    "coop",
    "co'op",
    "coops",
    "-",
];

/// Returns one of the texts with a number, in one of its spellings that compare as equal.
pub(crate) fn name(number: u64, extreme: bool, random: &mut Random) -> String {
    let mut text = String::new();
    if extreme {
        let (letter, most) = random.pick(&[("x", 220), ("字", 220), ("y", 90)]);
        text.push_str(&letter.repeat(most));
    }
    let mut rest = number;
    while rest > 0 || text.is_empty() {
        let letter = ["a", "B", "cd", "e 1", "7"][(rest % 5) as usize];
        let letter = match random.below(4) {
            0 => letter.to_uppercase(),
            1 => letter.to_lowercase(),
            _ => letter.to_owned(),
        };
        text.push_str(&letter);
        rest /= 5;
    }
    if random.percent(15) {
        text.push_str("  ");
    }
    text
}

/// Returns a text with characters that have a meaning in T-SQL, JSON or a URL.
pub(crate) fn note(number: u64) -> String {
    const PARTS: [&str; 11] = [
        "it's",
        "50%",
        "a_b",
        "[x]",
        "say \"hi\"",
        "c:\\d",
        "é",
        "a&b=c",
        "1+1",
        "#1?",
        "two\nlines",
    ];
    let first = PARTS[(number % 11) as usize];
    let second = PARTS[(number / 11 % 11) as usize];
    format!("{first}{number}{second}")
}

/// Returns a short text of the characters that have a meaning in the pattern of a `LIKE`, and of letters that they
/// would match.
pub(crate) fn pattern(random: &mut Random) -> String {
    const PARTS: [&str; 18] = [
        "%", "%", "_", "_", "[", "]", "^", "-", "\\", "'", "''", "\"", "a", "b", "B", " ", "[^a]",
        "[a-c]",
    ];
    let parts = (0..random.between(1, 5)).map(|_| random.pick(&PARTS));
    parts.collect::<String>() + "."
}

pub(crate) fn float(number: u64) -> f64 {
    let mut random = Random::of(&[number, 79]);
    let digits = random.next() as f64 / 3.0;
    let scale = random.pick(&[1e-280, 1e-9, 1.0, 1e250]);
    if random.percent(50) {
        -digits * scale
    } else {
        digits * scale
    }
}

pub(crate) fn date(number: u64, extreme: bool) -> String {
    let mut random = Random::of(&[number, 80]);
    let year = if extreme {
        random.between(1753, 9999)
    } else {
        2000 + number / 300
    };
    let (month, day) = (1 + number / 25 % 12, 1 + number % 25);
    let (hour, minute, second) = (random.below(24), random.below(60), random.below(60));
    let thousandth = random.pick(&[0, 0, 3, 607, 997]);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{thousandth:03}")
}
