//! Parts of records, and groups of them.

use super::query::{Columns, Query};
use crate::column::Column;
use crate::field::{FieldType, kind};
use crate::filter::{Aggregate, Filter, GroupColumns, Grouped};
use crate::record::{Record, Source};

impl<R: Record> Query<R> {
    /// Reads another struct of the same table or view: a part of its columns, or expressions.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32> }
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
    pub fn select<P: Record<Source = R::Source>>(self) -> Query<P> {
        self.reading(P::FIELDS)
    }

    /// Reads one row for each group of records that have the same values in these columns.
    ///
    /// The struct that is read names the columns and aggregates of a row, see
    /// [`select`](Self::select). Groups come in the order of these columns.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32> }
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
    pub fn group_by<F, G>(mut self, columns: F) -> Self
    where
        F: FnOnce(Columns<R>) -> G,
        G: GroupColumns<R::Source>,
    {
        let columns = columns(<R::Source as Source>::COLUMNS);
        self.plan_mut().group_by(columns.into_terms());
        self
    }

    /// Keeps the groups for which the condition holds. v4 only; other versions refuse it before any
    /// call.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32>, active: bool }
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
        F: FnOnce(Columns<R>) -> Filter<Grouped<R::Source>>,
    {
        let condition = condition(<R::Source as Source>::COLUMNS);
        self.plan_mut().and_having(condition.into_expr());
        self
    }
}

impl<S, U: FieldType, A> Column<S, U, A> {
    /// How many records of a group hold a value here.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32> }
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.age.count().gt(100).to_sql(), "COUNT(Age) > 100");
    /// ```
    #[must_use]
    pub fn count(self) -> Aggregate<S, kind::Integer>
    where
        U::Kind: kind::Readable,
    {
        Aggregate::new("COUNT", self.name())
    }

    /// The sum over a group.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32> }
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.age.sum().ge(1000).to_sql(), "SUM(Age) >= 1000");
    /// ```
    #[must_use]
    pub fn sum(self) -> Aggregate<S, U::Kind>
    where
        U::Kind: kind::Numeric,
    {
        Aggregate::new("SUM", self.name())
    }

    /// The average over a group; of whole numbers a whole number, as in T-SQL.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32> }
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.age.avg().lt(30).to_sql(), "AVG(Age) < 30");
    /// ```
    #[must_use]
    pub fn avg(self) -> Aggregate<S, U::Kind>
    where
        U::Kind: kind::Numeric,
    {
        Aggregate::new("AVG", self.name())
    }

    /// The least value of a group.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32> }
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.age.min().ge(18).to_sql(), "MIN(Age) >= 18");
    /// ```
    #[must_use]
    pub fn min(self) -> Aggregate<S, U::Kind>
    where
        U::Kind: kind::Ordered,
    {
        Aggregate::new("MIN", self.name())
    }

    /// The greatest value of a group.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: Option<String>, age: Option<i32> }
    /// let c = Contact::COLUMNS;
    /// assert_eq!(c.age.max().le(65).to_sql(), "MAX(Age) <= 65");
    /// ```
    #[must_use]
    pub fn max(self) -> Aggregate<S, U::Kind>
    where
        U::Kind: kind::Ordered,
    {
        Aggregate::new("MAX", self.name())
    }
}
