//! Where a column's value comes from, as part of the record's data.

use super::{generated_at, placed};
use crate::model::{Column, Field, Model};
use crate::origin::{Function, Origin};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

/// The column's name. The compiler looks up the name of a column of another struct, and so reports that there is no
/// such column, or that its values do not fit.
pub(super) fn name(
    model: &Model,
    field: &Field,
    column: &Column,
    support: &TokenStream,
) -> TokenStream {
    match &column.origin {
        Origin::Member(member) => {
            let holder = holder(model, field, column, support);
            check("column", member, &holder, support)
        }
        Origin::Column | Origin::Expression(_) | Origin::Aggregate(..) => {
            Literal::string(&column.name).into_token_stream()
        }
    }
}

/// How the value is computed, if it is.
pub(super) fn computed(
    model: &Model,
    field: &Field,
    column: &Column,
    support: &TokenStream,
) -> Option<TokenStream> {
    match &column.origin {
        Origin::Column | Origin::Member(_) => None,
        Origin::Expression(sql) => Some(quote!(.expression(#sql))),
        Origin::Aggregate(function, member) => {
            let holder = holder(model, field, column, support);
            let aggregated = aggregated(*function, member.as_ref(), &holder, support);
            let function = Literal::string(&format!("{function:?}").to_uppercase());
            Some(quote!(.aggregate(#function, #aggregated)))
        }
    }
}

/// The name of the column that is aggregated, empty for whole records.
fn aggregated(
    function: Function,
    member: Option<&Ident>,
    holder: &TokenStream,
    support: &TokenStream,
) -> TokenStream {
    let Some(member) = member else {
        return quote!(#support::projection_check::records::<#holder>());
    };
    let of = match function {
        Function::Count => "count",
        Function::Sum => "sum",
        Function::Avg => "avg",
        Function::Min | Function::Max => "extreme",
    };
    check(of, member, holder, support)
}

/// The name of a member's column, by the function whose bounds it has to meet. All of it has
/// the position of the member, so that an error points there.
fn check(of: &str, member: &Ident, holder: &TokenStream, support: &TokenStream) -> TokenStream {
    let span = generated_at(member.span());
    let of = Ident::new(of, span);
    let support = placed(support, span);
    // The member's own span, so that the compiler suggests similar names.
    quote_spanned!(span=> #support::projection_check::#of::<#holder, _, _, _>(__columns.#member))
}

/// The type that must hold the column's values: the type of the field, unless a function of the user reads them, or
/// the type is only known later.
fn holder(model: &Model, field: &Field, column: &Column, support: &TokenStream) -> TokenStream {
    if column.with.is_some() || model.params.decide(&field.ty) {
        quote!(#support::projection_check::Unchecked)
    } else {
        field.ty.to_token_stream()
    }
}
