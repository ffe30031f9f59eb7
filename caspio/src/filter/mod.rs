//! Typed conditions, orders and groups.
//!
//! A [`Filter<S>`] is made by the methods of a [`Column`](crate::Column) of `S`, and fits only queries and
//! writes of `S`:
//!
//! ```
//! # mod setup { include!("../doc_setup.rs"); } use setup::*;
//! let c = Contact::COLUMNS;
//! let filter = c.city.eq("Rome") & c.age.between(18, 30) & !c.email.ends_with("@example.com");
//! ```
//!
//! A condition is a tree until it is sent. Values become T-SQL text in one place, quoted and escaped, so
//! that no value can end its literal.

mod aggregate;
mod bind_values;
mod closures;
mod columns;
mod condition;
mod conditions;
mod dates;
mod days;
mod expected;
mod expr;
mod group;
mod group_order;
pub(crate) mod guard;
#[doc(hidden)]
pub mod literal;
mod moments;
mod named;
mod named_conditions;
mod operators;
mod order;
mod raw;
mod repeatable;
mod reserved;
mod span;
pub(crate) mod sql;
pub(crate) mod tokens;
mod unsendable;

pub use crate::record::ColumnsByName;
pub use aggregate::{Aggregate, Grouped, count_all};
#[doc(hidden)]
pub use bind_values::{BindValue, BindValues};
#[doc(hidden)]
pub use closures::{ColumnFn, ConditionFn, FilterFn, GroupFn, HavingFn, OrderFn};
pub use condition::Filter;
#[doc(hidden)]
pub use condition::{IntoCondition, IntoFilter};
pub(crate) use expr::{Expr, Operator};
#[doc(hidden)]
pub use group::{GroupColumns, IntoGroupCondition};
pub(crate) use group_order::aggregate_name;
#[doc(hidden)]
pub use literal::ToLiteral;
#[doc(hidden)]
pub use named::TypedColumn;
pub(crate) use named::is_integer;
pub use named::{NamedColumn, column_named};
#[doc(hidden)]
pub use order::IntoOrder;
pub use order::Order;
pub(crate) use order::OrderTerm;
pub(crate) use raw::bind;
pub(crate) use repeatable::may_hold_for_others_later;
pub(crate) use reserved::is_reserved;
#[doc(hidden)]
pub use span::IntoSpan;
pub(crate) use tokens::has_comment;
