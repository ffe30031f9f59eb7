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
/// A condition is refused, before any call, if it holds for every record, whatever value its columns have, apart from
/// null: `Age > 5 OR Age <= 5` is refused, although a null meets neither. It is computed for a value of each kind,
/// below, between, above and equal to those that it compares a column with, and with what is certain of the values:
///
/// - the key of a table is from 1 to 2147483647, and that of a view is a text that is not blank; a Yes/No column has
///   two values, and is null in no table: the column is Yes/No in the struct, or is compared with a `bool`; a column
///   whose field is an `i32` or smaller has numbers of 32 bits, any other has those of an `f64`; a Date/Time has the
///   years 1753 to 9999;
/// - texts are different values if they differ in more than case, accents and punctuation, and may be equal or not if
///   they differ in these; the order of letters and digits is known, and that of dates, in steps of 1/300 s; no text of
///   a `String` field is before `''`; `LIKE '%'` holds for each, `LIKE '_%'` for each but `''`, and a text matches the
///   patterns that it begins with or contains;
/// - sums, products, `ABS`, `SIGN`, `FLOOR` and `CEILING` are computed, and `LEN(..)`, `SQUARE(..)`, `x * x`,
///   `CHARINDEX(..)` and `PATINDEX(..)` are not negative; constants are computed, also in `UPPER`, `TRIM` and `CONCAT`;
/// - `UPPER(City)`, `LOWER(City)`, `RTRIM(City)` and `City + ''` equal `City`, without a `COLLATE`; and any function is
///   the same value where it has the same arguments, apart from `NEWID` and `RAND`;
/// - sums, products, `LEN`, `UPPER`, `CAST` and similar functions are null exactly where one of their columns is;
/// - in T-SQL, a part without any column, as in `EXISTS (SELECT 1) OR City = 'Rome'`, is assumed to hold.
///
/// A condition in T-SQL with a comment is refused too, and one without any column, also if it has a subquery, as
/// `EXISTS (SELECT 1 FROM Orders)`; and a condition with an empty list of values to leave out, `c.city.not_in([])` or
/// `!c.city.in_([])`: the list may have been filled by a read that found nothing.
///
/// A condition that is refused is refused also where another one is added with `OR`.
///
/// Texts of emoji alone are not judged by the service's order, in which they equal the empty text; see
/// [`eq`](crate::Column::eq).
///
/// Not recognized are what depends on the records, such as a smaller range of keys that has them all; the results of
/// subqueries, `CASE` and other functions, such as `PK_ID IN (SELECT PK_ID FROM ..)`; functions in more than 60 others;
/// two different patterns of a column; a pattern that is computed from a column, `City LIKE City + '%'`, and
/// `PATINDEX('%%', City) > 0`; and conditions that would take more than two million comparisons to compute, such as
/// those of dozens of columns that are each compared several times.
/// [`expect_count`](Delete::expect_count) guards against these. The files of many records are deleted under the same
/// guard.
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
    pub fn delete_where<F>(&self, condition: F) -> Delete<ByCondition>
    where
        F: ConditionFn<R::Source>,
        A: WriteAccess,
    {
        let condition = condition(<R::Source as Source>::COLUMNS);
        self.delete_where_by(condition.into_condition())
    }

    /// Deletes the records that meet a finished condition.
    pub fn delete_where_by(&self, filter: Filter<R::Source>) -> Delete<ByCondition>
    where
        A: WriteAccess,
    {
        Delete::by_condition(self.condition(filter))
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
    pub fn delete_where_raw(&self, text: &str, values: impl BindValues) -> Delete<ByCondition>
    where
        A: WriteAccess,
    {
        Delete::by_condition(self.raw_condition(text, values))
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
    pub fn delete_all(&self) -> Delete<ByCondition> {
        Delete::by_condition(Condition::all(self.client(), self.target()))
    }
}
