//! Merges the constructor of the struct for inserts.

use super::context::MergeContext;
use super::edits::{Edits, after_line, dense, line_start};
use super::syntax::{Field, Parsed, Role, Struct};
use crate::emit;
use std::ops::Range;
use syn::spanned::Spanned;
use syn::{ImplItem, Item, Type};

/// Adapts the constructor to the fields. `was` is the struct before the merge.
pub(super) fn merge(
    text: &str,
    parsed: &Parsed,
    was: Option<&Struct>,
    context: &mut MergeContext<'_>,
) -> String {
    let (Some(insert), Some(was)) = (parsed.insert(), was) else {
        return text.to_owned();
    };
    let (old, new) = (function(was), function(&insert));
    if old == new {
        return text.to_owned();
    }
    let mut edits = Edits::default();
    match (written(parsed, &insert.ident, text), old, new) {
        (Some(is), Some(old), new) if dense(&text[is.function.clone()]) == dense(&old) => {
            replace(&mut edits, text, &is, new);
        }
        (Some(_), ..) => context.notes.push(format!(
            "you changed `{}::new`: adapt it to the new fields",
            insert.ident
        )),
        (None, None, Some(new)) => {
            let code = emit::new_impl(&insert.ident, &new);
            edits.insert(insert.range.end, format!("\n\n{code}"));
        }
        (None, ..) => {}
    }
    edits.apply(text)
}

/// Returns the constructor as it is generated for a struct.
fn function(insert: &Struct) -> Option<String> {
    let fields = insert.fields.iter();
    let fields: Vec<(String, String, bool)> = fields
        .map(|field| (field.name.clone(), field.ty.clone(), is_required(field)))
        .collect();
    emit::new_function(&fields)
}

/// Returns whether any field is required.
pub(super) fn requires(insert: &Struct) -> bool {
    insert.fields.iter().any(is_required)
}

fn is_required(field: &Field) -> bool {
    matches!(field.role, Role::Column(_)) && !may_be_left_out(&field.ty)
}

fn may_be_left_out(ty: &str) -> bool {
    let outer = ty.split('<').next().unwrap_or_default().trim();
    let last = outer.rsplit("::").next().unwrap_or_default().trim();
    matches!(last, "Patch" | "Option")
}

/// An existing constructor.
struct Written {
    function: Range<usize>,
    /// The impl, if it contains nothing else.
    alone: Option<Range<usize>>,
}

fn written(parsed: &Parsed, insert: &str, text: &str) -> Option<Written> {
    for item in &parsed.items {
        let Item::Impl(item) = item else { continue };
        let Type::Path(of) = &*item.self_ty else {
            continue;
        };
        if item.trait_.is_some() || !of.path.is_ident(insert) {
            continue;
        }
        for function in &item.items {
            if let ImplItem::Fn(found) = function
                && found.sig.ident == "new"
            {
                let place = function.span().byte_range();
                let start = line_start(text, place.start);
                return Some(Written {
                    function: start..after_line(text, place.end),
                    alone: (item.items.len() == 1).then(|| item.span().byte_range()),
                });
            }
        }
    }
    None
}

fn replace(edits: &mut Edits, text: &str, is: &Written, new: Option<String>) {
    match (new, &is.alone) {
        (Some(new), _) => edits.replace(is.function.clone(), new),
        (None, None) => edits.remove(is.function.clone()),
        (None, Some(item)) => {
            let before = text[..item.start].trim_end().len();
            edits.replace(before..item.end, "");
        }
    }
}
