//! Generates code from a checked struct.
//!
//! The columns' struct is an item of its own, so that users can name it; everything else is in
//! one anonymous constant, so that helper types stay private.

mod bounds;
mod columns;
mod decode;
mod insert;
mod origin;
mod record;
mod schema;
mod stub;
mod write;

use crate::errors::Errors;
use crate::insert::Insert;
use crate::keys::DeriveKind;
use crate::model::Model;
use crate::options::StructOptions;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{DeriveInput, parse_quote};

/// Expands the derive of a table, a view or a projection of one.
///
/// After a mistake the traits are implemented anyway, without the fields' types: otherwise every use of the struct
/// would be reported as well.
pub(crate) fn derive(input: &DeriveInput, kind: DeriveKind) -> TokenStream {
    let mut errors = Errors::default();
    let options = StructOptions::read(&input.attrs, kind, &mut errors);
    let support = support(&options);
    let model = Model::read(input, options, kind, &mut errors);
    let items = match &model {
        Some(model) => record_items(model, &support, errors.is_empty()),
        None => stub::shapeless(input, kind, &support),
    };
    let errors = errors.into_tokens();
    quote!(#items #errors)
}

/// Expands the derive of a struct of columns to insert.
pub(crate) fn derive_insert(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let options = StructOptions::read(&input.attrs, DeriveKind::Insert, &mut errors);
    let support = support(&options);
    let insert = Insert::read(input, options, &mut errors);
    let item = match &insert {
        Some(insert) if errors.is_empty() => insert::item(insert, &support),
        _ => insert::stub(input, &support),
    };
    let errors = errors.into_tokens();
    quote!(#item #errors)
}

fn record_items(model: &Model, support: &TokenStream, sound: bool) -> TokenStream {
    let (columns, source) = match model.kind {
        DeriveKind::Table | DeriveKind::View => (
            columns::item(model, support),
            columns::impls(model, support),
        ),
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

        // A deprecated column is still a column.
        #[allow(deprecated)]
        const _: () = {
            #source
            #record
            #schema
        };
    }
}

/// The path of the module that the code refers to.
fn support(options: &StructOptions) -> TokenStream {
    let krate = options.krate.as_ref().and_then(|set| set.value.clone());
    let krate = krate.unwrap_or_else(|| parse_quote!(::caspio));
    quote!(#krate::codegen_support)
}

/// The same name as generated code: messages keep its position, and lints ignore it.
fn generated(ident: &Ident) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(generated_at(ident.span()));
    ident
}

/// Generated code whose messages point at `span`.
fn generated_at(span: Span) -> Span {
    Span::call_site().located_at(span)
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
