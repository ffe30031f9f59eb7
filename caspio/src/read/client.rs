//! From a client to its tables and views.

use super::handle::{Table, View};
use crate::client::Client;
use crate::record::{CaspioTable, CaspioView, Record, RecordMap, Source};

impl Client {
    /// The table that `T` is bound to. Makes no call.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, city: String, photo: Option<String> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// for contact in caspio.table::<Contact>().collect().await? {
    ///     println!("{}", contact.city);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn table<T: CaspioTable + Record>(&self) -> Table<T> {
        Table::new(self.clone(), <T as Source>::NAME)
    }

    /// The view that `T` is bound to. Makes no call.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioView)] #[caspio(view = "Active")]
    /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// for active in caspio.view::<Active>().collect().await? {
    ///     println!("{} {:?}", active.pk_id, active.email);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn view<T: CaspioView + Record>(&self) -> View<T> {
        View::new(self.clone(), <T as Source>::NAME)
    }

    /// A table whose name is known only at run time, its records as maps. Makes no call.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let records = caspio.table_named("Contacts").limit(5).collect().await?;
    /// for record in records {
    ///     println!("{record:?}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn table_named(&self, name: &str) -> Table<RecordMap> {
        Table::new(self.clone(), name)
    }

    /// A view whose name is known only at run time, its records as maps. Makes no call.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let records = caspio.view_named("Active").limit(5).collect().await?;
    /// for record in records {
    ///     println!("{record:?}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn view_named(&self, name: &str) -> View<RecordMap> {
        View::new(self.clone(), name)
    }
}
