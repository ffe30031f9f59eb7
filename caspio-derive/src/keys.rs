//! The keys of `#[caspio(...)]`: which there are, and what to say about the others.

use crate::suggest::{listed, nearest};

/// Which derive is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `#[derive(CaspioTable)]`.
    Table,
    /// `#[derive(CaspioView)]`.
    View,
}

impl Kind {
    /// The word for it, and the key that names it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::View => "view",
        }
    }

    /// The derive's name.
    pub(crate) fn derive(self) -> &'static str {
        match self {
            Self::Table => "CaspioTable",
            Self::View => "CaspioView",
        }
    }

    /// The kind it is not.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Table => Self::View,
            Self::View => Self::Table,
        }
    }

    fn struct_keys(self) -> [&'static str; 3] {
        [self.word(), "rename_all", "crate"]
    }
}

const FIELD_KEYS: &[&str] = &["rename", "pk", "read_only", "skip", "default", "with"];

/// What to say about a key that a struct does not have.
pub(crate) fn unknown_on_struct(key: &str, kind: Kind) -> String {
    let other = kind.other();
    if key == other.word() {
        return format!(
            "`{key}` belongs to `#[derive({})]`; here the {} is named, by `{} = \"...\"`",
            other.derive(),
            kind.word(),
            kind.word(),
        );
    }
    if FIELD_KEYS.contains(&key) {
        return format!("`{key}` belongs on a field, not on the struct");
    }
    unsupported(key).unwrap_or_else(|| unknown(key, "struct", &kind.struct_keys(), struct_synonym))
}

/// Whether a key that a struct does not have was meant to name the table or view.
pub(crate) fn means_name(key: &str, kind: Kind) -> bool {
    key == kind.other().word()
        || guess(key, &kind.struct_keys(), struct_synonym) == Some(kind.word())
}

/// What to say about a key that a field does not have.
pub(crate) fn unknown_on_field(key: &str, kind: Kind) -> String {
    if kind.struct_keys().contains(&key) || key == kind.other().word() {
        return format!("`{key}` belongs on the struct, not on a field");
    }
    unsupported(key).unwrap_or_else(|| unknown(key, "field", FIELD_KEYS, field_synonym))
}

fn unknown(
    key: &str,
    place: &str,
    valid: &[&'static str],
    synonym: fn(&str) -> Option<&'static str>,
) -> String {
    let hint = guess(key, valid, synonym)
        .map_or_else(String::new, |guess| format!(", did you mean `{guess}`?"));
    let separator = if hint.is_empty() { ";" } else { "" };
    format!(
        "unknown attribute `{key}`{hint}{separator} a {place} can have {}",
        listed(valid),
    )
}

/// Attributes that people know from elsewhere and may look for here.
fn unsupported(key: &str) -> Option<String> {
    let instead = match key {
        "flatten" => "a record has one field for each column, so list them in this struct",
        "alias" | "aliases" => {
            "a column has one name in Caspio, compared without case: use `rename = \"...\"`"
        }
        "skip_serializing_if" => "write only the columns you mean to change instead",
        "tag" | "untagged" | "transparent" => "a record is a struct with one field for each column",
        _ => return None,
    };
    Some(format!("`{key}` is not supported; {instead}"))
}

fn guess(
    key: &str,
    valid: &[&'static str],
    synonym: fn(&str) -> Option<&'static str>,
) -> Option<&'static str> {
    synonym(key)
        .filter(|word| valid.contains(word))
        .or_else(|| nearest(key, valid))
}

fn struct_synonym(key: &str) -> Option<&'static str> {
    match key {
        "table_name" => Some("table"),
        "view_name" => Some("view"),
        "crate_path" | "caspio" | "path" => Some("crate"),
        "case" | "rename_fields" => Some("rename_all"),
        _ => None,
    }
}

fn field_synonym(key: &str) -> Option<&'static str> {
    match key {
        "name" | "column" | "column_name" => Some("rename"),
        "key" | "id" | "primary_key" => Some("pk"),
        "computed" | "generated" | "formula" | "skip_serializing" => Some("read_only"),
        "ignore" | "skip_deserializing" => Some("skip"),
        "deserialize_with" | "serialize_with" => Some("with"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_names_the_near_key_and_lists_all() {
        assert_eq!(
            unknown_on_field("renam", Kind::Table),
            "unknown attribute `renam`, did you mean `rename`? \
             a field can have `rename`, `pk`, `read_only`, `skip`, `default` or `with`",
        );
    }

    #[test]
    fn a_stranger_gets_the_list() {
        assert_eq!(
            unknown_on_struct("colour", Kind::View),
            "unknown attribute `colour`; a struct can have `view`, `rename_all` or `crate`",
        );
    }

    #[test]
    fn a_key_in_the_wrong_place_says_where_it_belongs() {
        assert!(unknown_on_field("rename_all", Kind::Table).contains("on the struct"));
        assert!(unknown_on_field("view", Kind::Table).contains("on the struct"));
        assert!(unknown_on_struct("pk", Kind::Table).contains("on a field"));
        assert!(unknown_on_struct("view", Kind::Table).contains("derive(CaspioView)"));
    }

    #[test]
    fn words_of_other_libraries_lead_to_ours() {
        for (word, ours) in [
            ("primary_key", "pk"),
            ("column", "rename"),
            ("deserialize_with", "with"),
            ("skip_serializing", "read_only"),
        ] {
            let message = unknown_on_field(word, Kind::Table);
            assert!(message.contains(&format!("did you mean `{ours}`?")));
        }
    }
}
