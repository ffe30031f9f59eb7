//! Projections and groups of records.

use super::query::Query;
use crate::column::Column;
use crate::field::{FieldType, kind};
use crate::filter::{Aggregate, GroupColumns, GroupFn, HavingFn, IntoGroupCondition, is_integer};
use crate::record::{Record, Source};

impl<R: Record> Query<R> {
    /// Reads another struct of the same table or view: some of its columns, or expressions. A struct that has only
    /// aggregates is read as one row, which aggregates all records.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// #[derive(CaspioRecord)]
    /// #[caspio(of = Contact)]
    /// struct Age {
    ///     age: Option<i32>,
    /// }
    ///
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let in_rome = contacts.filter(|c| c.city.eq("Rome"));
    /// let ages = in_rome.select::<Age>().collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "project")]
    pub fn select<P: Record<Source = R::Source>>(self) -> Query<P> {
        self.reading(P::FIELDS)
    }

    /// Reads one row for each group of records that have the same values in these columns.
    ///
    /// The struct that is read declares the columns and aggregates of a row; see
    /// [`select`](Self::select). Groups are sorted by these columns. They can be sorted by an aggregate that the struct
    /// reads, with a limit of at most one page:
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// use caspio::filter::count_all;
    ///
    /// #[derive(CaspioRecord)]
    /// #[caspio(of = Contact)]
    /// struct PerCity {
    ///     city: Option<String>,
    ///     #[caspio(count)]
    ///     people: u64,
    /// }
    ///
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let cities = caspio.table::<Contact>().query().select::<PerCity>().group_by(|c| c.city);
    /// let largest = cities.order_by(|_| count_all().desc()).limit(10).collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// In groups of floats or of `Decimal`s, a read of several pages can end with an error of kind `Incomplete`, and
    /// cannot be resumed, if records of the last group of a page are inserted, changed or deleted before the next page
    /// is read. So can one in groups of texts that can be null or empty, if the condition leaves no room in the URL to
    /// select which they are. Groups of other columns are found again in any case. What [`order_by`](Self::order_by)
    /// says of floats that are shown with fewer digits holds for groups, too; a group of a float that no record had
    /// before may then come after groups of greater ones.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// #[derive(CaspioRecord)]
    /// #[caspio(of = Contact)]
    /// struct PerCity {
    ///     city: Option<String>,
    ///     #[caspio(count)]
    ///     people: u64,
    /// }
    ///
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let cities = contacts.query().select::<PerCity>().group_by(|c| c.city);
    /// for city in cities.collect().await? {
    ///     println!("{:?}: {}", city.city, city.people);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn group_by<F>(mut self, columns: F) -> Self
    where
        F: GroupFn<R::Source>,
    {
        let columns = columns(<R::Source as Source>::COLUMNS);
        self.plan_mut().group_by(columns.into_terms());
        self
    }

    /// Reads only the groups that meet a condition. v4 only; with other versions the read is refused
    /// before any call.
    ///
    /// The closure returns a condition on aggregates, or an `Option` of one whose `None` restricts nothing.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// #[derive(CaspioRecord)]
    /// #[caspio(of = Contact)]
    /// struct PerCity {
    ///     city: Option<String>,
    ///     #[caspio(count)]
    ///     people: u64,
    /// }
    ///
    /// let cities = caspio.table::<Contact>().query().select::<PerCity>();
    /// let large = cities
    ///     .group_by(|c| c.city)
    ///     .having(|c| c.age.count().gt(100) & c.age.avg().lt(30));
    /// let large = large.collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn having<F>(mut self, condition: F) -> Self
    where
        F: HavingFn<R::Source>,
    {
        let condition = condition(<R::Source as Source>::COLUMNS);
        let condition = condition.into_group_condition().into_expr();
        self.refuse(condition.unsendable());
        self.plan_mut().and_having(condition);
        self
    }
}

impl<S, U: FieldType, A> Column<S, U, A> {
    /// Returns the number of records of a group whose value is not null.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.age.count().gt(100).to_sql(), "COUNT(Age) > 100");
    /// ```
    #[must_use]
    pub fn count(self) -> Aggregate<S, kind::Integer>
    where
        U::Kind: kind::Readable,
    {
        Aggregate::new("COUNT", self.name(), false)
    }

    /// Returns the sum over a group.
    #[must_use]
    pub fn sum(self) -> Aggregate<S, U::Kind>
    where
        U::Kind: kind::Numeric,
    {
        Aggregate::new("SUM", self.name(), is_integer::<U>())
    }

    /// Returns the average over a group. As in T-SQL, that of whole numbers is a whole number.
    #[must_use]
    pub fn avg(self) -> Aggregate<S, U::Kind>
    where
        U::Kind: kind::Numeric,
    {
        Aggregate::new("AVG", self.name(), is_integer::<U>())
    }

    /// Returns the smallest value of a group.
    #[must_use]
    pub fn min(self) -> Aggregate<S, U::Kind>
    where
        U::Kind: kind::Ordered,
    {
        Aggregate::new("MIN", self.name(), false)
    }

    /// Returns the greatest value of a group.
    #[must_use]
    pub fn max(self) -> Aggregate<S, U::Kind>
    where
        U::Kind: kind::Ordered,
    {
        Aggregate::new("MAX", self.name(), false)
    }
}
