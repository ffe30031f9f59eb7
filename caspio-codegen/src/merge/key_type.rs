//! Merges the type of a record's key.

use super::context::MergeContext;
use super::edits::Edits;
use super::syntax::Parsed;
use crate::emit;

/// Gives a key that has no type of its own the one that was asked for. A key that has one keeps it.
pub(super) fn merge(text: &str, parsed: &Parsed, context: &mut MergeContext<'_>) -> String {
    let (Some(record), Some(name)) = (parsed.record(), &context.names.key) else {
        return text.to_owned();
    };
    let kind = context.source.kind;
    let plain = record.key().filter(|key| key.ty == emit::plain_key(kind));
    let (Some(key), Some(end)) = (plain, parsed.end()) else {
        return text.to_owned();
    };
    let mut edits = Edits::default();
    edits.replace(key.ty_range.clone(), name.clone());
    let item = emit::key_struct(name, kind, &context.source.name);
    edits.insert(end, format!("\n\n{item}"));
    context
        .reasons
        .push(format!("the key is `{name}` now, was `{}`", key.ty));
    edits.apply(text)
}
