//! One-line answers about many records: a count, a sum, an extreme. One call each.

use super::query::{Columns, Query};
use super::unknown_column;
use crate::column::Column;
use crate::decode::decode_page;
use crate::dialect::ListParams;
use crate::field::{Field, FieldType, kind};
use crate::filter::sql::quoted_name;
use crate::record::{Decode, FieldInfo, Record, RecordMap, RowAccess, Source};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use serde::de::MapAccess;

/// The name an aggregate is given in the answer.
const VALUE: &str = "Value";

/// The only column of the only row that an aggregate answers with.
struct Scalar<T>(Option<T>);

impl<T: for<'de> Field<'de> + 'static> Record for Scalar<T> {
    type Source = RecordMap;
    type At<'p> = Self;
    const FIELDS: &'static [FieldInfo] = &[FieldInfo::new(VALUE, "value").of::<Option<T>>("")];
}

impl<'de, T: for<'a> Field<'a> + 'static> Decode<'de> for Scalar<T> {
    fn decode<A: MapAccess<'de>>(mut row: RowAccess<'_, 'de, A>) -> Result<Self, A::Error> {
        let mut value = None;
        while row.next_field()?.is_some() {
            value = row.value_or_null()?;
        }
        Ok(Self(value))
    }
}

impl<R: Record> Query<R> {
    /// How many records there are. One call.
    ///
    /// A [`limit`](Self::limit) caps the answer.
    ///
    /// # Errors
    ///
    /// What the service or the way to it reports.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let open = caspio.table::<Order>().filter(|o| o.status.eq("Open")).count().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn count(self) -> Result<u64> {
        let limit = self.plan().limit;
        let count = self
            .scalar::<i64>("COUNT(*)".to_owned())
            .await?
            .unwrap_or(0);
        let count = u64::try_from(count).unwrap_or(0);
        Ok(limit.map_or(count, |limit| count.min(limit)))
    }

    /// Whether there is any record. One call, which reads at most one record.
    ///
    /// # Errors
    ///
    /// What the service or the way to it reports.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let large = caspio.table::<Order>().filter(|o| o.total.gt(dec!(10_000)));
    /// if large.exists().await? {
    ///     println!("there is one");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn exists(self) -> Result<bool> {
        let (client, plan) = self.into_parts()?;
        let params = plan.probe();
        let body = client.list(plan.target.clone(), params).await;
        let body = body.map_err(|error| unknown_column::explain(error, &client, &plan))?;
        let rows = decode_page::<RecordMap>(&body, client.dialect(), &plan.target, 0)?;
        Ok(!rows.records.is_empty())
    }

    /// The least value of a column, nulls left out; `None` where there is none. One call.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let first: Option<DateTime> = caspio.table::<Order>().query().min(|o| o.placed).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// What the service or the way to it reports.
    pub async fn min<U, A>(
        self,
        column: impl FnOnce(Columns<R>) -> Column<R::Source, U, A>,
    ) -> Result<Option<U::Value>>
    where
        U: FieldType<Kind: kind::Ordered>,
        U::Value: for<'de> Field<'de> + 'static,
    {
        self.of_column("MIN", column).await
    }

    /// The greatest value of a column, nulls left out; `None` where there is none. One call.
    ///
    /// # Errors
    ///
    /// What the service or the way to it reports.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let latest: Option<DateTime> = caspio.table::<Order>().query().max(|o| o.placed).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn max<U, A>(
        self,
        column: impl FnOnce(Columns<R>) -> Column<R::Source, U, A>,
    ) -> Result<Option<U::Value>>
    where
        U: FieldType<Kind: kind::Ordered>,
        U::Value: for<'de> Field<'de> + 'static,
    {
        self.of_column("MAX", column).await
    }

    /// The sum of a number column, nulls left out; `None` where there is nothing to add. One call.
    ///
    /// Whole numbers add up to `i64`, Currency to `Decimal`, Number to `f64`.
    ///
    /// # Errors
    ///
    /// What the service or the way to it reports.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
    /// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let open = caspio.table::<Order>().filter(|o| o.status.eq("Open"));
    /// let owed: Option<Decimal> = open.sum(|o| o.total).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn sum<U, A>(
        self,
        column: impl FnOnce(Columns<R>) -> Column<R::Source, U, A>,
    ) -> Result<Option<<U::Kind as kind::Numeric>::Sum>>
    where
        U: FieldType<Kind: kind::Numeric>,
    {
        self.of_column("SUM", column).await
    }

    async fn of_column<U, A, T>(
        self,
        function: &str,
        column: impl FnOnce(Columns<R>) -> Column<R::Source, U, A>,
    ) -> Result<Option<T>>
    where
        T: for<'de> Field<'de> + 'static,
    {
        let name = column(<R::Source as Source>::COLUMNS).name();
        self.scalar(format!("{function}({})", quoted_name(name)))
            .await
    }

    /// One call for one value. An aggregate must not be paged: it has one row.
    async fn scalar<T>(self, expression: String) -> Result<Option<T>>
    where
        T: for<'de> Field<'de> + 'static,
    {
        let (client, plan) = self.into_parts()?;
        if plan.is_grouped() {
            let what = format!("{expression} of a grouped query is another question");
            return Err(Error::new(ErrorKind::Refused, what).with_resource(plan.target.to_string()));
        }
        let params = ListParams {
            select: format!("{expression} AS {VALUE}"),
            filter: plan.own_filter(),
            ..ListParams::default()
        };
        let body = client.list(plan.target.clone(), params).await;
        let body = body.map_err(|error| unknown_column::explain(error, &client, &plan))?;
        let rows = decode_page::<Scalar<T>>(&body, client.dialect(), &plan.target, 0)?.records;
        match rows.into_iter().next() {
            Some(Scalar(value)) => Ok(value),
            None => Err(Error::new(
                ErrorKind::Protocol,
                format!("{expression} came back without a row"),
            )
            .with_operation("records.list")
            .with_resource(plan.target.to_string())),
        }
    }
}
