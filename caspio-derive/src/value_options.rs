//! The meaning of the items of `#[caspio(...)]` on a newtype or an enum, and on a variant.

use crate::attr::{self, Item, Value};
use crate::errors::Errors;
use crate::options::{flag, krate, rule};
use crate::setting::{Set, fail, set, text};
use crate::suggest::{listed, nearest};
use caspio_schema::RenameRule;
use proc_macro2::Ident;
use syn::{Attribute, Data, DeriveInput, LitStr, Path};

/// The keys of a newtype.
const NEWTYPE_KEYS: &[&str] = &["crate"];

const ENUM_KEYS: &[&str] = &["crate", "rename_all", "serde"];

const VARIANT_KEYS: &[&str] = &["rename", "other"];

/// The options of a newtype or an enum.
#[derive(Default)]
pub(crate) struct ValueOptions {
    pub(crate) krate: Option<Set<Path>>,
    /// How the names of variants become words.
    pub(crate) rename_all: Option<Set<RenameRule>>,
    /// Whether serde's traits are implemented.
    pub(crate) serde: Option<Set<()>>,
}

/// The options of a variant.
#[derive(Default)]
pub(crate) struct VariantOptions {
    pub(crate) rename: Option<Set<LitStr>>,
    pub(crate) other: Option<Set<()>>,
}

impl ValueOptions {
    /// Reads the attributes of a type.
    pub(crate) fn read(input: &DeriveInput, errors: &mut Errors) -> Self {
        let is_enum = matches!(input.data, Data::Enum(_));
        let mut options = Self::default();
        for Item { key, value } in attr::items(&input.attrs, errors) {
            match key.to_string().as_str() {
                "crate" => set(&mut options.krate, key, value, errors, krate),
                "rename_all" if is_enum => set(&mut options.rename_all, key, value, errors, rule),
                "serde" if is_enum => set(&mut options.serde, key, value, errors, flag),
                word => errors.push(key.span(), unknown_on_type(word, is_enum)),
            }
        }
        options
    }
}

impl VariantOptions {
    /// Reads the attributes of a variant.
    pub(crate) fn read(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut options = Self::default();
        for Item { key, value } in attr::items(attrs, errors) {
            match key.to_string().as_str() {
                "rename" => set(&mut options.rename, key, value, errors, word),
                "other" => set(&mut options.other, key, value, errors, flag),
                word => errors.push(key.span(), unknown_on_variant(word)),
            }
        }
        options
    }
}

/// A word of the column, which may be empty.
fn word(key: &Ident, value: Value) -> syn::Result<LitStr> {
    if let Value::List(span) = value {
        return fail(
            span,
            "a variant has one word for reading and for writing: `rename = \"...\"`".to_owned(),
        );
    }
    text(key, value, "...")
}

fn unknown_on_type(key: &str, is_enum: bool) -> String {
    match key {
        "rename_all" => {
            "`rename_all` has no effect: it belongs to enums, whose variants are words".to_owned()
        }
        "serde" => "`serde` belongs to enums: a newtype that derives serde's `Serialize` and \
                    `Deserialize` is its inner value"
            .to_owned(),
        "transparent" => {
            "`transparent` has no effect: a newtype always is its inner value".to_owned()
        }
        "table" | "view" | "of" => format!(
            "`{key}` belongs to the derives of records; `CaspioValue` is for the type of a column"
        ),
        _ if VARIANT_KEYS.contains(&key) && is_enum => {
            format!("`{key}` belongs on a variant, not on the enum")
        }
        _ if is_enum => unknown(key, "an enum", ENUM_KEYS),
        _ => unknown(key, "a newtype", NEWTYPE_KEYS),
    }
}

fn unknown_on_variant(key: &str) -> String {
    match key {
        "rename_all" | "serde" | "crate" => {
            format!("`{key}` belongs on the enum, not on a variant")
        }
        "alias" | "aliases" => format!(
            "`{key}` is not supported; a variant has one word, which is read in any case and with any blanks at its end"
        ),
        "default" | "skip" => format!(
            "`{key}` is not supported; a field of a record can have `#[caspio(default)]`, \
             and an enum a variant `#[caspio(other)] Other(String)`"
        ),
        _ => unknown(key, "a variant", VARIANT_KEYS),
    }
}

fn unknown(key: &str, place: &str, valid: &[&'static str]) -> String {
    let near = match key {
        "name" | "word" | "value" | "text" => Some("rename"),
        "unknown" | "catch_all" | "fallback" => Some("other"),
        _ => nearest(key, valid),
    };
    let near = near.filter(|near| valid.contains(near));
    let hint = near.map_or_else(
        || ";".to_owned(),
        |near| format!(", did you mean `{near}`?"),
    );
    format!(
        "unknown attribute `{key}`{hint} {place} can have {}",
        listed(valid)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelled_key_gets_the_nearest_key_and_the_list() {
        assert_eq!(
            unknown_on_variant("renam"),
            "unknown attribute `renam`, did you mean `rename`? a variant can have `rename` or `other`",
        );
        assert_eq!(
            unknown_on_type("colour", true),
            "unknown attribute `colour`; an enum can have `crate`, `rename_all` or `serde`",
        );
        assert_eq!(
            unknown_on_type("rename", false),
            "unknown attribute `rename`; a newtype can have `crate`",
        );
    }

    #[test]
    fn keys_of_other_libraries_suggest_ours() {
        assert!(unknown_on_variant("catch_all").contains("did you mean `other`?"));
        assert!(unknown_on_variant("value").contains("did you mean `rename`?"));
        assert!(unknown_on_type("transparent", false).contains("no effect"));
    }
}
