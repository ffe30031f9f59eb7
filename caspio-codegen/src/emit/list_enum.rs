//! Emits an enum for the values of a list.

use super::{WIDTH, width};
use crate::text::{doc_lines, literal};

/// Returns the line of a variant.
pub(crate) fn variant_line(variant: &str) -> String {
    format!("    {variant},\n")
}

/// Returns the enum with its impls. Each variant is a name and its list value.
pub(crate) fn enum_items(name: &str, column: &str, variants: &[(String, String)]) -> String {
    let about = doc_lines(&format!("A value of the list {}.", literal(column)));
    let docs = super::doc_comment(&about, "");
    let lines: String = variants
        .iter()
        .map(|(name, _)| variant_line(name))
        .collect();
    let (as_str, from) = (as_str_impl(name, variants), from_impl(name, variants));
    format!(
        r#"{docs}#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum {name} {{
{lines}    /// A value that the list did not have when this was generated.
    Unknown(String),
}}

{as_str}

{from}

impl std::fmt::Display for {name} {{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{
        f.write_str(self.as_str())
    }}
}}

impl caspio::field::FieldType for {name} {{
    type Kind = caspio::field::kind::Text;
    type Value = Self;
    const EXPECTED: &'static str = "text";
}}

impl<'de> caspio::field::Field<'de> for {name} {{
    fn read<D: caspio::field::Deserializer<'de>>(value: D) -> Result<Self, D::Error> {{
        <String as caspio::field::Field<'de>>::read(value).map(|text| Self::from(text.as_str()))
    }}
}}

impl caspio::field::ToValue for {name} {{
    fn to_value(&self) -> caspio::field::FieldValue<'_> {{
        caspio::field::FieldValue::Text(self.as_str().into())
    }}
}}"#
    )
}

/// Returns the impl with `as_str`. A merge compares it with the text of a file, so its text is fixed.
pub(crate) fn as_str_impl(name: &str, variants: &[(String, String)]) -> String {
    let arms: String = variants
        .iter()
        .map(|(variant, value)| arm(&format!("Self::{variant}"), &literal(value)))
        .collect();
    format!(
        "impl {name} {{\n    /// The value as Caspio has it.\n    #[must_use]\n    \
         pub fn as_str(&self) -> &str {{\n        match self {{\n{arms}            \
         Self::Unknown(value) => value,\n        }}\n    }}\n}}"
    )
}

/// Returns the conversion from text. A merge compares it with the text of a file, so its text is fixed.
pub(crate) fn from_impl(name: &str, variants: &[(String, String)]) -> String {
    let arms: String = variants
        .iter()
        .map(|(variant, value)| arm(&literal(value), &format!("Self::{variant}")))
        .collect();
    format!(
        "impl From<&str> for {name} {{\n    fn from(value: &str) -> Self {{\n        \
         match value {{\n{arms}            _ => Self::Unknown(value.to_owned()),\n        \
         }}\n    }}\n}}"
    )
}

fn arm(pattern: &str, value: &str) -> String {
    let line = format!("            {pattern} => {value},\n");
    if width(line.trim_end()) <= WIDTH {
        return line;
    }
    format!("            {pattern} => {{\n                {value}\n            }}\n")
}
