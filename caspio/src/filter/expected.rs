//! What closures return where a condition is expected.

use super::{Aggregate, Filter};
use crate::column::Column;
use crate::expected::Expected;

impl<S, T> Expected<Filter<S>> for Filter<T> {
    type Type = Filter<S>;
}

impl<S, T> Expected<Filter<S>> for Option<Filter<T>> {
    type Type = Option<Filter<S>>;
}

/// `c.age == 30`, `a && b`.
impl<S> Expected<Filter<S>> for bool {
    type Type = Filter<S>;
}

/// `c.active`.
impl<S, T, U, A> Expected<Filter<S>> for Column<T, U, A> {
    type Type = Filter<S>;
}

/// `c.age.count()`.
impl<S, T, K> Expected<Filter<S>> for Aggregate<T, K> {
    type Type = Filter<S>;
}
