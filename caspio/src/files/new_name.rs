//! Names for files whose own names are in use.

use std::collections::HashSet;

/// The names in a folder. They are compared without case, because it is not certain that the service tells names apart
/// that differ in case only.
#[derive(Debug)]
pub(super) struct Names(HashSet<String>);

impl Names {
    pub(super) fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        Self(names.into_iter().map(str::to_lowercase).collect())
    }

    /// Adds a name; returns false if it is in use.
    fn add(&mut self, name: &str) -> bool {
        self.0.insert(name.to_lowercase())
    }

    /// Returns the name itself, or with the first number at the end of its stem that makes it another one, and adds it.
    pub(super) fn free(&mut self, name: &str) -> String {
        let (stem, extension) = match name.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => (stem, format!(".{extension}")),
            _ => (name, String::new()),
        };
        let mut free = name.to_owned();
        let mut number = 1_u64;
        while !self.add(&free) {
            free = format!("{stem}_{number}{extension}");
            number += 1;
        }
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_before_the_extension() {
        let mut names = Names::of(["a.PDF", "a_1.pdf", ".env", "b", "c.tar.gz"]);

        for (name, free) in [
            ("a.pdf", "a_2.pdf"),
            ("a.pdf", "a_3.pdf"),
            (".env", ".env_1"),
            ("b", "b_1"),
            ("c.tar.gz", "c.tar_1.gz"),
            ("d", "d"),
        ] {
            assert_eq!(names.free(name), free);
        }
    }
}
