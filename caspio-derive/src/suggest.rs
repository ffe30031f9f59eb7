//! "Did you mean": the nearest of a few known words.

/// The candidate nearest to `word`, if one is close enough to be a typo.
pub(crate) fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    caspio_schema::nearest(word, candidates.iter().copied())
}

/// `` `a`, `b` or `c` ``.
pub(crate) fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: &[&str] = &["rename", "pk", "read_only", "skip", "default", "with"];

    #[test]
    fn finds_misspelled_names() {
        for (word, expected) in [
            ("renam", "rename"),
            ("raname", "rename"),
            ("readonly", "read_only"),
            ("readOnly", "read_only"),
            ("defualt", "default"),
            ("skipp", "skip"),
            ("wiht", "with"),
            ("kp", "pk"),
            ("PK", "pk"),
        ] {
            assert_eq!(nearest(word, KEYS), Some(expected), "{word}");
        }
    }

    #[test]
    fn suggests_nothing_for_distant_names() {
        for word in ["flatten", "column", "x", "unique", "königsblau"] {
            assert_eq!(nearest(word, KEYS), None, "{word}");
        }
    }

    #[test]
    fn suggests_nothing_without_candidates() {
        assert_eq!(nearest("rename", &[]), None);
    }

    #[test]
    fn lists_words_as_in_a_sentence() {
        assert_eq!(listed(&["a"]), "`a`");
        assert_eq!(listed(&["a", "b"]), "`a` or `b`");
        assert_eq!(listed(&["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
