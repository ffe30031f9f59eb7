//! The names of an account's tables and views, kept by the commands that list them, for completions.

use crate::folders::replace_private;
use caspio::record::ObjectKind;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// The names of an account's tables and views when they were last listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ObjectNames {
    pub(crate) tables: Vec<String>,
    pub(crate) views: Vec<String>,
}

impl ObjectNames {
    /// Reads the names in a file. One that is missing or damaged has none.
    pub(crate) fn load(path: &Path) -> Self {
        let text = fs::read(path).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Replaces the names of one kind in a file. If it cannot be written, completions have the names of before.
    pub(crate) fn keep(path: &Path, kind: ObjectKind, names: Vec<String>) {
        let before = Self::load(path);
        let mut after = before.clone();
        match kind {
            ObjectKind::Table => after.tables = names,
            ObjectKind::View => after.views = names,
        }
        if after != before
            && let Ok(text) = serde_json::to_vec(&after)
        {
            let _ = replace_private(path, &text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_kind_are_replaced_and_a_damaged_file_has_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("names/a.json");

        ObjectNames::keep(&path, ObjectKind::Table, vec!["Old".into()]);
        ObjectNames::keep(&path, ObjectKind::View, vec!["View".into()]);
        ObjectNames::keep(&path, ObjectKind::Table, vec!["New".into()]);

        let names = ObjectNames::load(&path);
        assert_eq!(
            (names.tables, names.views),
            (vec!["New".into()], vec!["View".into()])
        );
        fs::write(&path, "{\"tables\":").expect("written");
        assert_eq!(ObjectNames::load(&path), ObjectNames::default());
    }
}
