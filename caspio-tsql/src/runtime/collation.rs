//! Text comparison as in SQL Server's default collation: ignores case, width and trailing blanks, respects accents. `ß`
//! equals `ss` and `æ` equals `ae`, hyphens and apostrophes have the least weight, and emoji have none.
//!
//! That Caspio compares so is inferred: facts `trailing-blanks-have-no-weight`, `sharp-s-is-ss`, `width-has-no-weight`,
//! `emoji-have-no-weight`, `accents-have-weight` and `hyphens-weigh-least`.

use std::cmp::Ordering;

/// The sort position of each ASCII character, so that sorting millions of texts need not decode
/// them.
const ASCII: [u8; 128] = ascii_weights();

const fn ascii_weights() -> [u8; 128] {
    let mut weights = [0; 128];
    let mut byte = 0;
    while byte < 128 {
        let character = byte as u8;
        let lower = character.to_ascii_lowercase();
        weights[byte] = match lower {
            b'a'..=b'z' => 128 + lower,
            b'0'..=b'9' => 128 + lower - b'0',
            sign => sign,
        };
        byte += 1;
    }
    weights
}

/// Compares two texts.
pub(crate) fn compare(left: &str, right: &str) -> Ordering {
    if left == right {
        return Ordering::Equal;
    }
    if left.is_ascii()
        && right.is_ascii()
        && let Some(order) = compare_plain(left, right)
    {
        return order;
    }
    let by = |weigh: fn(char) -> (u8, char)| {
        let (left, right) = (letters(left).map(weigh), letters(right).map(weigh));
        left.cmp(right)
    };
    let by_letters = by(weight);
    let by_accents = by_letters.then_with(|| by(|letter| (0, fold(letter))));
    by_accents.then_with(|| marks(left).cmp(marks(right)))
}

/// Compares ASCII texts; `None` if a NUL, a hyphen or an apostrophe matters.
fn compare_plain(left: &str, right: &str) -> Option<Ordering> {
    let is_hyphen = |byte: u8| byte == 0 || hyphen_rank(char::from(byte)).is_some();
    let [left, right] = [left, right].map(|text| text.trim_end_matches(' ').as_bytes());
    for (left, right) in left.iter().zip(right) {
        if left == right {
            continue;
        }
        if is_hyphen(*left) || is_hyphen(*right) {
            return None;
        }
        let (left, right) = (ASCII[usize::from(*left)], ASCII[usize::from(*right)]);
        if left != right {
            return Some(left.cmp(&right));
        }
    }
    let shorter = left.len().min(right.len());
    let mut rest = left[shorter..].iter().chain(&right[shorter..]);
    match rest.any(|byte| is_hyphen(*byte)) {
        true => None,
        false => Some(left.len().cmp(&right.len())),
    }
}

/// Returns the characters that are compared first: without those that have no weight or the least, and without the
/// blanks at the end. `ß` is `ss`, and a full-width character its narrow one.
fn letters(text: &str) -> impl Iterator<Item = char> {
    let is_last = |letter: char| letters_of(letter).any(|letter| letter != ' ');
    let end = text.char_indices().rfind(|(_, letter)| is_last(*letter));
    let end = end.map_or(0, |(at, letter)| at + letter.len_utf8());
    text[..end].chars().flat_map(letters_of)
}

/// Returns the letters that a character is compared as.
fn letters_of(character: char) -> impl Iterator<Item = char> {
    let letters = match character {
        'ß' | 'ẞ' => [Some('s'), Some('s')],
        'æ' => [Some('a'), Some('e')],
        'Æ' => [Some('A'), Some('E')],
        'œ' => [Some('o'), Some('e')],
        'Œ' => [Some('O'), Some('E')],
        _ if !has_weight(character) || hyphen_rank(character).is_some() => [None, None],
        _ => [Some(narrow(character)), None],
    };
    letters.into_iter().flatten()
}

/// Emoji and NUL have no weight in a comparison, and neither have the characters that join and select them.
fn has_weight(character: char) -> bool {
    !matches!(character, '\0' | '\u{10000}'..|'\u{FE0F}'| '\u{200D}')
}

/// Returns the rank of a hyphen or an apostrophe, which have the least weight.
fn hyphen_rank(character: char) -> Option<u8> {
    match character {
        '\'' => Some(1),
        '-' => Some(2),
        _ => None,
    }
}

/// Returns the hyphens and apostrophes of a text, each with the number of letters before it.
fn marks(text: &str) -> impl Iterator<Item = (usize, u8)> {
    let mut before = 0;
    text.chars().filter_map(move |character| {
        before += letters_of(character).count();
        hyphen_rank(character).map(|rank| (before, rank))
    })
}

/// Returns the narrow character of a full-width one.
fn narrow(character: char) -> char {
    match character {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => {
            char::from_u32(u32::from(character) - 0xFF01 + 0x21).unwrap_or(character)
        }
        _ => character,
    }
}
/// Returns the lower-case character; the result is always one character.
pub(crate) fn fold(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(single), None) => single,
        _ => character,
    }
}

/// Returns the upper-case character, if that is one character.
pub(crate) fn capital(character: char) -> char {
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(single), None) => single,
        _ => character,
    }
}

/// Returns the primary sort position of a character: signs, then digits, then letters without
/// accents.
fn weight(character: char) -> (u8, char) {
    let character = fold(character);
    if character.is_ascii_digit() {
        return (1, character);
    }
    if character.is_ascii() && !character.is_ascii_alphabetic() {
        return (0, character);
    }
    (2, base(character))
}

/// Returns the base letter of an accented Western European letter.
fn base(character: char) -> char {
    match character {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' => 'i',
        'ĺ' | 'ļ' | 'ľ' | 'ł' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => 'o',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' => 's',
        'ţ' | 'ť' | 'ŧ' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => 'u',
        'ŵ' => 'w',
        'ý' | 'ÿ' | 'ŷ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

/// Returns whether a character is in a range of a pattern's set.
pub(crate) fn in_range(character: char, low: char, high: char) -> bool {
    let place = |character| (weight(character), fold(character));
    (place(low)..=place(high)).contains(&place(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_sorts_like_any_other() {
        let all: Vec<_> = (0_u8..128)
            .map(|byte| char::from(byte).to_string())
            .collect();
        for left in &all {
            for right in &all {
                let (wide_left, wide_right) = (format!("é{left}x"), format!("é{right}x"));

                let plain = compare(&format!("e{left}x"), &format!("e{right}x"));

                assert_eq!(
                    plain,
                    compare(&wide_left, &wide_right),
                    "{left:?} {right:?}"
                );
            }
        }
    }

    #[test]
    fn comparison_ignores_case_width_and_trailing_blanks_but_not_accents() {
        for (left, right, expected) in [
            ("BOB", "bob", Ordering::Equal),
            ("bob  ", "BOB", Ordering::Equal),
            ("", "   ", Ordering::Equal),
            ("École", "éCOLE", Ordering::Equal),
            ("ecole", "école", Ordering::Less),
            ("école", "edit", Ordering::Less),
            (" bob", "bob", Ordering::Less),
            ("_x", "1x", Ordering::Less),
            ("9", "a", Ordering::Less),
            ("a", "ab", Ordering::Less),
            ("Straße", "STRASSE", Ordering::Equal),
            ("ß", "st", Ordering::Less),
            ("ＡＢ１", "ab1", Ordering::Equal),
            ("a\u{3000}", "a", Ordering::Equal),
            ("🟢Open", "🔴open", Ordering::Equal),
            ("🟢", "", Ordering::Equal),
            ("a 🟢 ", "a", Ordering::Equal),
            ("👩\u{200D}💻x", "X", Ordering::Equal),
            ("coop", "co-op", Ordering::Less),
            ("co-op", "coops", Ordering::Less),
            ("co'op", "co-op", Ordering::Less),
            ("co-op ", "CO-OP", Ordering::Equal),
            ("coop", "coop-", Ordering::Less),
            ("coop -", "coop", Ordering::Greater),
            ("é-", "é", Ordering::Greater),
            ("é-", "êa", Ordering::Less),
        ] {
            assert_eq!(compare(left, right), expected, "{left:?} {right:?}");
            assert_eq!(
                compare(right, left),
                expected.reverse(),
                "{right:?} {left:?}"
            );
        }
    }
}
