//! Which names a file may have.

/// Returns why a text is not a valid file name.
pub(super) fn check(name: &str) -> Option<&'static str> {
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
pub(super) fn check_in_form(name: &str) -> Option<&'static str> {
    check(name).or_else(|| {
        name.contains('"')
            .then_some("a file with a quote in its name cannot be uploaded under that name")
    })
}

/// Returns the text after the last dot, if there is any.
pub(super) fn extension(name: &str) -> Option<&str> {
    let (_, extension) = name.rsplit_once('.')?;
    (!extension.is_empty()).then_some(extension)
}

#[cfg(test)]
mod tests {
    use super::*;

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
