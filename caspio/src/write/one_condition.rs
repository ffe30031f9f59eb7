//! The compiler's message for a condition that is added to an update.

use super::update::Update;
use super::update_by_condition::ByCondition;
use crate::filter::FilterFn;
use crate::record::Record;

/// A write to which conditions are added. There is none.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "an update takes its whole condition where it begins",
    label = "a condition cannot be added to an update",
    note = "combine the conditions: `contacts.update_where(|c| c.city.is_null() & c.age.gt(30))`; one that a program builds goes into `update_where_by`"
)]
pub trait TakesConditions {}

impl<R: Record, S> Update<R, ByCondition, S> {
    #[doc(hidden)]
    pub fn filter<F: FilterFn<R::Source>>(self, _: F)
    where
        Self: TakesConditions,
    {
    }
}
