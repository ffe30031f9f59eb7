//! Emits an enum for the values of a list.

use super::{WIDTH, attribute, doc_comment, width};
use crate::text::{doc_lines, literal};

/// Returns the lines of a variant and its list value.
pub(crate) fn variant_lines(variant: &str, value: &str) -> String {
    if variant == value {
        return format!("    {variant},\n");
    }
    let rename = format!("rename = {}", literal(value));
    let line = format!("    #[caspio({rename})]");
    if width(&line) <= WIDTH {
        return format!("{line}\n    {variant},\n");
    }
    format!("    {}\n    {variant},\n", attribute(&[rename], "    "))
}

/// Returns the enum. Each variant is a name and its list value.
pub(crate) fn enum_item(name: &str, column: &str, variants: &[(String, String)]) -> String {
    let about = doc_lines(&format!("A value of the list {}.", literal(column)));
    let docs = doc_comment(&about, "");
    let lines: String = variants
        .iter()
        .map(|(variant, value)| variant_lines(variant, value))
        .collect();
    format!(
        "{docs}#[derive(Debug, Clone, PartialEq, Eq, Hash, CaspioValue)]\n#[non_exhaustive]\n\
         pub enum {name} {{\n{lines}    /// A value that the list did not have when this was generated.\n    \
         #[caspio(other)]\n    Unknown(String),\n}}"
    )
}
