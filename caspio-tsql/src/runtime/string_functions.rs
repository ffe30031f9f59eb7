//! More text functions: codes of characters, sounds, `STR`, `QUOTENAME`, `TRANSLATE`.

use super::collation::fold;
use super::date::Failable;
use super::number::round;

/// `CHAR`: a character of Windows-1252; `None` beyond 255.
pub(crate) fn char_of_byte(code: i64) -> Option<String> {
    let code = u8::try_from(code).ok()?;
    let character = match code {
        0x80..=0x9F => WINDOWS[usize::from(code - 0x80)],
        plain => char::from(plain),
    };
    Some(character.to_string())
}

/// The characters of Windows-1252 that are not those of Unicode; undefined bytes are themselves.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

/// `NCHAR`; `None` for what is no character.
pub(crate) fn char_of_code(code: i64) -> Option<String> {
    let code = u16::try_from(code).ok()?;
    char::from_u32(code.into()).map(String::from)
}

/// `ASCII`: the byte of the first character in Windows-1252.
pub(crate) fn byte_of(text: &str) -> Option<i64> {
    let first = text.chars().next()?;
    if let Some(at) = WINDOWS.iter().position(|known| *known == first) {
        return Some(0x80 + at as i64);
    }
    Some(u8::try_from(u32::from(first)).map_or(i64::from(b'?'), i64::from))
}

/// `UNICODE`: the first UTF-16 unit.
pub(crate) fn code_of(text: &str) -> Option<i64> {
    text.encode_utf16().next().map(i64::from)
}

/// `STR`: a float, rounded and right-aligned; asterisks if it does not fit.
pub(crate) fn str_of(number: f64, length: i64, decimals: i64) -> Option<String> {
    let length = usize::try_from(length)
        .ok()
        .filter(|length| (1..=8_000).contains(length))?;
    let places = usize::try_from(decimals).ok()?.min(16);
    let whole = format!("{:.0}", number.trunc()).len();
    if whole > length {
        return Some("*".repeat(length));
    }
    // As many decimals as fit after the point.
    let places = places.min((length - whole).saturating_sub(1));
    let text = format!("{:.places$}", round(number, places as i64, false));
    Some(match text.len() > length {
        true => "*".repeat(length),
        false => format!("{text:>length$}"),
    })
}

/// `SOUNDEX`: the first letter and three digits.
pub(crate) fn soundex(text: &str) -> String {
    let code = |letter: char| match letter {
        'B' | 'F' | 'P' | 'V' => Some('1'),
        'C' | 'G' | 'J' | 'K' | 'Q' | 'S' | 'X' | 'Z' => Some('2'),
        'D' | 'T' => Some('3'),
        'L' => Some('4'),
        'M' | 'N' => Some('5'),
        'R' => Some('6'),
        _ => None,
    };
    let upper = text.trim_start_matches(' ').to_ascii_uppercase();
    let mut letters = upper.chars().take_while(char::is_ascii_alphabetic);
    let Some(first) = letters.next() else {
        return "0000".to_owned();
    };
    let mut out = String::from(first);
    let mut before = code(first);
    for letter in letters {
        let digit = code(letter);
        if let Some(digit) = digit.filter(|_| digit != before && out.len() < 4) {
            out.push(digit);
        }
        // H and W do not separate letters of the same sound.
        if !matches!(letter, 'H' | 'W') {
            before = digit;
        }
    }
    format!("{out:0<4}")
}

/// `DIFFERENCE`: how many characters of two `SOUNDEX` are equal.
pub(crate) fn difference(left: &str, right: &str) -> i64 {
    let (left, right) = (soundex(left), soundex(right));
    left.chars()
        .zip(right.chars())
        .filter(|(left, right)| left == right)
        .count() as i64
}

/// `QUOTENAME`; `None` for a quote that it does not know and for names of more than 128 characters.
pub(crate) fn quote_name(name: &str, quote: &str) -> Option<String> {
    let (open, close) = match quote.chars().next()? {
        '[' | ']' => ('[', ']'),
        '(' | ')' => ('(', ')'),
        '<' | '>' => ('<', '>'),
        '{' | '}' => ('{', '}'),
        same @ ('\'' | '"' | '`') => (same, same),
        _ => return None,
    };
    if name.encode_utf16().count() > 128 {
        return None;
    }
    let doubled = name.replace(close, &format!("{close}{close}"));
    Some(format!("{open}{doubled}{close}"))
}

/// `TRANSLATE`, which ignores case when it looks a character up.
pub(crate) fn translate(text: &str, from: &str, to: &str) -> Failable<String> {
    let from: Vec<_> = from.chars().map(fold).collect();
    let to: Vec<_> = to.chars().collect();
    if from.len() != to.len() {
        return Err(
            "The second and third arguments of the TRANSLATE built-in function must contain an equal number of \
             characters."
                .to_owned(),
        );
    }
    let moved = |character: char| {
        let place = from.iter().position(|known| *known == fold(character));
        place.map_or(character, |at| to[at])
    };
    Ok(text.chars().map(moved).collect())
}

/// `TRIM(characters FROM text)`, which ignores case.
pub(crate) fn trim_of(characters: &str, text: &str) -> String {
    let characters: Vec<_> = characters.chars().map(fold).collect();
    text.trim_matches(|character| characters.contains(&fold(character)))
        .to_owned()
}

/// `ISNUMERIC`: whether a text converts to any type of number.
pub(crate) fn is_numeric(text: &str) -> bool {
    let trimmed = text.trim();
    let float = trimmed.parse::<f64>().is_ok_and(f64::is_finite)
        && trimmed
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let money = !trimmed.is_empty() && super::scalar::text_money(trimmed).is_ok();
    // Signs and separators alone convert to money.
    float
        || money
        || (!trimmed.is_empty()
            && trimmed.chars().all(|sign| "+-.,$".contains(sign))
            && trimmed.len() == 1)
}
