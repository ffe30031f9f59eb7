//! The paths of files and folders.

use crate::transfer::name;

/// Returns a path with a slash first and none at its end; the root folder's path is empty.
///
/// # Errors
///
/// The reason why it is no path: a step is empty, `.` or `..`, or has a backslash or control characters.
pub(super) fn normalized(path: &str) -> Result<String, &'static str> {
    let inner = path.strip_prefix('/').unwrap_or(path);
    if inner.is_empty() {
        return Ok(String::new());
    }
    match inner.split('/').find_map(name::check) {
        None => Ok(format!("/{inner}")),
        Some(_) => Err(
            "a path has names with a slash between them: none is empty, `.` or `..`, or has a \
                        backslash or control characters",
        ),
    }
}

/// Whether a path that the service reports is that of a file directly in the root folder.
pub(super) fn is_in_root(path: &str) -> bool {
    !path.trim_start_matches('/').contains('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_a_slash_first_and_only_names() {
        for (given, path) in [
            ("/a.pdf", "/a.pdf"),
            ("a.pdf", "/a.pdf"),
            ("/My Photos/ä ö.png", "/My Photos/ä ö.png"),
            ("/", ""),
            ("", ""),
            ("/a/...", "/a/..."),
        ] {
            assert_eq!(normalized(given).as_deref(), Ok(path), "{given}");
        }
        for bad in [
            "//a", "/a/", "/a//b", "..", "/a/../b", "/./a", "\\a", "/a\\b", "/a\nb", "/a\0",
        ] {
            assert!(normalized(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_file_in_a_folder_is_not_in_the_root() {
        assert!(is_in_root("/a.txt") && is_in_root("a.txt"));
        assert!(!is_in_root("/Photos/a.txt") && !is_in_root("Photos/a.txt"));
    }
}
