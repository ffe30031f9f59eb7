//! Typed columns.

use crate::expected::Expected;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// Marks a column that can be set by inserts and updates.
///
/// ```
/// # mod setup { include!("doc_setup.rs"); } use setup::*;
/// use caspio::advanced::Writable;
///
/// let email: Column<Contact, Option<String>, Writable> = Contact::COLUMNS.email;
/// assert_eq!(email.name(), "Email");
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Writable {}

/// Marks a column that Caspio fills: the key, and columns declared `#[caspio(read_only)]`.
///
/// ```
/// # mod setup { include!("doc_setup.rs"); } use setup::*;
/// use caspio::advanced::ReadOnly;
///
/// let key: Column<Contact, i64, ReadOnly> = Contact::COLUMNS.pk_id;
/// assert_eq!(key.name(), "PK_ID");
/// ```
#[derive(Clone, Copy, Debug)]
pub enum ReadOnly {}

/// Marks a column that an insert can set and an update cannot: a password, which has an operation of its
/// own for that.
///
/// ```
/// # mod setup { include!("doc_setup.rs"); } use setup::*;
/// use caspio::Password;
/// use caspio::advanced::InsertOnly;
///
/// let secret: Column<Member, Password, InsertOnly> = Member::COLUMNS.secret;
/// assert_eq!(secret.name(), "Secret");
/// ```
#[derive(Clone, Copy, Debug)]
pub enum InsertOnly {}

/// Columns that an insert can set: those marked [`Writable`] or [`InsertOnly`].
///
/// ```
/// # mod setup { include!("doc_setup.rs"); } use setup::*;
/// use caspio::advanced::Insertable;
///
/// fn inserted<S, U, A: Insertable>(column: Column<S, U, A>) -> &'static str {
///     column.name()
/// }
///
/// assert_eq!(inserted(Member::COLUMNS.secret), "Secret");
/// ```
#[diagnostic::on_unimplemented(
    message = "this column is read-only, it cannot be inserted",
    label = "Caspio fills this column itself",
    note = "keys, and columns marked `#[caspio(read_only)]`, are left out of inserts and updates"
)]
pub trait Insertable: sealed::Sealed {}

impl Insertable for Writable {}
impl Insertable for InsertOnly {}

/// Columns that an update can set: those marked [`Writable`].
///
/// ```no_run
/// # mod setup { include!("doc_setup.rs"); } use setup::*;
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// use caspio::advanced::Settable;
/// use caspio::field::FieldType;
/// use caspio::write::Assignment;
///
/// fn cleared<S, T: FieldType, A: Settable>(column: Column<S, Option<T>, A>) -> Assignment<S> {
///     column.to_null()
/// }
///
/// caspio.table::<Contact>().update(7).set(|c| cleared(c.email)).await?;
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "this column cannot be set by an update",
    label = "this column is marked `{Self}`",
    note = "keys, and columns marked `#[caspio(read_only)]`, are filled by Caspio; a password is set by `set_password`"
)]
pub trait Settable: sealed::Sealed {}

impl Settable for Writable {}

/// One column of a table or view: `S` is the struct it belongs to, `U` the Rust type of its field,
/// `A` whether it can be set.
///
/// At run time a column is only its name. The derive creates the columns as the fields of
/// [`Source::COLUMNS`](crate::record::Source::COLUMNS), which the closures of queries and writes receive.
///
/// ```
/// use caspio::prelude::*;
///
/// #[derive(CaspioTable)]
/// #[caspio(table = "Contacts")]
/// struct Contact {
///     email: Option<String>,
/// }
///
/// assert_eq!(Contact::COLUMNS.email.name(), "Email");
/// assert_eq!(Contact::COLUMNS.email.eq("a@b.c").to_sql(), "Email = N'a@b.c'");
/// ```
pub struct Column<S, U, A = Writable> {
    name: &'static str,
    types: Types<S, U, A>,
}

/// Types that a column only names, so that it is `Send`, `Sync` and `Copy` for every type.
type Types<S, U, A> = PhantomData<fn() -> (S, U, A)>;

impl<S, U, A> Column<S, U, A> {
    /// Creates a column with a name. The derive calls it; if you do, use the name that Caspio uses.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// struct Task;
    ///
    /// const DUE: Column<Task, Option<DateTime>> = Column::new("Due");
    /// assert_eq!(DUE.before_now().to_sql(), "Due < GETDATE()");
    /// ```
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            types: PhantomData,
        }
    }

    /// Returns the column's name in Caspio.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }
}

impl<S, U, A> Clone for Column<S, U, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, U, A> Copy for Column<S, U, A> {}

impl<S, U, A> fmt::Debug for Column<S, U, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Column").field(&self.name).finish()
    }
}

/// A column of `S`, or the name of one.
///
/// Where the SDK asks for a column by a closure, the closure returns it: `|c| c.email`, or a name that is known only
/// at run time: `|_| name`.
///
/// ```no_run
/// # mod setup { include!("doc_setup.rs"); } use setup::*;
/// # async fn example(caspio: Client, rows: Vec<NewContact>) -> caspio::Result<()> {
/// let contacts = caspio.table::<Contact>();
/// contacts.insert_many(&rows).unique_by(|c| c.email).await?.into_result()?;
/// contacts.insert_many(&rows).unique_by(|_| "Email").await?.into_result()?;
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column of `{S}`",
    label = "neither a column of this table nor the name of one",
    note = "return a column of the closure's argument, `|c| c.email`, or a name, `|_| \"Email\"`"
)]
pub trait IntoColumn<S>: Expected<Column<S, ()>, Type = Self> {
    /// Returns the column's name in Caspio.
    fn into_name(self) -> Cow<'static, str>;
}

impl<S, T, U, A> Expected<Column<S, ()>> for Column<T, U, A> {
    type Type = Column<S, U, A>;
}

impl<S, U, A> IntoColumn<S> for Column<S, U, A> {
    fn into_name(self) -> Cow<'static, str> {
        Cow::Borrowed(self.name)
    }
}

impl<S> IntoColumn<S> for &str {
    fn into_name(self) -> Cow<'static, str> {
        Cow::Owned(self.to_owned())
    }
}

impl<S> IntoColumn<S> for &String {
    fn into_name(self) -> Cow<'static, str> {
        Cow::Owned(self.clone())
    }
}

impl<S> IntoColumn<S> for Cow<'_, str> {
    fn into_name(self) -> Cow<'static, str> {
        Cow::Owned(self.into_owned())
    }
}

impl<S> IntoColumn<S> for String {
    fn into_name(self) -> Cow<'static, str> {
        Cow::Owned(self)
    }
}

macro_rules! names {
    ($($ty:ty),*) => {$(
        impl<S> Expected<Column<S, ()>> for $ty {
            type Type = Self;
        }
    )*};
}

names!(&str, &String, Cow<'_, str>, String);

mod sealed {
    /// Keeps `Insertable` and `Settable` to the marks of columns.
    pub trait Sealed {}

    impl Sealed for super::Writable {}
    impl Sealed for super::InsertOnly {}
}
