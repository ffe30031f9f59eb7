//! Names in Rust for names in Caspio, which may contain any character.

mod ident;
mod rule;
mod singular;
mod taken;
mod words;

pub(crate) use caspio_schema::RenameRule;
pub(crate) use ident::{
    as_written, is_ident, member_name, module_name, number, type_name, variant_name,
};
pub(crate) use rule::best as best_rule;
pub(crate) use singular::singular;
pub(crate) use taken::{Distinct, TypeNames};
