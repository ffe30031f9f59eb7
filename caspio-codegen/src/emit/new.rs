//! Emits the constructor of a struct for inserts with required columns.

use super::{WIDTH, width};
use crate::naming::as_written;

/// The maximum width of a struct expression's fields in one line.
const VALUE_WIDTH: usize = 18;

/// Returns the function `new`, indented; `None` if no field is required.
///
/// A field is its name, not raw, its type, and whether it is required and so a parameter. A merge
/// compares the function with the text of a file, so its text is fixed.
pub(crate) fn new_function(fields: &[(String, String, bool)]) -> Option<String> {
    let required = || fields.iter().filter(|(.., required)| *required);
    let params: Vec<String> = required()
        .map(|(name, ty, _)| format!("{}: {ty}", as_written(name)))
        .collect();
    if params.is_empty() {
        return None;
    }
    let values: Vec<String> = fields
        .iter()
        .map(|(name, _, required)| {
            if *required {
                as_written(name)
            } else {
                absent(&as_written(name))
            }
        })
        .collect();
    let many = if params.len() > 7 {
        "    #[allow(clippy::too_many_arguments)]\n"
    } else {
        ""
    };
    Some(format!(
        "    /// Creates a record from the required columns; Caspio fills the others.\n    \
         #[must_use]\n{many}{}\n{}\n    }}\n",
        signature(&params),
        value(&values),
    ))
}

/// Returns an impl with only the function.
pub(crate) fn new_impl(insert: &str, function: &str) -> String {
    format!("impl {insert} {{\n{function}}}")
}

/// Returns a field that is left out, broken where rustfmt breaks it, which counts bytes here.
fn absent(name: &str) -> String {
    const AROUND: usize = "            : Patch::Absent,".len();
    let fits = AROUND + name.len() <= WIDTH;
    let space = if fits { " " } else { "\n                " };
    format!("{name}:{space}Patch::Absent")
}

fn signature(params: &[String]) -> String {
    let line = format!("    pub fn new({}) -> Self {{", params.join(", "));
    if width(&line) <= WIDTH {
        return line;
    }
    let params: String = params.iter().map(|p| format!("        {p},\n")).collect();
    format!("    pub fn new(\n{params}    ) -> Self {{")
}

fn value(values: &[String]) -> String {
    let list = values.join(", ");
    if width(&list) <= VALUE_WIDTH {
        return format!("        Self {{ {list} }}");
    }
    let values: String = values
        .iter()
        .map(|v| format!("            {v},\n"))
        .collect();
    format!("        Self {{\n{values}        }}")
}
