//! Counts, sums, minima and maxima of many records. One call each.

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

/// The column name of an aggregate in the response.
const VALUE: &str = "Value";

/// The only column of the only row of an aggregate's response.
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
    /// Counts the records. One call.
    ///
    /// The result is at most the query's [`limit`](Self::limit).
    ///
    /// # Errors
    ///
    /// Fails if the service refuses the call, or if the call cannot be made.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
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

    /// Returns whether there is any record. One call, which reads at most one record.
    ///
    /// # Errors
    ///
    /// Fails if the service refuses the call, or if the call cannot be made.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let large = caspio.table::<Order>().filter(|o| o.total.gt(dec!(10_000)));
    /// if large.exists().await? {
    ///     println!("there is a large order");
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

    /// Returns the smallest value of a column without nulls; `None` if there is no value. One call.
    ///
    /// # Errors
    ///
    /// Fails if the service refuses the call, or if the call cannot be made.
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

    /// Returns the greatest value of a column without nulls; `None` if there is no value. One call.
    ///
    /// # Errors
    ///
    /// Fails if the service refuses the call, or if the call cannot be made.
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

    /// Returns the sum of a number column without nulls; `None` if there is no value. One call.
    ///
    /// Whole numbers add up to `i64`, Currency to `Decimal`, Number to `f64`.
    ///
    /// # Errors
    ///
    /// Fails if the service refuses the call, or if the call cannot be made.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
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

    /// Reads one value. The call has no page size and no order, which an aggregate's single row does not
    /// take.
    async fn scalar<T>(self, expression: String) -> Result<Option<T>>
    where
        T: for<'de> Field<'de> + 'static,
    {
        let (client, plan) = self.into_parts()?;
        if plan.is_grouped() {
            let what = format!("`{expression}` is not available on a grouped query");
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
                format!("the response for {expression} has no row"),
            )
            .with_operation("records.list")
            .with_resource(plan.target.to_string())),
        }
    }
}
