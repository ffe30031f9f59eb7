//! Setting, emptying and listing password fields. Caspio never returns their values.

use crate::client::Client;
use crate::column::{Column, IntoColumn};
use crate::dialect::{
    Dialect, FieldTypeJson, ObjectUrl, affected, affected_if_reported, confirmed,
};
use crate::field::Password;
use crate::filter::{ColumnFn, NamedColumn};
use crate::handle::Table;
use crate::read::{explain_unknown_column, key_is};
use crate::record::{IntoKey, Key, Record, Source, with_key};
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::secrecy::SecretString;
use caspio_core::{Error, ErrorKind, Operation, Request, Result};
use caspio_schema::DataType;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::borrow::Cow;

const SET: &str = "passwords.set";
const RESET: &str = "passwords.reset";
const LIST: &str = "passwords.list";

impl<R: Record> Table<R> {
    /// Sets the password in a field of the record with this key. One call; one more on v4 if the response does not
    /// contain how many records there were.
    ///
    /// The field is given as `|m| m.secret`, or by its name as `|_| "Secret"`.
    ///
    /// The call can be repeated safely, so it is retried after a lost response. The password never appears in an
    /// error or a log, even if the service's response contains it.
    ///
    /// ```no_run
    /// # mod setup { include!("doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client, password: String) -> caspio::Result<()> {
    /// let members = caspio.table::<Member>();
    /// members.set_password(7, |m| m.secret, password).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such record. `Invalid`: there is no such password field.
    pub fn set_password<F, K>(
        &self,
        key: impl IntoKey<i64, K>,
        column: F,
        password: impl Into<SecretString>,
    ) -> BoxFuture<'static, Result<()>>
    where
        F: ColumnFn<R::Source, Column: PasswordColumn>,
    {
        let field = PasswordField::new(self, key.into_key(), column);
        let password = password.into();
        async move { field.set(password).await }.boxed()
    }

    /// Empties the password in a field of the record with this key. It takes as many calls as
    /// [`set_password`](Self::set_password), and the field is given in the same way.
    ///
    /// # Errors
    ///
    /// As for [`set_password`](Self::set_password).
    pub fn reset_password<F, K>(
        &self,
        key: impl IntoKey<i64, K>,
        column: F,
    ) -> BoxFuture<'static, Result<()>>
    where
        F: ColumnFn<R::Source, Column: PasswordColumn>,
    {
        let field = PasswordField::new(self, key.into_key(), column);
        async move { field.reset().await }.boxed()
    }

    /// Returns the names of the table's password fields. One call.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such table.
    pub fn password_fields(&self) -> impl Future<Output = Result<Vec<String>>> + use<R> {
        let (client, target) = (self.client().clone(), self.target().clone());
        async move {
            if client.dialect().capabilities().lists_password_fields {
                return client.part(&target, "passwordFields", LIST).await;
            }
            let fields: Vec<FieldTypeJson> = client.part(&target, "fields", LIST).await?;
            let passwords = fields.into_iter();
            let passwords = passwords.filter(|field| field.data_type() == DataType::Password);
            Ok(passwords.map(|field| field.name).collect())
        }
    }
}

/// A column of passwords, or the name of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column of passwords",
    label = "neither a column of passwords nor the name of one",
    note = "return a column of type `Password`, `|c| c.secret`, or a name, `|_| \"Secret\"`"
)]
pub trait PasswordColumn {}

impl<S, A> PasswordColumn for Column<S, Password, A> {}
impl PasswordColumn for NamedColumn<Password> {}
impl PasswordColumn for &str {}
impl PasswordColumn for String {}
impl PasswordColumn for &String {}
impl PasswordColumn for Cow<'_, str> {}

/// One password field of one record.
struct PasswordField {
    client: Client,
    target: Target,
    key: Key,
    field: String,
}

impl PasswordField {
    fn new<R: Record>(table: &Table<R>, key: i64, column: impl ColumnFn<R::Source>) -> Self {
        let column = column(<R::Source as Source>::COLUMNS);
        Self {
            client: table.client().clone(),
            target: table.target().clone(),
            key: Key::Id(key),
            field: column.into_name().into_owned(),
        }
    }

    async fn set(&self, password: SecretString) -> Result<()> {
        self.write(SET, |dialect, table, condition, operation| {
            dialect.set_password(table, &self.field, condition, password, operation)
        })
        .await
    }

    async fn reset(&self) -> Result<()> {
        self.write(RESET, |dialect, table, condition, operation| {
            dialect.reset_password(table, &self.field, condition, operation)
        })
        .await
    }

    async fn write(
        &self,
        operation: &'static str,
        make: impl FnOnce(&dyn Dialect, &ObjectUrl, &str, Operation) -> Request,
    ) -> Result<()> {
        let written = async {
            if matches!(self.field.as_str(), "" | "." | "..") {
                return Err(Error::new(
                    ErrorKind::Refused,
                    "no field can have this name",
                ));
            }
            let table = self.client.object_url(&self.target, operation).await?;
            let condition = key_is(&self.key).to_sql();
            let named = self.target.operation(operation);
            let request = make(self.client.dialect(), &table, &condition, named);
            let response = self.client.send(request).await?;
            match affected_if_reported(response.body())? {
                Some(0) => Err(missing()),
                Some(_) => Ok(()),
                None => {
                    confirmed(&response)?;
                    // It is not documented what v4 responds.
                    match self.client.dialect().capabilities().reports_missing_records {
                        true => self.check_exists().await,
                        false => affected(response.body()).map(drop),
                    }
                }
            }
        };
        written
            .await
            .map_err(|error| self.with_context(operation, error))
    }

    /// One call.
    async fn check_exists(&self) -> Result<()> {
        let condition = key_is(&self.key).to_sql();
        let found = self.client.first_key(&self.target, &condition).await;
        match found.map_err(|error| error.with_maybe_applied(true))? {
            Some(_) => Ok(()),
            None => Err(missing()),
        }
    }

    fn with_context(&self, operation: &'static str, error: Error) -> Error {
        if error.operation().is_some_and(|name| name != operation) {
            return error;
        }
        let object = self.target.to_string();
        let error = error.with_operation(operation).with_resource(object);
        let error = explain_unknown_column(error, &self.client, &self.target, &[]);
        with_key(error.with_field(&self.field), &self.key)
    }
}

fn missing() -> Error {
    Error::new(ErrorKind::NotFound, "there is no such record")
}
