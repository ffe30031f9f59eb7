//! Conditions: what follows `where`, typed.
//!
//! A [`Filter<S>`] is made by the columns of `S` and fits only queries on `S`. Values become T-SQL
//! text in one place, [`literal`], so that no value can end its literal.

mod compare;
mod dates;
mod expr;
mod group;
pub mod literal;
mod order;
mod raw;
mod reserved;

pub(crate) use expr::Expr;
pub use expr::Filter;
pub use group::{Aggregate, GroupColumns, Grouped, count_all};
pub use literal::ToLiteral;
pub(crate) use order::OrderTerm;
pub use order::{IntoOrder, Order};
pub(crate) use raw::bind;
pub use raw::{RawValue, RawValues};
