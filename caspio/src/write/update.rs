//! Updates: which columns they set.

use super::assign::{AssignFn, Assignments};
use super::changes::Changes;
use crate::field::ToValue;
use crate::record::{Record, RecordMap, Source, ToRow};
use crate::work::Work;
use caspio_core::Result;
use futures::future::BoxFuture;
use pin_project_lite::pin_project;
use std::fmt;
use std::marker::PhantomData;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// An update, which sets columns of one record or of all records that meet a condition.
    ///
    /// `set`, `set_row` and `set_value` add columns; a column that is set twice gets the later value. With at least
    /// one column it can be awaited.
    ///
    /// - The update of one record, [`Table::update`](crate::Table::update), makes one call. It is repeated when a
    ///   response is lost, because setting a value twice has the same effect as setting it once. With
    ///   [`returning`](Self::returning) it returns the record.
    /// - The update by a condition, [`Table::update_where`](crate::Table::update_where), makes one call and returns
    ///   how many records it [affected](super::Affected). It is not repeated when the response is lost: the condition
    ///   may be about a column that is set, and then match other records the second time.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// contacts.update(7).set(|c| (c.city.to("Rome"), c.email.to_null())).await?;
    ///
    /// let updated = contacts.update_where(|c| c.city.eq("Roma")).set(|c| c.city.to("Rome")).await?;
    /// println!("{} contacts updated", updated.records);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Awaiting it fails with `NotFound` if there is no such record, and with `Refused` if a value cannot be stored,
    /// if the row of `set_row` has no column, or if the condition holds for every record.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future cancels the call, which may still be executed.
    #[must_use = "an update does nothing until it is awaited"]
    pub struct Update<R, T: UpdateTarget, S> {
        pub(super) target: T,
        changes: Changes,
        #[pin]
        work: Work<'static, Result<T::Output>>,
        types: PhantomData<fn() -> (R, S)>,
    }
}

/// An [`Update`] without columns, which cannot be awaited.
#[derive(Clone, Copy, Debug)]
pub enum NothingSet {}

/// An [`Update`] that sets columns.
#[derive(Clone, Copy, Debug)]
pub enum ColumnsSet {}

/// An [`Update`] that can be awaited.
#[diagnostic::on_unimplemented(
    message = "this update sets nothing",
    label = "nothing to update",
    note = "set columns first: `.set(|c| c.column.to(value))`, several as a tuple: `.set(|c| (c.one.to(1), c.two.to_null()))`"
)]
pub trait SetsColumns: sealed::Sealed {}

impl SetsColumns for ColumnsSet {}

/// The records that an [`Update`] is for: [`ByKey`](super::ByKey) or [`ByCondition`](super::ByCondition).
pub trait UpdateTarget: sealed::Target + Clone + Unpin + 'static {
    /// What awaiting the update returns.
    type Output;

    /// Makes the update.
    #[doc(hidden)]
    fn run(self, changes: Changes) -> BoxFuture<'static, Result<Self::Output>>;
}

// The compiler names an unmet bound of a `Future`, here that columns are set, and none of an `IntoFuture`.
impl<R: Record, T: UpdateTarget, S: SetsColumns> Future for Update<R, T, S> {
    type Output = Result<T::Output>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.work
            .poll(context, || this.target.clone().run(mem::take(this.changes)))
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::ColumnsSet {}

    /// Keeps `UpdateTarget` to the targets of the SDK.
    pub trait Target {}

    impl Target for super::super::ByKey {}
    impl Target for super::super::ByCondition {}
}

impl<R: Record, T: UpdateTarget, S> Update<R, T, S> {
    pub(super) fn new(target: T) -> Self {
        Self {
            target,
            changes: Changes::default(),
            work: Work::default(),
            types: PhantomData,
        }
    }

    /// Moves the target and the changes out of an update that returns the record and is polled.
    pub(super) fn take(&mut self) -> (T, Changes) {
        (self.target.clone(), mem::take(&mut self.changes))
    }

    pub(super) fn changed(mut self, change: impl FnOnce(&mut Changes)) -> Update<R, T, ColumnsSet> {
        change(&mut self.changes);
        Update {
            target: self.target,
            changes: self.changes,
            work: Work::default(),
            types: PhantomData,
        }
    }

    /// Sets columns: one, a tuple of up to twelve, or a `Vec`.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// contacts.update(7).set(|c| c.city.to("Rome")).await?;
    /// contacts.update(8).set(|c| (c.city.to("Rome"), c.email.to_null())).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn set<F>(self, assign: F) -> Update<R, T, ColumnsSet>
    where
        F: AssignFn<R::Source>,
    {
        let assignments = assign(<R::Source as Source>::COLUMNS);
        self.changed(|changes| assignments.each(&mut |assignment| changes.set(assignment)))
    }

    /// Sets every column that the row has, such as a struct with `#[derive(CaspioInsert)]`, whose
    /// [`Patch`](crate::Patch) fields can leave columns out.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # use caspio::Patch;
    /// # #[derive(CaspioInsert)] #[caspio(table = Contact)]
    /// # struct Changes { email: Patch<String>, city: Patch<String> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let changes = Changes { email: Patch::Absent, city: "Rome".into() };
    /// caspio.table::<Contact>().update(7).set_row(&changes).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_row(self, row: &impl ToRow<Source = R::Source>) -> Update<R, T, ColumnsSet> {
        self.changed(|changes| changes.set_all(row.to_row()))
    }
}

impl<T: UpdateTarget, S> Update<RecordMap, T, S> {
    /// Sets a column by its name to any value that can be written, also JSON.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let orders = caspio.table_named("Orders");
    /// orders.update(7).set_value("Status", "Open").set_value("Total", dec!(12.50)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_value(self, column: &str, value: impl ToValue) -> Update<RecordMap, T, ColumnsSet> {
        let value = value.to_value().into_owned();
        self.changed(|changes| changes.put_untyped(column.to_owned(), value))
    }
}

impl<R, T: UpdateTarget + fmt::Debug, S> fmt::Debug for Update<R, T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Update")
            .field("target", &self.target)
            .field("changes", &self.changes)
            .finish_non_exhaustive()
    }
}
