//! `Record`: the columns as data, and the key.

use super::{generated, generated_at, origin, placed};
use crate::keys::DeriveKind;
use crate::model::{Column, Field, Model};
use crate::params::Scope;
use crate::setting::Source;
use proc_macro2::{Delimiter, Literal, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;
use syn::ext::IdentExt;

/// The impl of `Record`.
pub(super) fn item(model: &Model, bounds: &[TokenStream], support: &TokenStream) -> TokenStream {
    let fields = model
        .reads()
        .map(|(field, column)| info(model, field, column, support));
    let fields = match &model.source {
        Some(Source::Of(source)) => quote!({
            let __columns = <#source as #support::Source>::COLUMNS;
            &[#(#fields,)*]
        }),
        _ => quote!(&[#(#fields,)*]),
    };
    let key = model
        .columns()
        .find(|(_, column)| column.key)
        .map(|(field, _)| key(field, support));
    let check = check(model, support);
    let source = source(model, support);
    let at = model.params.at(&model.ident, "'__p");
    let Scope { params, ty, bounds } = model.params.borrowed(&model.ident, bounds);
    quote! {
        #[automatically_derived]
        impl #params #support::Record for #ty #bounds {
            type Source = #source;
            type At<'__p> = #at;
            const FIELDS: &'static [#support::FieldInfo] = #fields;
            #key
        }

        #check
    }
}

/// What only the compiler can check of a projection: names that it looks up in another struct.
fn check(model: &Model, support: &TokenStream) -> Option<TokenStream> {
    if model.kind != DeriveKind::Record || model.params.are_open() {
        return None;
    }
    let ty = model.params.at(&model.ident, "'static");
    let span = generated_at(model.ident.span());
    let support = placed(support, span);
    let fields = quote_spanned!(span=> <#ty as #support::Record>::FIELDS);
    Some(quote_spanned!(span=> const _: () = #support::projection_check::distinct(#fields);))
}

/// The struct that represents the table or view.
pub(super) fn source(model: &Model, support: &TokenStream) -> TokenStream {
    match (&model.source, model.kind) {
        (Some(Source::Of(source)), _) => source.to_token_stream(),
        (_, DeriveKind::Record | DeriveKind::Insert) => quote!(#support::RecordMap),
        (_, DeriveKind::Table | DeriveKind::View) => model.params.at(&model.ident, "'static"),
    }
}

pub(super) fn info(
    model: &Model,
    field: &Field,
    column: &Column,
    support: &TokenStream,
) -> TokenStream {
    let ty = &field.ty;
    let member = Literal::string(&field.ident.unraw().to_string());
    let rust_type = Literal::string(&written(ty));
    let name = origin::name(model, field, column, support);
    let computed = origin::computed(model, field, column, support);
    let of = if column.with.is_some() {
        quote!(.converted(#rust_type))
    } else {
        quote!(.of::<#ty>(#rust_type))
    };
    let read_only = column.read_only.then(|| quote!(.read_only()));
    let nullable = column.default.is_some().then(|| quote!(.nullable()));
    quote!(#support::FieldInfo::new(#name, #member) #of #nullable #read_only #computed)
}

fn key(field: &Field, support: &TokenStream) -> TokenStream {
    let member = generated(&field.ident);
    let ty = &field.ty;
    quote! {
        fn key(&self) -> #support::Option<#support::Key> {
            #support::Option::Some(<#ty as #support::AsKey>::as_key(&self.#member))
        }
    }
}

/// A type as people write it: tokens alone would come out as `Option < i64 >`.
pub(super) fn written(ty: &Type) -> String {
    let mut text = String::new();
    write(ty.to_token_stream(), &mut text);
    text
}

fn write(tokens: TokenStream, text: &mut String) {
    let mut after_word = false;
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write(group.stream(), text);
                text.push_str(close);
                after_word = false;
            }
            TokenTree::Punct(punct) => {
                let sign = punct.as_char();
                let arrow = text.ends_with('-') && sign == '>';
                if matches!(sign, '+' | '=' | '-') {
                    text.push(' ');
                }
                text.push(sign);
                if matches!(sign, ',' | ';' | '+' | '=') || arrow {
                    text.push(' ');
                }
                after_word = false;
            }
            word @ (TokenTree::Ident(_) | TokenTree::Literal(_)) => {
                if after_word {
                    text.push(' ');
                }
                text.push_str(&word.to_string());
                after_word = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_read_as_they_are_written() {
        for text in [
            "i64",
            "Option<i64>",
            "std::option::Option<Vec<u8>>",
            "HashMap<String, Vec<i64>>",
            "[u8; 16]",
            "(i64, String)",
            "Box<dyn Fn(i64) -> bool + Send>",
            "Cow<'static, str>",
            "&'a str",
        ] {
            let ty: Type = syn::parse_str(text).expect(text);

            assert_eq!(written(&ty), text);
        }
    }
}
