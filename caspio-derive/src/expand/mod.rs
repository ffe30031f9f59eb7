//! Generates code from a checked struct.
//!
//! The columns' struct is an item of its own, so that users can name it; everything else is in
//! one anonymous constant, so that helper types stay private.

mod bounds;
mod columns;
mod decode;
mod insert;
mod newtype;
mod origin;
mod record;
mod schema;
mod stub;
mod words;
mod write;

use crate::errors::Errors;
use crate::insert::Insert;
use crate::keys::DeriveKind;
use crate::model::Model;
use crate::options::StructOptions;
use crate::setting::Set;
use crate::value::ValueType;
use crate::value_options::ValueOptions;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Data, DeriveInput, Meta, Path, Visibility, parse_quote};

/// Expands the derive of a table, a view or a projection of one.
///
/// After a mistake the traits are implemented anyway, without the fields' types: otherwise every use of the struct
/// would be reported as well.
pub(crate) fn derive(input: &DeriveInput, kind: DeriveKind) -> TokenStream {
    let mut errors = Errors::default();
    let options = StructOptions::read(&input.attrs, kind, &mut errors);
    let support = support(options.krate.as_ref());
    let mut model = Model::read(input, options, kind, &mut errors);
    if let Some(model) = &mut model {
        model.ident = name(input);
    }
    let items = match &model {
        Some(model) => record_items(model, &allowed(input), &support, errors.is_empty()),
        None => stub::shapeless(input, kind, &support),
    };
    let errors = errors.into_tokens();
    quote!(#items #errors)
}

/// Expands the derive of a struct of columns to insert.
pub(crate) fn derive_insert(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let options = StructOptions::read(&input.attrs, DeriveKind::Insert, &mut errors);
    let support = support(options.krate.as_ref());
    let mut insert = Insert::read(input, options, &mut errors);
    if let Some(insert) = &mut insert {
        insert.ident = name(input);
    }
    let item = match &insert {
        Some(insert) if errors.is_empty() => insert::item(insert, &allowed(input), &support),
        _ => insert::stub(input, &support),
    };
    let errors = errors.into_tokens();
    quote!(#item #errors)
}

/// Expands the derive of a newtype or an enum of words.
pub(crate) fn derive_value(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let options = ValueOptions::read(input, &mut errors);
    let support = support(options.krate.as_ref());
    let value = ValueType::read(input, &options, &mut errors);
    let ident = name(input);
    let items = match &value {
        Some(ValueType::Newtype(newtype)) if errors.is_empty() => {
            newtype::items(&ident, newtype, &support)
        }
        Some(ValueType::Words(words)) if errors.is_empty() => words::items(&ident, words, &support),
        _ => stub::value(input, &support),
    };
    let allowed = allowed(input);
    let errors = errors.into_tokens();
    quote! {
        #allowed
        const _: () = {
            #items
        };
        #errors
    }
}

fn record_items(
    model: &Model,
    allowed: &TokenStream,
    support: &TokenStream,
    sound: bool,
) -> TokenStream {
    let (columns, source) = match model.kind {
        DeriveKind::Table | DeriveKind::View => {
            let columns = columns::item(model, support);
            (quote!(#allowed #columns), columns::impls(model, support))
        }
        DeriveKind::Record | DeriveKind::Insert => Default::default(),
    };
    let schema = model
        .kind
        .is_source()
        .then(|| schema::items(model, sound, support));
    let record = if sound {
        let bounds = bounds::read(model, support);
        let record = record::item(model, &bounds, support);
        let decode = decode::item(model, &bounds, support);
        let write = write::item(model, &bounds, support);
        quote!(#record #decode #write)
    } else {
        stub::record(model, support)
    };
    quote! {
        #columns

        #allowed
        const _: () = {
            #source
            #record
            #schema
        };
    }
}

/// The struct's name. If the struct is deprecated, its use in the generated code is not reported; for other structs,
/// messages show the position in the user's own code.
fn name(input: &DeriveInput) -> Ident {
    let mut attrs = input.attrs.iter();
    match attrs.any(|attr| attr.path().is_ident("deprecated")) {
        true => generated(&input.ident),
        false => input.ident.clone(),
    }
}

/// The lints that the user allows or expects in the struct, whose types the generated code repeats.
///
/// No other lint is allowed: that would be an error where the user forbids the lint. Names with the macro's span need
/// none.
fn allowed(input: &DeriveInput) -> TokenStream {
    let parts: Vec<&Vec<Attribute>> = match &input.data {
        Data::Struct(data) => data.fields.iter().map(|field| &field.attrs).collect(),
        Data::Enum(data) => data.variants.iter().map(|variant| &variant.attrs).collect(),
        Data::Union(_) => Vec::new(),
    };
    let attrs = input.attrs.iter().chain(parts.into_iter().flatten());
    let lists = attrs.filter_map(|attr| match &attr.meta {
        Meta::List(list)
            if ["allow", "expect"]
                .iter()
                .any(|name| list.path.is_ident(name)) =>
        {
            Some(&list.tokens)
        }
        _ => None,
    });
    quote!(#(#[allow(#lists)])*)
}

/// The path of the module that the code refers to.
fn support(krate: Option<&Set<Path>>) -> TokenStream {
    let krate = krate.and_then(|set| set.value.clone());
    let krate = krate.unwrap_or_else(|| parse_quote!(::caspio));
    quote!(#krate::codegen_support)
}

/// The same name as generated code: messages keep its position, and lints ignore it.
fn generated(ident: &Ident) -> Ident {
    let span = generated_at(ident.span());
    // The macro's edition reserves it; that of the user's crate may not.
    if ident == "gen" {
        return Ident::new_raw("gen", span);
    }
    let mut ident = ident.clone();
    ident.set_span(span);
    ident
}

/// Generated code whose messages point at `span`.
fn generated_at(span: Span) -> Span {
    Span::call_site().located_at(span)
}

/// The same visibility as generated code. If a macro wrote it, lints would attribute the code that begins with it to
/// that macro.
fn generated_visibility(visibility: &Visibility) -> TokenStream {
    let tokens = visibility.to_token_stream().into_iter();
    tokens
        .map(|mut token| {
            token.set_span(generated_at(token.span()));
            token
        })
        .collect()
}

/// A path whose messages point at `span`: the position of an expression is that of its first word.
fn placed(path: &TokenStream, span: Span) -> TokenStream {
    let tokens = path.clone().into_iter();
    tokens
        .map(|mut token| {
            token.set_span(span);
            token
        })
        .collect()
}
