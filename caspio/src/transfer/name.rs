//! Which names a file may have.

/// Returns why a text is not a valid file name.
pub(crate) fn check(name: &str) -> Option<&'static str> {
    if name.is_empty() || name == "." || name == ".." {
        Some("a file needs a name")
    } else if name.contains(['/', '\\']) {
        Some("a file name cannot contain a path")
    } else if name.chars().any(char::is_control) {
        Some("a file name cannot contain control characters")
    } else {
        None
    }
}

/// As [`check`], for a name in a multipart form: servers differ in how they read a quote there.
pub(crate) fn check_in_form(name: &str) -> Option<&'static str> {
    check(name).or_else(|| {
        name.contains('"')
            .then_some("a file with a quote in its name cannot be uploaded under that name")
    })
}

/// Returns a name that is one step of a path on every system: without separators, other characters that Windows
/// refuses, control characters, line ends and characters that reorder text, which become `_`.
pub(crate) fn safe(name: &str) -> String {
    let is_unsafe = |character: char| {
        character.is_control()
            || r#"/\:<>"|?*"#.contains(character)
            || matches!(character, '\u{61C}' | '\u{200E}' | '\u{200F}')
            || matches!(character, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    let safe: String = name
        .chars()
        .map(|character| if is_unsafe(character) { '_' } else { character })
        .collect();
    // Windows drops dots and blanks at the end, and opens a device under some names.
    let safe = safe.trim_end_matches(['.', ' ']);
    let stem = safe.split('.').next().unwrap_or_default().trim_end();
    let is_device = ["CON", "PRN", "AUX", "NUL"]
        .iter()
        .any(|device| stem.eq_ignore_ascii_case(device))
        || is_numbered_device(stem);
    match safe {
        "" => "_".to_owned(),
        safe if is_device => format!("_{safe}"),
        safe => safe.to_owned(),
    }
}

fn is_numbered_device(stem: &str) -> bool {
    let upper = stem.to_uppercase();
    let number = upper
        .strip_prefix("COM")
        .or_else(|| upper.strip_prefix("LPT"));
    number.is_some_and(|number| number.chars().count() == 1)
}

/// Returns the text after the last dot, if there is any.
pub(crate) fn extension(name: &str) -> Option<&str> {
    let (_, extension) = name.rsplit_once('.')?;
    (!extension.is_empty()).then_some(extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_safe_name_is_one_step_of_a_path() {
        for (name, expected) in [
            ("cv.pdf", "cv.pdf"),
            ("../../planted.sh", ".._.._planted.sh"),
            ("..\\a.txt", ".._a.txt"),
            ("..", "_"),
            ("", "_"),
            ("C:x", "C_x"),
            ("a\u{202E}fdp.exe", "a_fdp.exe"),
            ("a\u{61C}b\u{2028}c\u{2029}d\u{2066}e", "a_b_c_d_e"),
            ("<a>|\"b\"?*.txt", "_a___b___.txt"),
            ("a\r\nb", "a__b"),
            ("nul.txt", "_nul.txt"),
            ("COM1", "_COM1"),
            ("Łukasz's 履歴書.pdf", "Łukasz's 履歴書.pdf"),
        ] {
            let safe = safe(name);
            assert_eq!(safe, expected, "{name:?}");
            assert_eq!(check(&safe), None, "{name:?}");
        }
    }

    #[test]
    fn a_name_is_one_step_of_a_path_without_controls() {
        for good in ["cv.pdf", "Łukasz's 履歴書 ; 100%.pdf", ".env", "a"] {
            assert_eq!(check_in_form(good), None, "{good}");
        }
        for bad in ["", ".", "..", "a/b", "..\\b", "a\r\nX: y", "a\0b", "a\"b"] {
            assert!(check_in_form(bad).is_some(), "{bad:?}");
        }
        assert_eq!(check("a\"b"), None);
    }
}
