//! The constructor of a struct for inserts that cannot do without some columns.

use super::{WIDTH, width};
use crate::naming::as_written;

/// How long the fields of a struct's value may be in one line.
const VALUE_WIDTH: usize = 18;

/// The function `new`, indented. Fields are names, not raw, with types; those that are required are
/// parameters. `None` where none is.
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
        .map(|(name, _, required)| match required {
            true => as_written(name),
            false => absent(&as_written(name)),
        })
        .collect();
    let many = if params.len() > 7 {
        "    #[allow(clippy::too_many_arguments)]\n"
    } else {
        ""
    };
    Some(format!(
        "    /// A record with the columns that it cannot do without; Caspio fills the others.\n    \
         #[must_use]\n{many}{}\n{}\n    }}\n",
        signature(&params),
        value(&values),
    ))
}

/// The impl with nothing but the function.
pub(crate) fn new_impl(insert: &str, function: &str) -> String {
    format!("impl {insert} {{\n{function}}}")
}

/// A field's value where nothing is given, broken where rustfmt breaks it: here it counts bytes.
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
