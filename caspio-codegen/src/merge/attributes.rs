//! Parses the attributes of structs and fields, with their positions in the text.

use std::ops::Range;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Lit, LitStr, Meta};

/// The lines of a documentation comment, and its range.
#[derive(Debug, Default)]
pub(crate) struct Docs {
    pub(crate) lines: Vec<String>,
    pub(crate) range: Option<Range<usize>>,
}

/// Returns each `#[caspio(...)]` with the texts of its items.
pub(super) fn words(attrs: &[Attribute]) -> Vec<(Range<usize>, Vec<String>)> {
    let lists = attrs.iter().filter(|attr| attr.path().is_ident("caspio"));
    lists
        .filter_map(|attr| match &attr.meta {
            Meta::List(list) => {
                let inner = list.delimiter.span().open().byte_range().end
                    ..list.delimiter.span().close().byte_range().start;
                let text = attr.span().source_text()?;
                let start = attr.span().byte_range().start;
                let inner = text.get(inner.start - start..inner.end - start)?;
                Some((attr.span().byte_range(), items(inner)))
            }
            Meta::Path(_) | Meta::NameValue(_) => None,
        })
        .collect()
}

/// Splits a list into its items, as they are written.
fn items(list: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let (mut quoted, mut escaped, mut depth) = (false, false, 0_usize);
    for c in list.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '(' | '<' | '[' if !quoted => depth += 1,
            ')' | '>' | ']' if !quoted => depth = depth.saturating_sub(1),
            ',' if !quoted && depth == 0 => {
                items.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(item) = items.last_mut() {
            item.push(c);
        }
    }
    let items = items.into_iter().map(|item| item.trim().to_owned());
    items.filter(|item| !item.is_empty()).collect()
}

/// Returns the value of an item `key = value`.
pub(super) fn value_of<'a>(item: &'a str, key: &str) -> Option<&'a str> {
    let rest = item.strip_prefix(key)?.trim_start();
    rest.strip_prefix('=').map(str::trim)
}

/// Returns the text of a string literal.
pub(super) fn text_of(literal: &str) -> Option<String> {
    let parse = |input: ParseStream<'_>| input.parse::<LitStr>();
    parse.parse_str(literal).ok().map(|text| text.value())
}

/// Returns the type of `#[caspio(table = Type)]`.
pub(super) fn table_type(attrs: &[Attribute]) -> Option<(String, Range<usize>)> {
    let mut found = None;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("caspio")) {
        let read = attr.parse_nested_meta(|meta| {
            if meta.path.is_ident("table") {
                let ty: syn::Path = meta.value()?.parse()?;
                found = ty.segments.last().map(|segment| {
                    (
                        segment.ident.unraw().to_string(),
                        segment.ident.span().byte_range(),
                    )
                });
            } else if let Ok(value) = meta.value() {
                value.parse::<Expr>()?;
            }
            Ok(())
        });
        // The derive reports an attribute that is not a list of items.
        let _ = read;
    }
    found
}

/// Returns the last path segment of each derived trait, with the range of its attribute.
pub(super) fn derives(attrs: &[Attribute]) -> Vec<(String, Range<usize>)> {
    let mut derives = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("derive")) {
        let paths = attr.parse_args_with(
            syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated,
        );
        for path in paths.into_iter().flatten() {
            if let Some(last) = path.segments.last() {
                derives.push((last.ident.to_string(), attr.span().byte_range()));
            }
        }
    }
    derives
}

pub(super) fn docs(attrs: &[Attribute]) -> Docs {
    let mut docs = Docs::default();
    for attr in attrs {
        let Meta::NameValue(meta) = &attr.meta else {
            continue;
        };
        let Expr::Lit(value) = &meta.value else {
            continue;
        };
        let Lit::Str(text) = &value.lit else { continue };
        if !meta.path.is_ident("doc") {
            continue;
        }
        let line = text.value();
        docs.lines
            .push(line.strip_prefix(' ').unwrap_or(&line).to_owned());
        let place = attr.span().byte_range();
        docs.range = Some(match docs.range {
            Some(range) => range.start..place.end,
            None => place,
        });
    }
    docs
}
