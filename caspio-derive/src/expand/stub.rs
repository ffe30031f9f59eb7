//! What stands in for the impls after a mistake.

use super::columns::{kind, marker};
use crate::keys::Kind;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{DeriveInput, GenericParam, Generics, parse_quote};

/// A record without columns, whose columns' struct stands all the same.
pub(super) fn record(ident: &Ident, private: &TokenStream) -> TokenStream {
    record_of(ident, &Generics::default(), private)
}

/// Every trait, for an item that cannot be a record.
pub(super) fn shapeless(input: &DeriveInput, of: Kind, private: &TokenStream) -> TokenStream {
    let ident = &input.ident;
    let generics = owned(&input.generics);
    let (params, args, bounds) = generics.split_for_impl();
    let (kind, marker) = (kind(of), marker(of));
    let record = record_of(ident, &generics, private);
    quote! {
        const _: () = {
            impl #params #private::Source for #ident #args #bounds {
                const KIND: #private::SourceKind = #private::SourceKind::#kind;
                const NAME: &'static str = "";
                type Columns = ();
                const COLUMNS: () = ();
            }

            impl #params #private::#marker for #ident #args #bounds {}

            #record
        };
    }
}

fn record_of(ident: &Ident, generics: &Generics, private: &TokenStream) -> TokenStream {
    let (params, args, bounds) = generics.split_for_impl();
    let decoding = decoding(generics);
    let (decoding, ..) = decoding.split_for_impl();
    quote! {
        impl #params #private::Record for #ident #args #bounds {
            type Source = Self; type At<'p> = Self;
            const FIELDS: &'static [#private::FieldInfo] = &[];
        }

        impl #decoding #private::Decode<'de> for #ident #args #bounds {
            fn decode<__A: #private::MapAccess<'de>>(
                mut __row: #private::RowAccess<'_, 'de, __A>,
            ) -> #private::Result<Self, __A::Error> {
                #private::Result::Err(__row.missing(0))
            }
        }
    }
}

/// The traits ask for `'static`, which a generic item need not be.
fn owned(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    if !generics.params.is_empty() {
        let bounds = generics.make_where_clause();
        bounds.predicates.push(parse_quote!(Self: 'static));
    }
    generics
}

fn decoding(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    let lifetime: GenericParam = parse_quote!('de);
    generics.params.insert(0, lifetime);
    generics
}
