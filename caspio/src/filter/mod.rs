//! Conditions: what follows `where`, typed.
//!
//! A [`Filter<S>`] is made by the columns of `S` and fits only queries on `S`. Values become T-SQL
//! text in one place, [`literal`], so that no value can end its literal.

mod columns;
mod dates;
mod expr;
mod group;
#[doc(hidden)]
pub mod literal;
mod order;
mod raw;
mod reserved;
pub(crate) mod sql;
mod tautology;

pub use expr::Filter;
#[doc(hidden)]
pub use expr::IntoFilter;
pub(crate) use expr::{Expr, Operator};
#[doc(hidden)]
pub use group::GroupColumns;
pub use group::{Aggregate, Grouped, count_all};
#[doc(hidden)]
pub use literal::ToLiteral;
#[doc(hidden)]
pub use order::IntoOrder;
pub use order::Order;
pub(crate) use order::OrderTerm;
pub(crate) use raw::bind;
#[doc(hidden)]
pub use raw::{BindValue, BindValues};
