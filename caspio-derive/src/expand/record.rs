//! `Record`: the columns as data, and the key.

use super::generated;
use crate::model::{Column, Field, Model};
use proc_macro2::{Delimiter, Literal, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Type;
use syn::ext::IdentExt;

/// The impl of `Record`.
pub(super) fn item(model: &Model, private: &TokenStream) -> TokenStream {
    let ident = &model.ident;
    let fields = model
        .columns()
        .map(|(field, column)| info(field, column, private));
    let key = model
        .columns()
        .find(|(_, column)| column.key)
        .map(|(field, _)| key(field, private));
    quote! {
        #[automatically_derived]
        impl #private::Record for #ident {
            type Source = Self;
            type At<'p> = Self;
            const FIELDS: &'static [#private::FieldInfo] = &[#(#fields,)*];
            #key
        }
    }
}

fn info(field: &Field, column: &Column, private: &TokenStream) -> TokenStream {
    let ty = &field.ty;
    let name = Literal::string(&column.name);
    let member = Literal::string(&field.ident.unraw().to_string());
    let rust_type = Literal::string(&written(ty));
    let of = if column.with.is_some() {
        quote!(.converted(#rust_type))
    } else {
        quote!(.of::<#ty>(#rust_type))
    };
    let read_only = column.read_only.then(|| quote!(.read_only()));
    let nullable = column.default.is_some().then(|| quote!(.nullable()));
    quote!(#private::FieldInfo::new(#name, #member) #of #nullable #read_only)
}

fn key(field: &Field, private: &TokenStream) -> TokenStream {
    let member = generated(&field.ident);
    let ty = &field.ty;
    quote! {
        fn key(&self) -> #private::Option<#private::Key> {
            #private::Option::Some(<#ty as #private::AsKey>::as_key(&self.#member))
        }
    }
}

/// A type as people write it: tokens alone would come out as `Option < i64 >`.
fn written(ty: &Type) -> String {
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
        ] {
            let ty: Type = syn::parse_str(text).expect(text);

            assert_eq!(written(&ty), text);
        }
    }
}
