//! TypeScript interfaces of the records that the REST API returns.

use super::returned::{Form, Item, fields, form, is_nullable};
use caspio::record::ObjectKind;
use caspio::schema::{FieldDefinition, ObjectDefinition, Schema};
use std::collections::BTreeSet;

const HEADER: &str = "\
// The records of a Caspio account as its REST API returns them, written by `caspio schema export --format typescript`.
// `JSON.parse` rounds a number of more than 15 digits, such as a large amount of Currency. A time has no zone.
";

/// Names that an interface cannot have: reserved words, and types of the language.
const RESERVED: &str = " any as async await bigint boolean break case catch class const continue debugger declare \
    default delete do else enum export extends false finally for from function get if implements import in instanceof \
    interface is keyof let module namespace never new null number object of package private protected public readonly \
    require return set static string super switch symbol this throw true try type typeof undefined unique unknown var \
    void while with yield ";

pub(super) fn text(schema: &Schema) -> String {
    let mut taken: BTreeSet<String> = ["Tables", "Views"].map(str::to_owned).into();
    let mut out = HEADER.to_owned();
    let mut lists = String::new();
    for (kind, list) in [(ObjectKind::Table, "Tables"), (ObjectKind::View, "Views")] {
        let of_kind = format!("\n/** The records of each {kind}, by its name. */\n");
        lists.push_str(&format!("{of_kind}export interface {list} {{\n"));
        for object in schema.objects(kind) {
            let name = interface_name(kind, &object.name, &mut taken);
            interface(kind, &name, object, &mut out);
            lists.push_str(&format!("  {}: {name};\n", member_name(&object.name)));
        }
        lists.push_str("}\n");
    }
    out + &lists
}

fn interface(kind: ObjectKind, name: &str, object: &ObjectDefinition, out: &mut String) {
    let about = match object.note.is_empty() {
        true => format!("A record of the {kind} {:?}.", object.name),
        false => object.note.clone(),
    };
    let key = match kind {
        ObjectKind::Table => "number",
        ObjectKind::View => "string",
    };
    let about = comment(&about);
    out.push_str(&format!(
        "\n{about}export interface {name} {{\n  PK_ID: {key};\n"
    ));
    for field in fields(object) {
        if let Some(form) = form(field) {
            member(kind, field, form, out);
        }
    }
    out.push_str("}\n");
}

fn member(kind: ObjectKind, field: &FieldDefinition, form: Form, out: &mut String) {
    if !field.description.is_empty() {
        out.push_str(&format!("  {}", comment(&field.description)));
    }
    let null = match form {
        Form::Any => "",
        _ if is_nullable(kind, field) => " | null",
        _ => "",
    };
    let name = member_name(&field.name);
    out.push_str(&format!("  {name}: {}{null};\n", type_of(form)));
}

fn type_of(form: Form) -> &'static str {
    match form {
        Form::Text(_) | Form::Moment => "string",
        Form::Whole | Form::Amount => "number",
        // A blank number was seen as an empty text.
        Form::Float => "number | \"\"",
        Form::Flag => "boolean",
        Form::List(Item::Text) => "{ [key: string]: string }",
        Form::List(Item::Number) => "{ [key: string]: number }",
        Form::Any => "unknown",
    }
}

/// Returns a comment of one line, which the text cannot end.
fn comment(text: &str) -> String {
    let is_break =
        |character: char| character.is_control() || matches!(character, '\u{2028}' | '\u{2029}');
    let line: String = text
        .chars()
        .map(|c| if is_break(c) { ' ' } else { c })
        .collect();
    format!("/** {} */\n", line.replace("*/", "*\\/"))
}

/// Returns a name as a member, in quotes unless it is a plain one.
fn member_name(name: &str) -> String {
    let is_plain = |at: usize, byte: u8| {
        byte == b'_' || byte.is_ascii_alphabetic() || at > 0 && byte.is_ascii_digit()
    };
    if !name.is_empty()
        && name
            .bytes()
            .enumerate()
            .all(|(at, byte)| is_plain(at, byte))
    {
        return name.to_owned();
    }
    let quoted = serde_json::Value::from(name).to_string();
    quoted
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

/// Returns a name for the interface of a table or view that no other has.
fn interface_name(kind: ObjectKind, name: &str, taken: &mut BTreeSet<String>) -> String {
    let letters = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' });
    let mut base: String = letters.collect();
    if !base.contains(|c: char| c.is_ascii_alphanumeric()) {
        base = match kind {
            ObjectKind::Table => "Table".to_owned(),
            ObjectKind::View => "View".to_owned(),
        };
    }
    if base.starts_with(|c: char| c.is_ascii_digit()) {
        base.insert(0, '_');
    }
    if RESERVED.contains(&format!(" {base} ")) {
        base.push('_');
    }
    if kind == ObjectKind::View && taken.contains(&base) {
        base.push_str("View");
    }
    let numbered = (2..).map(|number| format!("{base}_{number}"));
    let mut names = std::iter::once(base.clone()).chain(numbered);
    let free = names.find(|name| !taken.contains(name)).unwrap_or(base);
    taken.insert(free.clone());
    free
}
