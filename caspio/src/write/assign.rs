//! What an update sets.

use crate::column::{Column, Settable};
use crate::field::{FieldType, FieldValue, ToValue, kind};
use std::fmt;
use std::marker::PhantomData;

/// A column of `S` with the value it is set to.
///
/// Made by [`Column::to`] and handed to an update's `set`.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # use caspio::write::Assignment;
/// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
/// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let moved: Assignment<Contact> = Contact::COLUMNS.city.to("Rome");
/// caspio.table::<Contact>().update(7).set(|_| moved).execute().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "an assignment does nothing until an update takes it"]
pub struct Assignment<S> {
    pub(crate) name: &'static str,
    pub(crate) value: FieldValue<'static>,
    source: PhantomData<fn() -> S>,
}

impl<S> fmt::Debug for Assignment<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Assignment")
            .field(&self.name)
            .field(&self.value)
            .finish()
    }
}

/// Setting, for columns that Caspio does not fill itself.
impl<S, U: FieldType, A> Column<S, U, A> {
    /// This column, set to a value; an `Option`'s `None` is null.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, balance: Option<Decimal> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// caspio
    ///     .table::<Contact>()
    ///     .update(7)
    ///     .set(|c| c.email.to("a@b.c"))
    ///     .set(|c| c.balance.to(dec!(12.50)))
    ///     .execute()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn to<V>(self, value: V) -> Assignment<S>
    where
        A: Settable,
        V: ToValue,
        U::Kind: kind::Accepts<V::Kind>,
    {
        Assignment {
            name: self.name(),
            value: value.to_value().into_owned(),
            source: PhantomData,
        }
    }
}

impl<S, T: FieldType, A> Column<S, Option<T>, A> {
    /// This column, set to null.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// caspio.table::<Contact>().update(7).set(|c| c.email.to_null()).execute().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn to_null(self) -> Assignment<S>
    where
        A: Settable,
    {
        Assignment {
            name: self.name(),
            value: FieldValue::Null,
            source: PhantomData,
        }
    }
}
