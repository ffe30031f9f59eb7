//! The writes of all records that meet a condition.

use super::condition::Condition;
use super::delete::Delete;
use super::update::{NothingSet, Update};
use super::update_by_condition::ByCondition;
use crate::filter::{BindValues, ConditionFn, Filter, IntoCondition};
use crate::handle::{Access, Handle, Table, WriteAccess};
use crate::record::{Record, Source};

/// Writing by a condition.
///
/// A condition that obviously holds for every record is refused, before any call. These are recognized, and what
/// `AND`, `OR` and `NOT` make of them:
///
/// - constants, such as `1=1`;
/// - comparisons of the key with numbers, `BETWEEN` and `IN`, if together they hold for all keys from 1 to 2147483647,
///   such as `PK_ID > 5 OR PK_ID <= 5`; also of sums and products of the key with numbers, and of `ABS`, `ISNULL`,
///   `CAST` and a few other functions of it;
/// - comparisons of a Yes/No column that together hold for Yes and for No, such as `Active IN (0,1)`, and
///   `Active IS NOT NULL`: the column is Yes/No in the struct, or is compared with a `bool`;
/// - the key of a view compared with a blank text, such as `PK_ID <> ''`, and `PK_ID LIKE '_%'`;
/// - a column compared with itself, and values that together leave nothing out, such as `Age > 5 OR Age <= 5` or
///   `City <> 'Rome' OR City <> 'Oslo'`, although nulls meet neither;
/// - `City LIKE '%'`, `LEN(City) >= 0`, and `City >= ''` of a text column;
/// - in T-SQL, a condition with a comment, and one without any column, also if it has a subquery, as
///   `EXISTS (SELECT 1 FROM Orders)`; a part without a column, as in `EXISTS (SELECT 1) OR City = 'Rome'`, is taken for
///   one that holds.
///
/// A condition with an empty list of values to leave out, `c.city.not_in([])` or `!c.city.in_([])`, is refused too: the
/// list may have been filled by a read that found nothing.
///
/// Not recognized: conditions that would take more than two million comparisons to compute, for example with dozens
/// of columns that are each compared several times; and conditions that depend on the records, such as a smaller
/// range of keys that has them all, or on what subqueries, `CASE` and other functions of columns return, such as
/// `PK_ID IN (SELECT PK_ID FROM ..)`. [`expect_count`](Delete::expect_count) guards against these. A delete of the
/// files of many records has the same guard.
impl<R: Record, A: Access> Handle<R, A> {
    /// Updates the records that meet a condition; see [`Update`]. One call.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let unknown = contacts.update_where(|c| c.city.is_null());
    /// unknown.set(|c| c.city.to("Rome")).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn update_where<F>(&self, condition: F) -> Update<R, ByCondition, NothingSet>
    where
        F: ConditionFn<R::Source>,
        A: WriteAccess,
    {
        let condition = condition(<R::Source as Source>::COLUMNS);
        self.update_where_by(condition.into_condition())
    }

    /// Updates the records that meet a finished condition.
    pub fn update_where_by(&self, filter: Filter<R::Source>) -> Update<R, ByCondition, NothingSet>
    where
        A: WriteAccess,
    {
        Update::by_condition(self.condition(filter))
    }

    /// Updates the records that meet a condition in T-SQL. **Its text is trusted**; see
    /// [`Query::filter_raw`](crate::Query::filter_raw).
    pub fn update_where_raw(
        &self,
        text: &str,
        values: impl BindValues,
    ) -> Update<R, ByCondition, NothingSet>
    where
        A: WriteAccess,
    {
        Update::by_condition(self.raw_condition(text, values))
    }

    /// Deletes the records that meet a condition; see [`Delete`]. One call.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let deleted = caspio.table::<Contact>().delete_where(|c| c.email.is_null()).await?;
    /// println!("{} contacts deleted", deleted.records);
    /// # Ok(())
    /// # }
    /// ```
    pub fn delete_where<F>(&self, condition: F) -> Delete
    where
        F: ConditionFn<R::Source>,
        A: WriteAccess,
    {
        let condition = condition(<R::Source as Source>::COLUMNS);
        self.delete_where_by(condition.into_condition())
    }

    /// Deletes the records that meet a finished condition.
    pub fn delete_where_by(&self, filter: Filter<R::Source>) -> Delete
    where
        A: WriteAccess,
    {
        Delete::new(self.condition(filter))
    }

    /// Deletes the records that meet a condition in T-SQL. **Its text is trusted**; see
    /// [`Query::filter_raw`](crate::Query::filter_raw).
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// caspio.table::<Contact>().delete_where_raw("LEN(Email) < ?", (5,)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn delete_where_raw(&self, text: &str, values: impl BindValues) -> Delete
    where
        A: WriteAccess,
    {
        Delete::new(self.raw_condition(text, values))
    }

    fn condition(&self, filter: Filter<R::Source>) -> Condition {
        Condition::filter(self.client(), self.target(), filter.into_expr()).of_fields(R::FIELDS)
    }

    fn raw_condition(&self, text: &str, values: impl BindValues) -> Condition {
        Condition::raw(self.client(), self.target(), text, &values.literals()).of_fields(R::FIELDS)
    }
}

/// Writing every record. Two calls: the first reads the range of keys.
///
/// Caspio refuses conditions that always hold, so the write is for the range of keys that exist then; records that
/// are inserted in the meantime are not changed.
impl<R: Record> Table<R> {
    /// Updates all records of the table; see [`Update`].
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// contacts.update_all().set(|c| c.active.to(false)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn update_all(&self) -> Update<R, ByCondition, NothingSet> {
        Update::by_condition(Condition::all(self.client(), self.target()))
    }

    /// Deletes all records of the table; see [`Delete`].
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let deleted = caspio.table::<Order>().delete_all().await?;
    /// println!("{} orders deleted", deleted.records);
    /// # Ok(())
    /// # }
    /// ```
    pub fn delete_all(&self) -> Delete {
        Delete::new(Condition::all(self.client(), self.target()))
    }
}
