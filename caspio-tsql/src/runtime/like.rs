//! `LIKE` and `PATINDEX`: `%`, `_`, `[a-c]`, `[^x]` and an escape character.

use super::collation::{fold, in_range};

/// The most comparisons in one match; patterns with many `%` on long texts would otherwise take
/// minutes.
const MAX_STEPS: usize = 20_000_000;

/// A compiled pattern.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pattern {
    items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq)]
enum Item {
    /// `%`
    Run,
    /// `_`
    Any,
    One(char),
    Set {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
    /// An open bracket that is never closed, or an escape at the end.
    Never,
}

/// A match that took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exhausted;

impl Pattern {
    pub(crate) fn new(pattern: &str, escape: Option<char>) -> Self {
        let mut items = Vec::new();
        let characters: Vec<_> = pattern.chars().collect();
        let mut at = 0;
        while let Some(&character) = characters.get(at) {
            at += 1;
            let item = match character {
                escaping if Some(escaping) == escape => {
                    at += 1;
                    match characters.get(at - 1) {
                        Some(&next) => Item::One(fold(next)),
                        None => Item::Never,
                    }
                }
                '%' => Item::Run,
                '_' => Item::Any,
                '[' => set(&characters, &mut at, escape),
                plain => Item::One(fold(plain)),
            };
            if item != Item::Run || items.last() != Some(&Item::Run) {
                items.push(item);
            }
        }
        Self { items }
    }

    /// Returns whether the whole `text` matches.
    pub(crate) fn matches(&self, text: &str) -> Result<bool, Exhausted> {
        let text: Vec<_> = text.chars().collect();
        let mut steps = MAX_STEPS;
        whole(&self.items, &text, &mut steps)
    }

    /// Returns the start of the match, in UTF-16 units from 1; 0 if there is none.
    pub(crate) fn position(&self, text: &str) -> Result<i64, Exhausted> {
        let text: Vec<_> = text.chars().collect();
        let mut steps = MAX_STEPS;
        let [Item::Run, rest @ ..] = self.items.as_slice() else {
            return Ok(i64::from(whole(&self.items, &text, &mut steps)?));
        };
        let mut position = 1;
        for start in 0..=text.len() {
            if whole(rest, &text[start..], &mut steps)? {
                return Ok(position);
            }
            position += text
                .get(start)
                .map_or(0, |passed| passed.len_utf16() as i64);
        }
        Ok(0)
    }
}

/// Matches with one point to backtrack to: the last `%`.
fn whole(items: &[Item], text: &[char], steps: &mut usize) -> Result<bool, Exhausted> {
    let (mut item, mut at) = (0, 0);
    let mut retry = None;
    loop {
        *steps = steps.checked_sub(1).ok_or(Exhausted)?;
        match items.get(item) {
            Some(Item::Run) => {
                retry = Some((item, at));
                item += 1;
                continue;
            }
            Some(single) if at < text.len() && single.takes(text[at]) => {
                item += 1;
                at += 1;
                continue;
            }
            None if at == text.len() => return Ok(true),
            _ => {}
        }
        match retry {
            Some((run, from)) if from < text.len() => {
                retry = Some((run, from + 1));
                item = run + 1;
                at = from + 1;
            }
            _ => return Ok(false),
        }
    }
}

impl Item {
    fn takes(&self, character: char) -> bool {
        match self {
            Self::Any => true,
            Self::One(one) => *one == fold(character),
            Self::Set { negated, ranges } => {
                let found = ranges
                    .iter()
                    .any(|(low, high)| in_range(character, *low, *high));
                found != *negated
            }
            Self::Run | Self::Never => false,
        }
    }
}

/// Reads a set after its `[`.
fn set(characters: &[char], at: &mut usize, escape: Option<char>) -> Item {
    let negated = characters.get(*at) == Some(&'^');
    let mut position = *at + usize::from(negated);
    let mut ranges = Vec::new();
    while let Some(low) = member(characters, &mut position, escape) {
        let is_range = characters.get(position) == Some(&'-')
            && characters
                .get(position + 1)
                .is_some_and(|next| *next != ']');
        if is_range {
            position += 1;
            let high = member(characters, &mut position, escape).unwrap_or(low);
            ranges.push((low, high));
        } else {
            ranges.push((low, low));
        }
    }
    if characters.get(position) != Some(&']') {
        return Item::Never;
    }
    *at = position + 1;
    Item::Set { negated, ranges }
}

/// Reads one character of a set; `None` at its end.
fn member(characters: &[char], position: &mut usize, escape: Option<char>) -> Option<char> {
    let character = *characters.get(*position)?;
    if Some(character) == escape {
        let next = *characters.get(*position + 1)?;
        *position += 2;
        return Some(next);
    }
    if character == ']' {
        return None;
    }
    *position += 1;
    Some(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_sql_server() {
        for (text, pattern, expected) in [
            ("Anna", "a%", true),
            ("Anna", "%N_", true),
            ("Anna", "Anna ", false),
            ("", "%", true),
            ("", "_", false),
            ("cat", "[a-c]at", true),
            ("hat", "[a-c]at", false),
            ("hat", "[^a-c]at", true),
            ("a-b", "a[-x]b", true),
            ("50%", "50[%]", true),
            ("50x", "50[%]", false),
            ("[x]", "[[]x]", true),
            ("abc", "[abc", false),
            ("aab", "%ab", true),
            ("abababb", "%abb", true),
            ("É", "é", true),
        ] {
            let found = Pattern::new(pattern, None).matches(text);
            assert_eq!(found, Ok(expected), "{text} LIKE {pattern}");
        }
    }

    #[test]
    fn escape_makes_the_next_character_literal() {
        for (text, pattern, expected) in [
            ("50%", "50!%", true),
            ("50x", "50!%", false),
            ("a!b", "a!!b", true),
            ("]", "[!]]", true),
            ("a", "a!", false),
        ] {
            let found = Pattern::new(pattern, Some('!')).matches(text);
            assert_eq!(found, Ok(expected), "{text} LIKE {pattern} ESCAPE !");
        }
    }

    #[test]
    fn a_position_counts_from_one() {
        for (text, pattern, expected) in [
            ("abcdef", "%cd%", 3),
            ("abcdef", "ab%", 1),
            ("abcdef", "%x%", 0),
            ("a1b2", "%[0-9]%", 2),
            ("\u{1F600}x", "%x%", 3),
        ] {
            let found = Pattern::new(pattern, None).position(text);
            assert_eq!(found, Ok(expected), "{text} {pattern}");
        }
    }

    #[test]
    fn expensive_match_fails_instead_of_taking_minutes() {
        let text = "a".repeat(60_000);
        let pattern = format!("%{}b", "a".repeat(20_000));

        assert_eq!(Pattern::new(&pattern, None).matches(&text), Err(Exhausted));
    }
}
