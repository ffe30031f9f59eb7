//! Words of T-SQL outside of parentheses.

/// The positions of the words outside of parentheses.
pub(super) fn top_level(words: &[&str]) -> impl Iterator<Item = usize> {
    let mut depth = 0_usize;
    words.iter().enumerate().filter_map(move |(at, word)| {
        match *word {
            "(" | "case" => depth += 1,
            ")" | "end" => depth = depth.saturating_sub(1),
            _ if depth == 0 => return Some(at),
            _ => {}
        }
        None
    })
}

/// Splits words at another one, outside of parentheses.
pub(super) fn split<'w, 's>(words: &'w [&'s str], at: &str) -> Vec<&'w [&'s str]> {
    let mut parts = Vec::new();
    let mut start = 0;
    for position in top_level(words).filter(|position| words[*position] == at) {
        parts.push(&words[start..position]);
        start = position + 1;
    }
    parts.push(&words[start..]);
    parts
}

/// Takes what is in parentheses.
pub(super) fn arguments<'w, 's>(rest: &mut &'w [&'s str]) -> Option<&'w [&'s str]> {
    let all = *rest;
    let mut depth = 0_usize;
    for (at, word) in all.iter().enumerate() {
        match *word {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            *rest = &all[at + 1..];
            return Some(&all[1..at]);
        }
    }
    None
}
