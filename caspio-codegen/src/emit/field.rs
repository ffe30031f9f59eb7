//! Emits the fields of structs.

use super::{WIDTH, width};
use crate::naming::as_written;

/// The maximum width of the items of an attribute in one line.
const ATTRIBUTE_WIDTH: usize = 70;

/// Returns a documentation comment, each line indented.
pub(crate) fn doc_comment(lines: &[String], indent: &str) -> String {
    let mut text = String::new();
    for line in lines {
        let space = if line.is_empty() { "" } else { " " };
        text.push_str(&format!("{indent}///{space}{line}\n"));
    }
    text
}

/// Returns `#[caspio(...)]`, its first line not indented; empty without items.
pub(crate) fn attribute(items: &[String], indent: &str) -> String {
    let list = items.join(", ");
    if list.is_empty() {
        return String::new();
    }
    if width(&list) <= ATTRIBUTE_WIDTH {
        return format!("#[caspio({list})]");
    }
    if items.len() > 1 {
        // One attribute for each item, because rustfmt does not always keep one of several lines.
        let each = items
            .iter()
            .map(|item| attribute(std::slice::from_ref(item), indent));
        return each.collect::<Vec<_>>().join(&format!("\n{indent}"));
    }
    let line = format!("#[caspio({list})]");
    if indent.len() + width(&line) < WIDTH {
        return line;
    }
    format!("#[caspio(\n{indent}    {list}\n{indent})]")
}

/// Returns the lines of a record's field. `name` is not raw.
pub(crate) fn record_field(docs: &[String], items: &[String], name: &str, ty: &str) -> String {
    let docs = doc_comment(docs, "    ");
    let mut attribute = attribute(items, "    ");
    if !attribute.is_empty() {
        attribute = format!("    {attribute}\n");
    }
    format!("{docs}{attribute}{}", insert_field(name, ty))
}

/// Returns the line of a field without documentation and attributes.
pub(crate) fn insert_field(name: &str, ty: &str) -> String {
    let name = as_written(name);
    let line = format!("    pub {name}: {ty},");
    if width(&line) <= WIDTH {
        return line + "\n";
    }
    format!("    pub {name}:\n        {ty},\n")
}
