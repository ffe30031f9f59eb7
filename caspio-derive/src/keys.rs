//! The keys of `#[caspio(...)]`: the known ones, and messages about others.

use crate::suggest::{listed, nearest};

/// The derive that is expanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeriveKind {
    /// `#[derive(CaspioTable)]`.
    Table,
    /// `#[derive(CaspioView)]`.
    View,
    /// `#[derive(CaspioRecord)]`.
    Record,
    /// `#[derive(CaspioInsert)]`.
    Insert,
}

impl DeriveKind {
    const ALL: [Self; 4] = [Self::Table, Self::View, Self::Record, Self::Insert];

    /// The word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::View => "view",
            Self::Record | Self::Insert => "record",
        }
    }

    /// The keys that name the table or view; one is required.
    pub(crate) fn source_keys(self) -> &'static [&'static str] {
        match self {
            Self::Table => &["table"],
            Self::View => &["view"],
            Self::Record => &["of"],
            Self::Insert => &["table", "view"],
        }
    }

    /// Whether the record has columns of its own; otherwise they are those of another struct.
    pub(crate) fn is_source(self) -> bool {
        matches!(self, Self::Table | Self::View)
    }

    /// The derive's name.
    pub(crate) fn derive(self) -> &'static str {
        match self {
            Self::Table => "CaspioTable",
            Self::View => "CaspioView",
            Self::Record => "CaspioRecord",
            Self::Insert => "CaspioInsert",
        }
    }

    /// The other derive that has this key on its struct.
    fn owner(self, key: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|other| !self.source_keys().contains(&key) && other.source_keys().contains(&key))
    }

    /// How this derive names the table or view.
    fn instead(self) -> String {
        match self {
            Self::Table | Self::View => {
                let word = self.word();
                format!("here the {word} is named, by `{word} = \"...\"`")
            }
            Self::Record => {
                "here the struct of the table or view is named, by `of = ...`".to_owned()
            }
            Self::Insert => "here the struct of the table is named, by `table = ...`, or that of \
                             the view, by `view = ...`"
                .to_owned(),
        }
    }

    fn struct_keys(self) -> &'static [&'static str] {
        match self {
            Self::Table => &["table", "rename_all", "schema", "crate"],
            Self::View => &["view", "rename_all", "schema", "crate"],
            Self::Record => &["of", "rename_all", "crate"],
            Self::Insert => &["table", "view", "crate"],
        }
    }

    fn field_keys(self) -> &'static [&'static str] {
        match self {
            Self::Table | Self::View => FIELD_KEYS,
            Self::Record => PART_KEYS,
            Self::Insert => INSERT_KEYS,
        }
    }
}

const FIELD_KEYS: &[&str] = &[
    "rename",
    "pk",
    "read_only",
    "skip",
    "default",
    "with",
    "to",
    "password",
];

/// The keys of the fields of a projection.
const PART_KEYS: &[&str] = &[
    "column", "expr", "count", "sum", "avg", "min", "max", "rename", "pk", "skip", "default",
    "with",
];

/// The keys of the fields of an insert.
const INSERT_KEYS: &[&str] = &["column", "to", "skip"];

/// The message about a key that a struct cannot have.
pub(crate) fn unknown_on_struct(key: &str, kind: DeriveKind) -> String {
    if let Some(owner) = kind.owner(key) {
        return format!(
            "`{key}` belongs to `#[derive({})]`; {}",
            owner.derive(),
            kind.instead(),
        );
    }
    if kind.field_keys().contains(&key) {
        return format!("`{key}` belongs on a field, not on the struct");
    }
    if kind == DeriveKind::Insert && key == "rename_all" {
        return "`rename_all` has no effect: the columns' names are known from the table's struct"
            .to_owned();
    }
    if key == "schema" {
        return "`schema` has no effect: it belongs on the struct of the table or view".to_owned();
    }
    unsupported(key).unwrap_or_else(|| unknown(key, "struct", kind.struct_keys(), struct_synonym))
}

/// Whether an invalid key was probably meant to name the table or view.
pub(crate) fn means_source(key: &str, kind: DeriveKind) -> bool {
    kind.owner(key).is_some()
        || guess(key, kind.struct_keys(), struct_synonym)
            .is_some_and(|guess| kind.source_keys().contains(&guess))
}

/// The message about a key that a field cannot have.
pub(crate) fn unknown_on_field(key: &str, kind: DeriveKind) -> String {
    if kind.struct_keys().contains(&key) || kind.owner(key).is_some() {
        return format!("`{key}` belongs on the struct, not on a field");
    }
    if kind == DeriveKind::Record && matches!(key, "read_only" | "to" | "password") {
        return format!("`{key}` has no effect: a projection of a table is never written");
    }
    if kind == DeriveKind::Insert
        && let Some(message) = no_effect_in_an_insert(key)
    {
        return message;
    }
    if kind != DeriveKind::Record && PART_KEYS.contains(&key) && key != "column" {
        return format!(
            "`{key}` belongs to the fields of a `#[derive({})]`",
            DeriveKind::Record.derive()
        );
    }
    unsupported(key).unwrap_or_else(|| unknown(key, "field", kind.field_keys(), field_synonym))
}

/// Keys of a table's fields that have no meaning for an insert.
fn no_effect_in_an_insert(key: &str) -> Option<String> {
    let why = match key {
        "rename" => {
            "the column's name is known from the table's struct; \
             to set another field's column write `column = field`"
        }
        "pk" | "read_only" => "Caspio fills this column itself, so leave the field out",
        "default" => "for a column that may be left out use `caspio::Patch`",
        "with" => "it reads; a function that writes is named by `to = \"...\"`",
        "password" => "which columns hold passwords is known from the table's struct",
        _ => return None,
    };
    Some(format!("`{key}` has no effect: {why}"))
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

/// Attributes that people know from other libraries and may expect here.
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
        "from" | "source" | "part_of" => Some("of"),
        _ => None,
    }
}

fn field_synonym(key: &str) -> Option<&'static str> {
    match key {
        "name" | "column" | "column_name" => Some("rename"),
        "expression" | "sql" => Some("expr"),
        "average" | "mean" => Some("avg"),
        "key" | "id" | "primary_key" => Some("pk"),
        "computed" | "generated" | "formula" | "skip_serializing" => Some("read_only"),
        "ignore" | "skip_deserializing" => Some("skip"),
        "deserialize_with" => Some("with"),
        "serialize_with" | "into" => Some("to"),
        "secret" => Some("password"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelled_key_gets_the_nearest_key_and_the_list() {
        assert_eq!(
            unknown_on_field("renam", DeriveKind::Table),
            "unknown attribute `renam`, did you mean `rename`? \
             a field can have `rename`, `pk`, `read_only`, `skip`, `default`, `with`, `to` or `password`",
        );
    }

    #[test]
    fn an_unknown_key_gets_the_list() {
        assert_eq!(
            unknown_on_struct("colour", DeriveKind::View),
            "unknown attribute `colour`; a struct can have `view`, `rename_all`, `schema` or `crate`",
        );
    }

    #[test]
    fn a_misplaced_key_gets_its_correct_position() {
        assert!(unknown_on_field("rename_all", DeriveKind::Table).contains("on the struct"));
        assert!(unknown_on_field("view", DeriveKind::Table).contains("on the struct"));
        assert!(unknown_on_struct("pk", DeriveKind::Table).contains("on a field"));
        assert!(unknown_on_struct("view", DeriveKind::Table).contains("derive(CaspioView)"));
        assert!(unknown_on_struct("of", DeriveKind::View).contains("derive(CaspioRecord)"));
        assert!(unknown_on_struct("table", DeriveKind::Record).contains("`of = ...`"));
        assert!(unknown_on_struct("of", DeriveKind::Insert).contains("derive(CaspioRecord)"));
        assert!(unknown_on_struct("view", DeriveKind::Record).contains("derive(CaspioView)"));
        assert!(unknown_on_struct("rename_all", DeriveKind::Insert).contains("no effect"));
        assert!(unknown_on_field("sum", DeriveKind::Insert).contains("derive(CaspioRecord)"));
        assert!(unknown_on_field("sum", DeriveKind::Table).contains("derive(CaspioRecord)"));
    }

    #[test]
    fn keys_of_other_libraries_suggest_ours() {
        for (word, ours) in [
            ("primary_key", "pk"),
            ("column", "rename"),
            ("deserialize_with", "with"),
            ("skip_serializing", "read_only"),
        ] {
            let message = unknown_on_field(word, DeriveKind::Table);
            assert!(message.contains(&format!("did you mean `{ours}`?")));
        }
    }
}
