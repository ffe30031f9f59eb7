//! Where the file is: `#[caspio(schema = "...")]`, otherwise the environment's `CASPIO_SCHEMA`.

use proc_macro2::Span;
use std::path::{Path, PathBuf};
use syn::LitStr;

/// The environment variable that names the file for a whole build.
pub(crate) const VARIABLE: &str = "CASPIO_SCHEMA";

/// The choice of a schema file in a struct's attribute.
pub(crate) enum Choice {
    /// This file.
    File(LitStr),
    /// No file, even if the environment names one.
    Off,
}

/// A file, and what named it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Location {
    /// As it was written, for messages.
    pub(crate) written: String,
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Whether the environment named it, and not the struct.
    pub(crate) by_environment: bool,
}

impl Location {
    /// The file for messages, after an article.
    pub(crate) fn described(&self) -> String {
        let by = if self.by_environment {
            format!(", which {VARIABLE} names")
        } else {
            String::new()
        };
        format!("file `{}`{by}", self.written)
    }
}

/// The file for a struct, if there is one.
pub(crate) fn find(choice: Option<&Choice>) -> Option<Location> {
    let variable = std::env::var(VARIABLE).ok();
    let folder = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    resolve(choice, variable, Path::new(&folder))
}

fn resolve(choice: Option<&Choice>, variable: Option<String>, folder: &Path) -> Option<Location> {
    let (written, by_environment) = match choice {
        Some(Choice::Off) => return None,
        Some(Choice::File(file)) => (file.value(), false),
        None => (variable.filter(|file| !file.is_empty())?, true),
    };
    Some(Location {
        path: folder.join(&written),
        written,
        by_environment,
    })
}

/// The span for messages about the file: that of the attribute, or another one if there is none.
pub(crate) fn span(choice: Option<&Choice>, elsewhere: Span) -> Span {
    match choice {
        Some(Choice::File(file)) => file.span(),
        _ => elsewhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(choice: Option<&Choice>, variable: Option<&str>) -> Option<PathBuf> {
        resolve(choice, variable.map(str::to_owned), Path::new("/crate"))
            .map(|location| location.path)
    }

    #[test]
    fn a_relative_path_starts_in_the_crates_folder() {
        let file = Choice::File(LitStr::new("a.json", Span::call_site()));

        assert_eq!(path(Some(&file), None), Some("/crate/a.json".into()));
        assert_eq!(path(None, Some("b.json")), Some("/crate/b.json".into()));
        assert_eq!(path(None, Some("/all.json")), Some("/all.json".into()));
    }

    #[test]
    fn the_attribute_wins_over_the_environment() {
        let file = Choice::File(LitStr::new("a.json", Span::call_site()));

        assert_eq!(
            path(Some(&file), Some("/b.json")),
            Some("/crate/a.json".into())
        );
        assert_eq!(path(Some(&Choice::Off), Some("/b.json")), None);
    }

    #[test]
    fn without_an_attribute_and_a_variable_nothing_is_compared() {
        assert_eq!(path(None, None), None);
        assert_eq!(path(None, Some("")), None);
    }
}
