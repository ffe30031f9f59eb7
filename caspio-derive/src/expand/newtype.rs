//! The impls of a newtype: everything that its inner type does.

use super::{generated_at, placed};
use crate::model::last_word;
use crate::value::Newtype;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Member;
use syn::spanned::Spanned;

/// Integers that a table's key is made of by a conversion.
const SHORT_INTEGERS: &[&str] = &["i8", "i16", "i32", "u8", "u16", "u32"];

/// The impls. Those with a condition are there only if the inner type implements the trait: the compiler does not check
/// a condition with a lifetime before it is needed.
pub(super) fn items(ident: &Ident, newtype: &Newtype, support: &TokenStream) -> TokenStream {
    let reading = reading(ident, newtype, support);
    let writing = writing(ident, newtype, support);
    let conversions = conversions(ident, newtype, support);
    quote!(#reading #writing #conversions)
}

fn reading(ident: &Ident, newtype: &Newtype, support: &TokenStream) -> TokenStream {
    let Newtype { ty, .. } = newtype;
    let member = member(newtype);
    let span = generated_at(ty.span());
    let at_type = placed(support, span);
    let inner = quote_spanned!(span=> <#ty as #at_type::FieldType>);
    // Messages about a type that no column has point at it.
    let field_type = quote_spanned! {span=>
        #[automatically_derived]
        impl #at_type::FieldType for #ident {
            type Kind = #inner::Kind;
            type Value = Self;
            const EXPECTED: &'static #at_type::str = #inner::EXPECTED;
            const NULLABLE: #at_type::bool = #inner::NULLABLE;
        }
    };
    quote! {
        #field_type

        #[automatically_derived]
        impl<'__de> #support::Field<'__de> for #ident
        where
            for<'__w> #ty: #support::Field<'__w>,
        {
            fn read<__D: #support::Deserializer<'__de>>(
                __value: __D,
            ) -> #support::Result<Self, __D::Error> {
                #support::Result::map(
                    <#ty as #support::Field<'__de>>::read(__value),
                    |__inner| Self { #member: __inner },
                )
            }

            fn read_nullable<__D: #support::Deserializer<'__de>>(
                __value: __D,
            ) -> #support::Result<#support::Option<Self>, __D::Error> {
                #support::Result::map(
                    <#ty as #support::Field<'__de>>::read_nullable(__value),
                    |__inner| #support::Option::map(__inner, |__inner| Self { #member: __inner }),
                )
            }

            fn absent() -> #support::Option<Self> {
                #support::Option::map(
                    <#ty as #support::Field<'__de>>::absent(),
                    |__inner| Self { #member: __inner },
                )
            }
        }
    }
}

fn writing(ident: &Ident, newtype: &Newtype, support: &TokenStream) -> TokenStream {
    let Newtype { ty, .. } = newtype;
    let member = member(newtype);
    quote! {
        #[automatically_derived]
        impl #support::ToValue for #ident
        where
            for<'__w> #ty: #support::ToValue,
        {
            fn to_value(&self) -> #support::FieldValue<'_> {
                #support::ToValue::to_value(&self.#member)
            }

            fn to_json(&self) -> #support::Any {
                #support::ToValue::to_json(&self.#member)
            }
        }

        #[automatically_derived]
        impl<__K> #support::ToLiteral<__K> for #ident
        where
            #ty: #support::ToLiteral<__K>,
        {
            fn to_literal(&self) -> #support::Literal {
                <#ty as #support::ToLiteral<__K>>::to_literal(&self.#member)
            }
        }

        #[automatically_derived]
        impl #support::BindValue for #ident
        where
            for<'__w> #ty: #support::BindValue,
        {
            fn literal(&self) -> #support::Literal {
                #support::BindValue::literal(&self.#member)
            }
        }
    }
}

/// The inner value, and the key for a type that a key can be made of.
fn conversions(ident: &Ident, newtype: &Newtype, support: &TokenStream) -> TokenStream {
    let Newtype { ty, .. } = newtype;
    let member = member(newtype);
    let is_short =
        last_word(ty).is_some_and(|word| SHORT_INTEGERS.iter().any(|integer| word == integer));
    let number = is_short.then(|| converted(ident, newtype, &quote!(#support::i64), support));
    let key = converted(ident, newtype, &quote!(#support::Key), support);
    // A text is the key of a view also by reference, and so is its newtype.
    let is_text = last_word(ty).is_some_and(|word| word == "String");
    let reference = is_text.then(|| {
        quote! {
            #[automatically_derived]
            impl #support::From<&#ident> for #ty {
                fn from(__value: &#ident) -> Self {
                    #support::Clone::clone(&__value.#member)
                }
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl #support::From<#ident> for #ty {
            fn from(__value: #ident) -> Self {
                __value.#member
            }
        }

        #reference
        #number
        #key
    }
}

fn converted(
    ident: &Ident,
    newtype: &Newtype,
    into: &TokenStream,
    support: &TokenStream,
) -> TokenStream {
    let Newtype { ty, .. } = newtype;
    let member = member(newtype);
    quote! {
        #[automatically_derived]
        impl #support::From<#ident> for #into
        where
            for<'__w> #into: #support::From<#ty>,
        {
            fn from(__value: #ident) -> Self {
                #support::From::from(__value.#member)
            }
        }
    }
}

/// The field's name or position as generated code.
fn member(newtype: &Newtype) -> TokenStream {
    match &newtype.member {
        Member::Named(name) => super::generated(name).into_token_stream(),
        Member::Unnamed(index) => {
            let mut index = index.clone();
            index.span = Span::call_site();
            index.into_token_stream()
        }
    }
}
