//! A condition on the records of a table or view.

use super::expr::{Expr, MAX_DEPTH};
use crate::expected::Expected;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Not};

/// A condition on the records of `S`.
///
/// Conditions are combined by `&`, `|` and `!`, or by [`and`](Self::and), [`or`](Self::or),
/// [`all`](Self::all) and [`any`](Self::any); `all` also takes optional conditions. A query or write refuses a
/// condition that is nested more than 200 levels deep, which a URL has no room for; a join of any number of conditions
/// is one level. `Debug` shows the T-SQL that is sent, which [`to_sql`](Self::to_sql) returns. There is no `Display`: a
/// condition contains values of records, which should not get into a message by accident.
///
/// A comparison with null is neither true nor false in SQL, and neither is its negation: `!c.age.gt(30)` leaves out the
/// records without an age. For these add `| c.age.is_null()`.
///
/// ```
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// let c = Contact::COLUMNS;
/// let condition = (c.city.eq("Rome") | c.age.lt(30)) & c.active.is_true();
/// assert_eq!(
///     condition.to_sql(),
///     "(City = N'Rome' OR Age < 30) AND Active = 1"
/// );
/// ```
#[must_use = "a filter does nothing until a query or a write takes it"]
pub struct Filter<S> {
    expr: Expr,
    /// How deeply conditions are nested in it.
    depth: u8,
    source: PhantomData<fn() -> S>,
}

impl<S> Filter<S> {
    pub(crate) fn new(expr: Expr) -> Self {
        Self {
            expr,
            depth: 0,
            source: PhantomData,
        }
    }

    /// Returns a condition that is nested this deeply. One that is too deep is refused where it is used, and keeps its
    /// text only: a tree of any depth would overflow the stack.
    fn nested(expr: Expr, depth: u8) -> Self {
        if depth > MAX_DEPTH {
            return Self::new(Expr::TooDeep(expr.to_sql()));
        }
        Self {
            expr,
            depth,
            source: PhantomData,
        }
    }

    /// Returns the depth of this and the other condition in a join, into which the parts of the same join are taken.
    fn depth_joined(&self, other: &Self, is_join: impl Fn(&Expr) -> bool) -> u8 {
        let of_parts = |filter: &Self| filter.depth.saturating_sub(u8::from(is_join(&filter.expr)));
        of_parts(self).max(of_parts(other)) + 1
    }

    pub(crate) fn into_expr(self) -> Expr {
        self.expr
    }

    /// Returns the condition that all of these hold; `None` and an empty list restrict nothing.
    ///
    /// It takes optional conditions, such as those of a search form. A condition that always applies is one of them as
    /// `Some(..)`:
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// fn search(city: Option<&str>, min_age: Option<i32>) -> Filter<Contact> {
    ///     let c = Contact::COLUMNS;
    ///     Filter::all([
    ///         Some(c.active.is_true()),
    ///         city.map(|city| c.city.eq(city)),
    ///         min_age.map(|age| c.age.ge(age)),
    ///     ])
    /// }
    ///
    /// assert_eq!(search(Some("Rome"), None).to_sql(), "Active = 1 AND City = N'Rome'");
    /// ```
    ///
    /// `&` takes no `Option`: in a condition of a write, a `None` would silently add records.
    pub fn all(filters: impl IntoIterator<Item: IntoFilter<S>>) -> Self {
        let filters = filters.into_iter().map(IntoFilter::into_filter);
        filters.fold(Self::default(), Self::and)
    }

    /// Returns the condition that at least one of these holds; an empty list matches nothing.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// let cities = ["Rome", "New"];
    /// let starts = cities.map(|city| Contact::COLUMNS.city.starts_with(city));
    /// assert_eq!(
    ///     Filter::any(starts).to_sql(),
    ///     "City LIKE N'Rome%' OR City LIKE N'New%'"
    /// );
    /// ```
    ///
    /// A loop that adds alternatives with `|=` starts with `Filter::any([])`, which matches nothing. If all
    /// alternatives are optional, decide what an empty list means; here it restricts nothing:
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// fn search(city: Option<&str>, max_age: Option<i32>) -> Option<Filter<Contact>> {
    ///     let c = Contact::COLUMNS;
    ///     let given = [city.map(|city| c.city.eq(city)), max_age.map(|age| c.age.le(age))];
    ///     given.into_iter().flatten().reduce(|one, other| one | other)
    /// }
    ///
    /// assert!(search(None, None).is_none());
    /// ```
    pub fn any(filters: impl IntoIterator<Item = Self>) -> Self {
        filters.into_iter().fold(Self::new(Expr::NOTHING), Self::or)
    }

    /// Returns the condition that both this and the other hold: `self & other`.
    pub fn and(self, other: Self) -> Self {
        if self.expr.is_everything() {
            return other;
        }
        if other.expr.is_everything() {
            return self;
        }
        let depth = self.depth_joined(&other, |expr| matches!(expr, Expr::And(_)));
        Self::nested(self.expr.and(other.expr), depth)
    }

    /// Returns the condition that this or the other holds, or both: `self | other`.
    pub fn or(self, other: Self) -> Self {
        if self.expr.is_nothing() {
            return other;
        }
        if other.expr.is_nothing() {
            return self;
        }
        let depth = self.depth_joined(&other, |expr| matches!(expr, Expr::Or(_)));
        Self::nested(self.expr.or(other.expr), depth)
    }

    /// Returns the condition as T-SQL, as it is sent in `where`.
    #[must_use]
    pub fn to_sql(&self) -> String {
        self.expr.to_sql()
    }
}

/// An optional condition: a [`Filter`], or an `Option` of one, whose `None` restricts nothing.
///
/// ```
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # fn example(caspio: Client, city: Option<String>) {
/// let contacts = caspio.table::<Contact>();
/// let in_city = contacts.filter(|c| city.map(|city| c.city.eq(city)));
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a condition on the records of `{S}`",
    label = "expected a condition",
    note = "conditions are made by methods of columns, `c.city.eq(\"Rome\")` and not `c.city == \"Rome\"`; for a Yes/No column `c.active.is_true()` or `.is_false()`",
    note = "conditions are combined by `&`, `|` and `!`, not by `&&` and `||`",
    note = "all columns are those of `{S}`, which the closure receives"
)]
pub trait IntoFilter<S>: Expected<Filter<S>, Type = Self> {
    /// Returns the condition.
    fn into_filter(self) -> Filter<S>;
}

/// The condition of a write: a [`Filter`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the condition of a write of records of `{S}`",
    label = "expected a condition",
    note = "conditions are made by methods of columns, `c.city.eq(\"Rome\")` and not `c.city == \"Rome\"`; for a Yes/No column `c.active.is_true()` or `.is_false()`",
    note = "conditions are combined by `&`, `|` and `!`, not by `&&` and `||`",
    note = "a write takes no optional condition: without one it would be for every record, which `update_all` and `delete_all` are for"
)]
pub trait IntoCondition<S>: Expected<Filter<S>, Type = Self> {
    /// Returns the condition.
    fn into_condition(self) -> Filter<S>;
}

impl<S> IntoCondition<S> for Filter<S> {
    fn into_condition(self) -> Filter<S> {
        self
    }
}

impl<S> IntoFilter<S> for Filter<S> {
    fn into_filter(self) -> Filter<S> {
        self
    }
}

impl<S> IntoFilter<S> for Option<Filter<S>> {
    fn into_filter(self) -> Filter<S> {
        self.unwrap_or_default()
    }
}

/// Restricts nothing: the start of a condition that a loop builds with `&=`. A loop with `|=` starts with
/// `Filter::any([])`, which matches nothing.
///
/// ```
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// let mut condition = Filter::<Contact>::default();
/// for word in ["Ann", "Lee"] {
///     condition &= Contact::COLUMNS.first_name.contains(word);
/// }
/// assert_eq!(condition.to_sql(), "First_Name LIKE N'%Ann%' AND First_Name LIKE N'%Lee%'");
/// ```
///
/// A loop with `|=` must not start with it: this condition already matches every record, and stays so. Start with
/// [`Filter::any([])`](Self::any), which matches none:
///
/// ```
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// let mut condition = Filter::<Contact>::any([]);
/// for word in ["Ann", "Lee"] {
///     condition |= Contact::COLUMNS.first_name.contains(word);
/// }
/// assert_eq!(condition.to_sql(), "First_Name LIKE N'%Ann%' OR First_Name LIKE N'%Lee%'");
/// ```
impl<S> Default for Filter<S> {
    fn default() -> Self {
        Self::new(Expr::EVERYTHING)
    }
}

impl<S> BitAndAssign for Filter<S> {
    fn bitand_assign(&mut self, other: Self) {
        *self = std::mem::take(self) & other;
    }
}

/// Adds an alternative, in a loop that starts with [`Filter::any([])`](Filter::any).
impl<S> BitOrAssign for Filter<S> {
    fn bitor_assign(&mut self, other: Self) {
        *self = std::mem::take(self) | other;
    }
}

impl<S> BitAnd for Filter<S> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.and(other)
    }
}

impl<S> BitOr for Filter<S> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.or(other)
    }
}

impl<S> Not for Filter<S> {
    type Output = Self;

    fn not(self) -> Self {
        match self.expr {
            Expr::Not(inner) => Self::nested(*inner, self.depth.saturating_sub(1)),
            other => Self::nested(Expr::Not(Box::new(other)), self.depth + 1),
        }
    }
}

impl<S> Clone for Filter<S> {
    fn clone(&self) -> Self {
        Self {
            expr: self.expr.clone(),
            ..*self
        }
    }
}

impl<S> fmt::Debug for Filter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Filter").field(&self.to_sql()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Column;

    struct Contact;

    const AGE: Column<Contact, i32> = Column::new("Age");

    fn levels(expr: &Expr) -> usize {
        match expr {
            Expr::And(parts) | Expr::Or(parts) => {
                parts.iter().map(levels).max().map_or(0, |most| most + 1)
            }
            Expr::Not(inner) => levels(inner) + 1,
            _ => 0,
        }
    }

    #[test]
    fn conditions_of_any_depth_are_spelled() {
        let mut negated = AGE.gt(0);
        let mut mixed = AGE.gt(0);
        for age in 0..3_000 {
            negated = !(negated | AGE.eq(age));
            mixed = (mixed & AGE.ne(age)) | AGE.eq(age);
        }

        for filter in [negated, mixed] {
            assert!(levels(&filter.expr) <= usize::from(MAX_DEPTH));
            assert!(filter.to_sql().matches("Age").count() > 3_000);
            assert_eq!(
                filter.to_sql().matches('(').count(),
                filter.to_sql().matches(')').count()
            );
        }
    }

    #[test]
    fn long_joins_are_flat_and_keep_their_parts() {
        let ages = (0..20_000).map(|age| AGE.ne(age));
        let all = ages.fold(Filter::<Contact>::default(), |all, one| all & one);

        assert!(matches!(&all.expr, Expr::And(parts) if parts.len() == 20_000));
        assert_eq!((levels(&all.expr), all.depth), (1, 1));
    }
}
