//! Queries for all records of a table or view that select columns, form groups or compute a value.

use super::aggregate::{SumOf, ValueOf};
use super::{Position, Query, RecordPage};
use crate::field::{Field, FieldType, kind};
use crate::filter::{ColumnFn, GroupFn, TypedColumn};
use crate::handle::{Access, Handle};
use crate::record::{DecodeOwned, Record, SourceOfMaps};
use caspio_core::Result;
use futures::FutureExt;
use futures::future::BoxFuture;

impl<R: Record, A: Access> Handle<R, A> {
    /// Returns a query that reads another struct of the same table or view; see [`Query::select`].
    #[doc(alias = "project")]
    pub fn select<P: Record<Source = R::Source>>(&self) -> Query<P> {
        self.query().select()
    }

    /// Returns a query that reads only these columns of records as maps, by names known at run time; see
    /// [`Query::columns`].
    pub fn columns<N: Into<String>>(&self, names: impl IntoIterator<Item = N>) -> Query<R>
    where
        R::Source: SourceOfMaps,
    {
        self.query().columns(names)
    }

    /// Returns a query for the groups of records with the same values in these columns; see [`Query::group_by`].
    pub fn group_by<F>(&self, columns: F) -> Query<R>
    where
        F: GroupFn<R::Source>,
    {
        self.query().group_by(columns)
    }

    /// Returns whether there is any record. One call; see [`Query::exists`].
    ///
    /// # Errors
    ///
    /// Fails if the service refuses the call, or if the call cannot be made.
    pub fn exists(&self) -> impl Future<Output = Result<bool>> + use<R, A> {
        self.query().exists()
    }

    /// Returns the smallest value of a column; see [`Query::min`].
    ///
    /// # Errors
    ///
    /// Fails if the service refuses the call, or if the call cannot be made.
    pub fn min<F, C>(
        &self,
        column: F,
    ) -> impl Future<Output = Result<Option<ValueOf<C>>>> + use<R, A, F, C>
    where
        F: ColumnFn<R::Source, Column = C>,
        C: TypedColumn<Field: FieldType<Kind: kind::Ordered>>,
        ValueOf<C>: for<'de> Field<'de> + 'static,
    {
        self.query().min(column)
    }

    /// Returns the greatest value of a column; see [`Query::max`].
    ///
    /// # Errors
    ///
    /// Fails if the service refuses the call, or if the call cannot be made.
    pub fn max<F, C>(
        &self,
        column: F,
    ) -> impl Future<Output = Result<Option<ValueOf<C>>>> + use<R, A, F, C>
    where
        F: ColumnFn<R::Source, Column = C>,
        C: TypedColumn<Field: FieldType<Kind: kind::Ordered>>,
        ValueOf<C>: for<'de> Field<'de> + 'static,
    {
        self.query().max(column)
    }

    /// Returns the sum of a number column; see [`Query::sum`].
    ///
    /// # Errors
    ///
    /// Fails if the service refuses the call, or if the call cannot be made.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let total: Option<Decimal> = caspio.table::<Order>().sum(|o| o.total).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn sum<F, C>(
        &self,
        column: F,
    ) -> impl Future<Output = Result<Option<SumOf<C>>>> + use<R, A, F, C>
    where
        F: ColumnFn<R::Source, Column = C>,
        C: TypedColumn<Field: FieldType<Kind: kind::Numeric>>,
    {
        self.query().sum(column)
    }

    /// Returns the average of a number column; see [`Query::avg`]. That of whole numbers is a whole number.
    ///
    /// # Errors
    ///
    /// Fails if the service refuses the call, or if the call cannot be made.
    #[doc(alias("average", "mean"))]
    pub fn avg<F, C>(
        &self,
        column: F,
    ) -> impl Future<Output = Result<Option<SumOf<C>>>> + use<R, A, F, C>
    where
        F: ColumnFn<R::Source, Column = C>,
        C: TypedColumn<Field: FieldType<Kind: kind::Numeric>>,
    {
        self.query().avg(column)
    }
}

impl<R: DecodeOwned, A: Access> Handle<R, A> {
    /// Reads one page of records, and whether more follow. One call; see [`Query::page`].
    ///
    /// # Errors
    ///
    /// As for [`Query::page`].
    pub fn page(
        &self,
        records: u16,
        after: Option<&Position>,
    ) -> BoxFuture<'static, Result<RecordPage<R>>> {
        let (query, after) = (self.query(), after.cloned());
        async move { query.page(records, after.as_ref()).await }.boxed()
    }
}

/// Reads all records into memory, like [`collect`](Handle::collect).
impl<R: DecodeOwned, A: Access> IntoFuture for Handle<R, A> {
    type Output = Result<Vec<R>>;
    type IntoFuture = Query<R>;

    fn into_future(self) -> Query<R> {
        self.query()
    }
}
