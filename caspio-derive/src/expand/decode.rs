//! `Decode`: one local a column, filled in the order of the answer.

use super::{generated, write};
use crate::model::{Column, Field, Model, Role};
use crate::options::Fallback;
use crate::params::Scope;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Path, Type};

/// The impl of `Decode`.
pub(super) fn item(model: &Model, bounds: &[TokenStream], private: &TokenStream) -> TokenStream {
    let scope = model.params.decoded(&model.ident, bounds);
    let mut seeds = TokenStream::new();
    let mut locals = TokenStream::new();
    let mut arms = TokenStream::new();
    for (index, (field, column)) in model.reads().enumerate() {
        if let Some(module) = &column.with {
            seeds.extend(seed(index, &field.ty, module, &scope, private));
        }
        locals.extend(local(index, &field.ty, private));
        arms.extend(arm(index, field, column, private));
    }
    let values = values(model, private);
    let Scope { params, ty, bounds } = &scope;
    quote! {
        #seeds

        #[automatically_derived]
        impl #params #private::Decode<'__de> for #ty #bounds {
            fn decode<__A: #private::MapAccess<'__de>>(
                mut __row: #private::RowAccess<'_, '__de, __A>,
            ) -> #private::Result<Self, __A::Error> {
                #locals
                while let #private::Option::Some(__index) = __row.next_field()? {
                    match __index {
                        #arms
                        _ => #private::Result::Ok(()),
                    }?
                }
                #private::Result::Ok(Self { #values })
            }
        }
    }
}

fn local(index: usize, ty: &Type, private: &TokenStream) -> TokenStream {
    let local = local_name(index);
    quote!(let mut #local: #private::Option<#ty> = #private::Option::None;)
}

/// Reads the column's value into its local.
fn arm(index: usize, field: &Field, column: &Column, private: &TokenStream) -> TokenStream {
    let local = local_name(index);
    let seed = seed_name(index);
    let ty = &field.ty;
    let index = Literal::usize_unsuffixed(index);
    let value = match (&column.with, &column.default) {
        (None, None) => return quote!(#index => __row.read::<#ty>(&mut #local),),
        (None, Some(_)) => quote!(__row.value_or_null::<#ty>()?),
        (Some(_), None) => {
            quote!(#private::Option::Some(__row.value_with(#seed::<Self>(#private::PhantomData))?))
        }
        (Some(_), Some(_)) => {
            quote!(__row.value_or_null_with(#seed::<Self>(#private::PhantomData))?)
        }
    };
    quote!(#index => { #local = #value; #private::Result::Ok(()) })
}

/// The fields of the finished record.
fn values(model: &Model, private: &TokenStream) -> TokenStream {
    let mut index = 0;
    let mut values = TokenStream::new();
    for field in &model.fields {
        let member = generated(&field.ident);
        let value = match &field.role {
            Role::Skipped(fallback) => fallen_back(fallback, &field.ty, private),
            Role::Column(column) if column.password => write::unread(&field.ty, private),
            Role::Column(column) => {
                let value = value(index, &field.ty, column, private);
                index += 1;
                value
            }
        };
        values.extend(quote!(#member: #value,));
    }
    values
}

fn value(index: usize, ty: &Type, column: &Column, private: &TokenStream) -> TokenStream {
    let local = local_name(index);
    let index = Literal::usize_unsuffixed(index);
    match (&column.default, &column.with) {
        (None, None) => quote!(__row.require::<#ty>(#local, #index)?),
        (None, Some(_)) => quote!(__row.given(#local, #index)?),
        (Some(fallback), _) => {
            let fallback = fallen_back(fallback, ty, private);
            quote! {
                match #local {
                    #private::Option::Some(__value) => __value,
                    #private::Option::None => #fallback,
                }
            }
        }
    }
}

fn fallen_back(fallback: &Fallback, ty: &Type, private: &TokenStream) -> TokenStream {
    match fallback {
        Fallback::Trait => {
            quote!(<#ty as #private::Default>::default())
        }
        Fallback::Function(path) => quote_spanned!(path.span()=> #path()),
    }
}

/// A helper type that reads a value by the user's own function. It is one of the record, whose
/// parameters the value's type may mention.
fn seed(
    index: usize,
    value: &Type,
    module: &Path,
    scope: &Scope,
    private: &TokenStream,
) -> TokenStream {
    let seed = seed_name(index);
    let call = quote_spanned!(module.span()=> #module::deserialize(__value));
    let Scope { params, ty, bounds } = scope;
    quote! {
        struct #seed<__R>(#private::PhantomData<__R>);

        #[automatically_derived]
        impl #params #private::DeserializeSeed<'__de> for #seed<#ty> #bounds {
            type Value = #value;

            fn deserialize<__D: #private::Deserializer<'__de>>(
                self,
                __value: __D,
            ) -> #private::Result<#value, __D::Error> {
                #call
            }
        }
    }
}

fn local_name(index: usize) -> Ident {
    format_ident!("__field{index}")
}

fn seed_name(index: usize) -> Ident {
    format_ident!("__With{index}")
}
