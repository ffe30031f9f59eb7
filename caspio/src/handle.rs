//! One table or view of the account, bound to a struct.

use crate::client::Client;
use crate::record::{CaspioTable, CaspioView, Key, ObjectKind, Record, RecordMap, Source};
use crate::target::Target;
use std::fmt;
use std::marker::PhantomData;

/// A table or view of the account as records `R`: everything called on it is bound to that table or
/// view.
///
/// It has two names: [`Table`], made by [`Client::table`], and [`View`], made by [`Client::view`].
/// `A` is the type of access: table or view, and whether its records can be written. It is a handle: creating
/// and cloning one makes no call.
///
/// ```
/// # mod setup { include!("doc_setup.rs"); } use setup::*;
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let orders = caspio.table::<Order>();
/// let one = orders.get(17).await?;
/// let many = orders.get_many([17, 18, 99]).await?;
/// let open = orders.filter(|o| o.status.eq("Open")).collect().await?;
///
/// let active = caspio.view::<ActiveContact>();
/// let one = active.get("17,3").await?;
/// # Ok(())
/// # }
/// ```
pub struct Handle<R, A = TableAccess> {
    client: Client,
    target: Target,
    types: PhantomData<fn() -> (R, A)>,
}

/// A table of the account as records `R`; its keys are numbers. See [`Handle`].
pub type Table<R> = Handle<R, TableAccess>;

/// A view of the account as records `R`, for reading; its keys are texts, the ids of its tables'
/// records joined by commas. See [`Handle`].
pub type View<R> = Handle<R, ViewAccess>;

/// A view whose records can be written, made by [`View::writable`]; see [`Handle`]. Caspio permits writes if the view
/// has a single table, or if one of its tables is marked as editable in it. For other views the service refuses them.
pub type WritableView<R> = Handle<R, WritableViewAccess>;

/// A table, for reading and writing.
#[derive(Clone, Copy, Debug)]
pub enum TableAccess {}

/// A view, for reading.
#[derive(Clone, Copy, Debug)]
pub enum ViewAccess {}

/// A view, for reading and writing.
#[derive(Clone, Copy, Debug)]
pub enum WritableViewAccess {}

/// The type of access of a [`Handle`]: [`TableAccess`], [`ViewAccess`] or [`WritableViewAccess`].
pub trait Access: sealed::Sealed + 'static {
    /// Table or view.
    const KIND: ObjectKind;
    /// The type of its records' keys.
    type Key: Into<Key> + TryFrom<Key> + Clone + fmt::Debug + Ord + Send + 'static;
}

impl Access for TableAccess {
    const KIND: ObjectKind = ObjectKind::Table;
    type Key = i64;
}

impl Access for ViewAccess {
    const KIND: ObjectKind = ObjectKind::View;
    type Key = String;
}

impl Access for WritableViewAccess {
    const KIND: ObjectKind = ObjectKind::View;
    type Key = String;
}

/// An [`Access`] by which records can be written.
#[diagnostic::on_unimplemented(
    message = "this handle of a view only reads",
    label = "the view was not made writable",
    note = "write through `view.writable()`; Caspio permits that for views of one table, and for tables marked as editable in the view"
)]
pub trait WriteAccess: Access {}

impl WriteAccess for TableAccess {}
impl WriteAccess for WritableViewAccess {}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::TableAccess {}
    impl Sealed for super::ViewAccess {}
    impl Sealed for super::WritableViewAccess {}
}

impl Client {
    /// Returns the table that `T` is bound to. Makes no call.
    ///
    /// ```no_run
    /// # mod setup { include!("doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// for contact in caspio.table::<Contact>().collect().await? {
    ///     println!("{}", contact.first_name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn table<T: CaspioTable + Record>(&self) -> Table<T> {
        Handle::new(self.clone(), <T as Source>::NAME)
    }

    /// Returns the view that `T` is bound to. Makes no call.
    ///
    /// ```no_run
    /// # mod setup { include!("doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// for active in caspio.view::<ActiveContact>().collect().await? {
    ///     println!("{} {:?}", active.pk_id, active.email);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn view<T: CaspioView + Record>(&self) -> View<T> {
        Handle::new(self.clone(), <T as Source>::NAME)
    }

    /// Returns a table whose name is known only at run time; its records are [maps](RecordMap). Makes no call.
    ///
    /// The closures of queries and writes receive [`ColumnsByName`](crate::filter::ColumnsByName).
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let contacts = caspio.table_named("Contacts");
    /// let in_rome = contacts.filter(|c| c.column::<String>("City").eq("Rome"));
    /// for contact in in_rome.limit(5).collect().await? {
    ///     println!("{:?}", contact.get("Email"));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn table_named(&self, name: &str) -> Table<RecordMap> {
        Handle::new(self.clone(), name)
    }

    /// Returns a view whose name is known only at run time, like [`table_named`](Self::table_named). Makes no call.
    #[must_use]
    pub fn view_named(&self, name: &str) -> View<RecordMap> {
        Handle::new(self.clone(), name)
    }
}

impl<R: Record, A: Access> Handle<R, A> {
    fn new(client: Client, name: &str) -> Self {
        Self {
            client,
            target: Target::new(A::KIND, name),
            types: PhantomData,
        }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// Returns the name in Caspio.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.target.name
    }

    /// Binds the same struct to another table or view that has the same columns.
    ///
    /// ```no_run
    /// # mod setup { include!("doc_setup.rs"); } use setup::*;
    /// # fn example(caspio: Client) {
    /// let archived = caspio.table::<Order>().named("Orders_2024");
    /// # }
    /// ```
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        Self::new(self.client, name)
    }
}

impl<R: Record> View<R> {
    /// Returns the same view for writing. Makes no call; whether the view can be written is decided in
    /// Caspio.
    ///
    /// ```no_run
    /// # mod setup { include!("doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// caspio.view::<ActiveContact>().writable().delete("7").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn writable(&self) -> WritableView<R> {
        Handle {
            client: self.client.clone(),
            target: self.target.clone(),
            types: PhantomData,
        }
    }
}

impl<R, A> Clone for Handle<R, A> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            target: self.target.clone(),
            types: PhantomData,
        }
    }
}

impl<R, A> fmt::Debug for Handle<R, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.target.kind {
            ObjectKind::Table => "Table",
            ObjectKind::View => "View",
        };
        f.debug_tuple(name).field(&self.target.name).finish()
    }
}
