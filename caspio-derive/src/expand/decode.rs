//! `Decode`: one local per column, filled in the order of the response.

use super::{generated, write};
use crate::model::{Column, Field, Model, Role};
use crate::params::Scope;
use crate::setting::Fallback;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Path, Type};

/// The impl of `Decode`.
pub(super) fn item(model: &Model, bounds: &[TokenStream], support: &TokenStream) -> TokenStream {
    let scope = model.params.decoded(&model.ident, bounds);
    let mut seeds = TokenStream::new();
    let mut locals = TokenStream::new();
    let mut arms = TokenStream::new();
    for (index, (field, column)) in model.reads().enumerate() {
        if let Some(module) = &column.with {
            seeds.extend(seed(index, &field.ty, module, &scope, support));
        }
        locals.extend(local(index, &field.ty, support));
        arms.extend(arm(index, field, column, support));
    }
    let values = values(model, support);
    let Scope { params, ty, bounds } = &scope;
    quote! {
        #seeds

        #[automatically_derived]
        impl #params #support::Decode<'__de> for #ty #bounds {
            fn decode<__A: #support::MapAccess<'__de>>(
                mut __row: #support::RowAccess<'_, '__de, __A>,
            ) -> #support::Result<Self, __A::Error> {
                #locals
                while let #support::Option::Some(__index) = __row.next_field()? {
                    match __index {
                        #arms
                        _ => #support::Result::Ok(()),
                    }?
                }
                #support::Result::Ok(Self { #values })
            }
        }
    }
}

fn local(index: usize, ty: &Type, support: &TokenStream) -> TokenStream {
    let local = local_name(index);
    quote!(let mut #local: #support::Option<#ty> = #support::Option::None;)
}

/// Reads the column's value into its local.
fn arm(index: usize, field: &Field, column: &Column, support: &TokenStream) -> TokenStream {
    let local = local_name(index);
    let seed = seed_name(index);
    let ty = &field.ty;
    let index = Literal::usize_unsuffixed(index);
    let value = match (&column.with, &column.default) {
        // The key comes as a number or as text.
        (None, None) if column.key => {
            return quote!(#index => __row.read_key::<#ty>(&mut #local),);
        }
        (None, None) => return quote!(#index => __row.read::<#ty>(&mut #local),),
        (None, Some(_)) => quote!(__row.value_or_null::<#ty>()?),
        (Some(_), None) => {
            quote!(#support::Option::Some(__row.value_with(#seed::<Self>(#support::PhantomData))?))
        }
        (Some(_), Some(_)) => {
            quote!(__row.value_or_null_with(#seed::<Self>(#support::PhantomData))?)
        }
    };
    quote!(#index => { #local = #value; #support::Result::Ok(()) })
}

/// The fields of the finished record.
fn values(model: &Model, support: &TokenStream) -> TokenStream {
    let mut index = 0;
    let mut values = TokenStream::new();
    for field in &model.fields {
        let member = generated(&field.ident);
        let value = match &field.role {
            Role::Skipped(fallback) => fallen_back(fallback, &field.ty, support),
            Role::Column(column) if column.password => write::unread(&field.ty, support),
            Role::Column(column) => {
                let value = value(index, &field.ty, column, support);
                index += 1;
                value
            }
        };
        values.extend(quote!(#member: #value,));
    }
    values
}

fn value(index: usize, ty: &Type, column: &Column, support: &TokenStream) -> TokenStream {
    let local = local_name(index);
    let index = Literal::usize_unsuffixed(index);
    match (&column.default, &column.with) {
        (None, None) => quote!(__row.require::<#ty>(#local, #index)?),
        (None, Some(_)) => quote!(__row.given(#local, #index)?),
        (Some(fallback), _) => {
            let fallback = fallen_back(fallback, ty, support);
            quote! {
                match #local {
                    #support::Option::Some(__value) => __value,
                    #support::Option::None => #fallback,
                }
            }
        }
    }
}

fn fallen_back(fallback: &Fallback, ty: &Type, support: &TokenStream) -> TokenStream {
    match fallback {
        Fallback::Trait => {
            quote!(<#ty as #support::Default>::default())
        }
        Fallback::Function(path) => quote_spanned!(path.span()=> #path()),
    }
}

/// A helper type that reads a value by the user's own function. It has the record's parameters, because the value's
/// type may mention them.
fn seed(
    index: usize,
    value: &Type,
    module: &Path,
    scope: &Scope,
    support: &TokenStream,
) -> TokenStream {
    let seed = seed_name(index);
    let call = quote_spanned!(module.span()=> #module::deserialize(__value));
    let Scope { params, ty, bounds } = scope;
    quote! {
        struct #seed<__R>(#support::PhantomData<__R>);

        #[automatically_derived]
        impl #params #support::DeserializeSeed<'__de> for #seed<#ty> #bounds {
            type Value = #value;

            fn deserialize<__D: #support::Deserializer<'__de>>(
                self,
                __value: __D,
            ) -> #support::Result<#value, __D::Error> {
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
