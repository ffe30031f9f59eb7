//! Text comparison as in SQL Server's default collation: ignores case and trailing blanks, respects
//! accents.

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
    let left = left.trim_end_matches(' ');
    let right = right.trim_end_matches(' ');
    if left.is_ascii() && right.is_ascii() {
        return compare_ascii(left.as_bytes(), right.as_bytes());
    }
    let primary = left.chars().map(weight).cmp(right.chars().map(weight));
    primary.then_with(|| left.chars().map(fold).cmp(right.chars().map(fold)))
}

fn compare_ascii(left: &[u8], right: &[u8]) -> Ordering {
    for (left, right) in left.iter().zip(right) {
        if left != right {
            let (left, right) = (ASCII[usize::from(*left)], ASCII[usize::from(*right)]);
            if left != right {
                return left.cmp(&right);
            }
        }
    }
    left.len().cmp(&right.len())
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
    fn comparison_ignores_case_and_trailing_blanks_but_not_accents() {
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
