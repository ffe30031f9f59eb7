//! What a file may be called.

/// Why a name cannot be a file's, if it cannot.
pub(super) fn fault(name: &str) -> Option<&'static str> {
    if name.is_empty() || name == "." || name == ".." {
        Some("a file needs a name")
    } else if name.contains(['/', '\\']) {
        Some("a file's name holds no path")
    } else if name.chars().any(char::is_control) {
        Some("a file's name holds no control characters")
    } else {
        None
    }
}

/// As [`fault`], for a name that goes into a form: servers read a quote there in different ways.
pub(super) fn fault_in_form(name: &str) -> Option<&'static str> {
    fault(name).or_else(|| {
        name.contains('"')
            .then_some("a file with a quote in its name cannot be uploaded under that name")
    })
}

/// What stands after the last dot, if anything.
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
            assert_eq!(fault_in_form(good), None, "{good}");
        }
        for bad in ["", ".", "..", "a/b", "..\\b", "a\r\nX: y", "a\0b", "a\"b"] {
            assert!(fault_in_form(bad).is_some(), "{bad:?}");
        }
        assert_eq!(fault("a\"b"), None);
    }
}
