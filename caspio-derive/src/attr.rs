//! `#[caspio(...)]` as a list of items, without their meaning.

use crate::errors::Errors;
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Lit, LitStr, Meta};

/// One item of the list: `pk`, `rename = "..."` or `rename(...)`.
pub(crate) struct Item {
    pub(crate) key: Ident,
    pub(crate) value: Value,
}

/// The part after an item's key.
pub(crate) enum Value {
    /// Nothing.
    None,
    /// `= "..."`.
    Text(LitStr),
    /// `=` and something else, or nothing, with the span to blame.
    Other(TokenStream, Span),
    /// `(...)`.
    List(Span),
}

impl Value {
    /// The span for messages about the value; `key` is the item's.
    pub(crate) fn span(&self, key: &Ident) -> Span {
        match self {
            Self::None => key.span(),
            Self::Text(text) => text.span(),
            Self::Other(_, span) | Self::List(span) => *span,
        }
    }
}

/// The items of all `#[caspio(...)]` among `attrs`.
pub(crate) fn items(attrs: &[Attribute], errors: &mut Errors) -> Vec<Item> {
    let mut items = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("caspio")) {
        match &attr.meta {
            Meta::List(list) => {
                for chunk in split(list.tokens.clone(), errors) {
                    items.extend(item(chunk, errors));
                }
            }
            Meta::Path(_) | Meta::NameValue(_) => errors.push(
                head(attr.meta.to_token_stream()),
                "attributes of `caspio` are a list: `#[caspio(...)]`",
            ),
        }
    }
    items
}

/// The list's items, split at its commas, so that a malformed item does not hide the others.
fn split(tokens: TokenStream, errors: &mut Errors) -> Vec<Vec<TokenTree>> {
    let mut chunks = Vec::new();
    let mut chunk = Vec::new();
    // A comma between the arguments of a type, `Named<A, B>`, does not separate items.
    let mut angles = 0_usize;
    for token in tokens {
        if let TokenTree::Punct(sign) = &token {
            match sign.as_char() {
                '<' => angles += 1,
                '>' => angles = angles.saturating_sub(1),
                _ => {}
            }
        }
        match &token {
            TokenTree::Punct(comma) if comma.as_char() == ',' && angles == 0 => {
                if chunk.is_empty() {
                    errors.push(comma.span(), "expected an attribute before this comma");
                } else {
                    chunks.push(std::mem::take(&mut chunk));
                }
            }
            _ => chunk.push(token),
        }
    }
    if !chunk.is_empty() {
        chunks.push(chunk);
    }
    chunks
}

fn item(chunk: Vec<TokenTree>, errors: &mut Errors) -> Option<Item> {
    let mut tokens = chunk.into_iter();
    let key = match tokens.next()? {
        TokenTree::Ident(key) => key,
        other => {
            errors.push(other.span(), "expected an attribute's name");
            return None;
        }
    };
    let value = match tokens.next() {
        None => Value::None,
        Some(TokenTree::Punct(sign)) if sign.as_char() == '=' => {
            value(sign.span(), tokens.collect(), errors)?
        }
        Some(TokenTree::Group(list)) if list.delimiter() == Delimiter::Parenthesis => {
            ended(tokens.next(), errors)?;
            Value::List(list.span())
        }
        Some(other) => {
            errors.push(other.span(), format!("expected `=` or `,` after `{key}`"));
            return None;
        }
    };
    Some(Item { key, value })
}

fn value(sign: Span, tokens: TokenStream, errors: &mut Errors) -> Option<Value> {
    if tokens.is_empty() {
        return Some(Value::Other(tokens, sign));
    }
    let span = head(tokens.clone());
    let literal = |input: ParseStream<'_>| Ok((input.parse::<Lit>()?, input.parse()?));
    match literal.parse2(tokens.clone()) {
        Ok((literal, rest)) => {
            let rest: TokenStream = rest;
            ended(rest.into_iter().next(), errors)?;
            match literal {
                Lit::Str(text) => Some(Value::Text(text)),
                _ => Some(Value::Other(tokens, span)),
            }
        }
        Err(_) => Some(Value::Other(tokens, span)),
    }
}

/// Requires that only a comma follows an item's value.
fn ended(next: Option<TokenTree>, errors: &mut Errors) -> Option<()> {
    match next {
        None => Some(()),
        Some(token) => {
            errors.push(token.span(), "expected `,`");
            None
        }
    }
}

/// The span of the first token: the stable compiler cannot join spans.
fn head(tokens: TokenStream) -> Span {
    tokens
        .into_iter()
        .next()
        .map_or_else(Span::call_site, |token| token.span())
}
