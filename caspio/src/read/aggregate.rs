//! Counts, sums, averages, minima and maxima of many records. One call each.

use super::after_position::after_position;
use super::plan::Plan;
use super::query::Query;
use super::unknown_column;
use crate::client::Client;
use crate::column::IntoColumn;
use crate::decode::{DecodedPage, decode_page};
use crate::dialect::ListParams;
use crate::field::{Field, FieldType, kind};
use crate::filter::sql::aggregate;
use crate::filter::{ColumnFn, TypedColumn, is_integer};
use crate::record::{Decode, FieldInfo, Record, RecordMap, RowAccess, Source};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use serde::de::MapAccess;

/// The column name of an aggregate in the response.
const VALUE: &str = "Value";

/// The type of the values of a column, without null.
pub(super) type ValueOf<C> = <<C as TypedColumn>::Field as FieldType>::Value;

/// The type of the sum, and of the average, of a column.
pub(super) type SumOf<C> = <<<C as TypedColumn>::Field as FieldType>::Kind as kind::Numeric>::Sum;

/// The only column of the only row of an aggregate's response; `None` if the response has other columns.
struct Scalar<T>(Option<Option<T>>);

impl<T: for<'de> Field<'de> + 'static> Record for Scalar<T> {
    type Source = RecordMap;
    type At<'p> = Self;
    const FIELDS: &'static [FieldInfo] = &[FieldInfo::new(VALUE, "value").of::<Option<T>>("")];
}

impl<'de, T: for<'a> Field<'a> + 'static> Decode<'de> for Scalar<T> {
    fn decode<A: MapAccess<'de>>(mut row: RowAccess<'_, 'de, A>) -> Result<Self, A::Error> {
        let mut value = None;
        while row.next_field()?.is_some() {
            value = Some(row.value_or_null()?);
        }
        Ok(Self(value))
    }
}

impl<R: Record> Query<R> {
    /// Counts the records. One call.
    ///
    /// The result is at most the query's [`limit`](Self::limit). A [resumed](Self::resume_from) query counts the
    /// records after its position. If that position has a float or a `Decimal` in its order, one or two more calls find
    /// out which value the service compares. The same calls are made for a null or an empty text if the read that was
    /// stopped did not select which it is, see [`order_by`](Self::order_by), and up to four for both; one more is made
    /// for texts that do not fit into a URL, and in a view one more, which checks that it does not repeat the key of
    /// that position. The other aggregates and [`exists`](Self::exists) make them too.
    ///
    /// # Errors
    ///
    /// Fails if the service refuses the call, or if the call cannot be made. `Refused`: the query has groups.
    /// `Incomplete`: the value that the service compares is not known, because the record at the position was changed
    /// or deleted. `Protocol`: a view repeats the key of the record at the position, and the two have the same place in
    /// the order.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let open = caspio.table::<Order>().filter(|o| o.status.eq("Open")).count().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn count(self) -> Result<u64> {
        let (client, plan) = self.into_ungrouped("count")?;
        if plan.limit == Some(0) {
            return Ok(0);
        }
        let count = scalar::<i64>(&client, &plan, "COUNT(*)").await?;
        let count = count.and_then(|count| u64::try_from(count).ok());
        let count = count.ok_or_else(|| not_understood(&plan, "COUNT(*)"))?;
        Ok(plan.limit.map_or(count, |limit| count.min(limit)))
    }

    /// Returns whether there is any record, or any group if the query has groups. One call, which reads at most
    /// one record.
    ///
    /// With a [limit](Self::limit) of 0 it returns `false` without a call. A [resumed](Self::resume_from) query
    /// checks for records after its position.
    ///
    /// # Errors
    ///
    /// Fails if the service refuses the call, or if the call cannot be made. `Protocol`: the response has no records,
    /// but does not confirm by a total of 0 that there are none; v2 reports no total. `Refused`: the order does not
    /// lead back to the position, as for [`stream`](Self::stream).
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
        let (client, plan) = self.into_unrefused()?;
        if plan.limit == Some(0) {
            return Ok(false);
        }
        if let Some(error) = plan.order_error().filter(|_| plan.start.is_some()) {
            return Err(error);
        }
        let page = page::<RecordMap>(&client, &plan, Plan::probe).await?;
        // It is not documented what the total of groups counts.
        if page.records.is_empty() && !plan.is_grouped() {
            let is_reported = client.dialect().capabilities().reports_totals;
            match page.total {
                Some(0) => {}
                None if !is_reported => {}
                total => return Err(none_without_total(&plan, total)),
            }
        }
        Ok(!page.records.is_empty())
    }

    /// Returns the smallest value of a column, nulls ignored; `None` if there is no value. One call.
    ///
    /// A column that is chosen at run time is given as [`column_named`](crate::filter::column_named), that of a map as
    /// [`c.column`](crate::filter::ColumnsByName::column).
    ///
    /// # Errors
    ///
    /// Fails if the service refuses the call, or if the call cannot be made. `Refused`: the query has groups or a
    /// limit.
    pub async fn min<F, C>(self, column: F) -> Result<Option<ValueOf<C>>>
    where
        F: ColumnFn<R::Source, Column = C>,
        C: TypedColumn<Field: FieldType<Kind: kind::Ordered>>,
        ValueOf<C>: for<'de> Field<'de> + 'static,
    {
        self.of_column("MIN", column, false).await
    }

    /// Returns the greatest value of a column, nulls ignored; `None` if there is no value. One call.
    ///
    /// A column that is chosen at run time is given as [`column_named`](crate::filter::column_named), that of a map as
    /// [`c.column`](crate::filter::ColumnsByName::column).
    ///
    /// # Errors
    ///
    /// Fails if the service refuses the call, or if the call cannot be made. `Refused`: the query has groups or a
    /// limit.
    pub async fn max<F, C>(self, column: F) -> Result<Option<ValueOf<C>>>
    where
        F: ColumnFn<R::Source, Column = C>,
        C: TypedColumn<Field: FieldType<Kind: kind::Ordered>>,
        ValueOf<C>: for<'de> Field<'de> + 'static,
    {
        self.of_column("MAX", column, false).await
    }

    /// Returns the sum of a number column, nulls ignored; `None` if there is no value. One call.
    ///
    /// Whole numbers add up to `i64`, Currency to `Decimal`, Number to `f64`. A column that is chosen at run time is
    /// given as [`column_named`](crate::filter::column_named), that of a map as
    /// [`c.column`](crate::filter::ColumnsByName::column).
    ///
    /// # Errors
    ///
    /// Fails if the service refuses the call, or if the call cannot be made. `Refused`: the query has groups or a
    /// limit.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let open = caspio.table::<Order>().filter(|o| o.status.eq("Open"));
    /// let owed: Option<Decimal> = open.sum(|o| o.total).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn sum<F, C>(self, column: F) -> Result<Option<SumOf<C>>>
    where
        F: ColumnFn<R::Source, Column = C>,
        C: TypedColumn<Field: FieldType<Kind: kind::Numeric>>,
    {
        self.of_column("SUM", column, is_integer::<C::Field>())
            .await
    }

    /// Returns the average of a number column, nulls ignored; `None` if there is no value. One call.
    ///
    /// The average of whole numbers is a whole number, as in T-SQL: its fraction is cut, toward zero. A struct with
    /// `#[caspio(expr = "AVG(Quantity * 1.0)")]` has the fraction. That of Currency is a `Decimal` with four places,
    /// that of Number an `f64`. A column that is chosen at run time is given as for [`sum`](Self::sum); its data type
    /// in the account decides, so the average of an Integer is cut even if it is read as an `f64`.
    ///
    /// # Errors
    ///
    /// Fails if the service refuses the call, or if the call cannot be made. `Refused`: the query has groups or a
    /// limit.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let open = caspio.table::<Order>().filter(|o| o.status.eq("Open"));
    /// let usual: Option<Decimal> = open.avg(|o| o.total).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("average", "mean"))]
    pub async fn avg<F, C>(self, column: F) -> Result<Option<SumOf<C>>>
    where
        F: ColumnFn<R::Source, Column = C>,
        C: TypedColumn<Field: FieldType<Kind: kind::Numeric>>,
    {
        self.of_column("AVG", column, is_integer::<C::Field>())
            .await
    }

    async fn of_column<F, T>(
        self,
        function: &str,
        column: F,
        of_integers: bool,
    ) -> Result<Option<T>>
    where
        F: ColumnFn<R::Source>,
        T: for<'de> Field<'de> + 'static,
    {
        let name = column(<R::Source as Source>::COLUMNS).into_name();
        let expression = aggregate(function, &name, of_integers);
        let method = function.to_lowercase();
        let (client, plan) = self.into_ungrouped(&method)?;
        if plan.limit.is_some() {
            let message = format!("`{method}` is not available on a query with a limit");
            return Err(refused(&plan, message).with_hint(
                "remove the limit, or read the records and compute the value from them",
            ));
        }
        let value = scalar(&client, &plan, &expression).await;
        value.map_err(|error| match error.kind() {
            ErrorKind::Decode => error.with_field(name).with_hint(format!(
                "the value is {expression}: change the type of the column's values to fit it"
            )),
            _ => error,
        })
    }

    /// Returns the client and the plan of a query without groups, to aggregate its records.
    fn into_ungrouped(self, method: &str) -> Result<(Client, Plan)> {
        let (client, plan) = self.into_unrefused()?;
        if plan.is_grouped() {
            let message = format!("`{method}` is not available on a grouped query");
            return Err(refused(&plan, message)
                .with_hint("read the groups, with the aggregate in their struct"));
        }
        Ok((client, plan))
    }

    fn into_unrefused(self) -> Result<(Client, Plan)> {
        match self.into_resumed() {
            (client, plan, None) => Ok((client, plan)),
            (_, _, Some(error)) => Err(error),
        }
    }
}

fn refused(plan: &Plan, message: String) -> Error {
    Error::new(ErrorKind::Refused, message)
        .with_operation("records.list")
        .with_resource(plan.target.to_string())
}

/// Reads the single value of an aggregate; `None` for null.
async fn scalar<T>(client: &Client, plan: &Plan, expression: &str) -> Result<Option<T>>
where
    T: for<'de> Field<'de> + 'static,
{
    let select = format!("{expression} AS {VALUE}");
    let page = page::<Scalar<T>>(client, plan, |plan| plan.aggregate_params(&select)).await?;
    let mut rows = page.records;
    match (rows.pop(), rows.pop()) {
        (Some(Scalar(Some(value))), None) => Ok(value),
        _ => Err(not_understood(plan, expression)),
    }
}

async fn page<T: for<'p> Decode<'p>>(
    client: &Client,
    plan: &Plan,
    params: impl Fn(&Plan) -> ListParams,
) -> Result<DecodedPage<T>> {
    let body = after_position(client, plan, params).await;
    let body = body.map_err(|error| unknown_column::explain(error, client, plan))?;
    decode_page::<T>(&body, client.dialect(), &plan.target, 0)
}

fn none_without_total(plan: &Plan, total: Option<u64>) -> Error {
    let message = match total {
        Some(total) => format!("the response has no records, but reports that there are {total}"),
        None => "the response has no records, and does not report how many there are".to_owned(),
    };
    Error::new(ErrorKind::Protocol, message)
        .with_operation("records.list")
        .with_resource(plan.target.to_string())
        .with_hint("whether there is a record is not known; read again, or use `count`")
}

fn not_understood(plan: &Plan, expression: &str) -> Error {
    let message = format!("the response is not one row with the value of {expression}");
    Error::new(ErrorKind::Protocol, message)
        .with_operation("records.list")
        .with_resource(plan.target.to_string())
}
