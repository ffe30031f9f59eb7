//! Setting, emptying and listing password fields. Caspio never returns their values.

use crate::client::Client;
use crate::column::Column;
use crate::dialect::{Dialect, FieldTypeJson, ObjectUrl, affected_if_reported};
use crate::field::Password;
use crate::handle::Table;
use crate::read::key_is;
use crate::record::{Key, Record, Source};
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::secrecy::SecretString;
use caspio_core::{Error, ErrorKind, Operation, Request, Result};
use caspio_schema::DataType;

const SET: &str = "passwords.set";
const RESET: &str = "passwords.reset";
const LIST: &str = "passwords.list";

impl<R: Record> Table<R> {
    /// Sets the password in a field of the record with this key. One call.
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
    pub async fn set_password<F, A>(
        &self,
        key: impl Into<i64>,
        column: F,
        password: impl Into<SecretString>,
    ) -> Result<()>
    where
        F: FnOnce(<R::Source as Source>::Columns) -> Column<R::Source, Password, A>,
    {
        let column = column(<R::Source as Source>::COLUMNS);
        self.set_password_named(key, column.name(), password).await
    }

    /// As [`set_password`](Self::set_password), for a field whose name is known only at run time.
    ///
    /// # Errors
    ///
    /// As for [`set_password`](Self::set_password).
    pub async fn set_password_named(
        &self,
        key: impl Into<i64>,
        field: &str,
        password: impl Into<SecretString>,
    ) -> Result<()> {
        let field = PasswordField::new(self, key.into(), field);
        let password = password.into();
        field.set(password).await
    }

    /// Empties the password in a field of the record with this key. One call.
    ///
    /// # Errors
    ///
    /// As for [`set_password`](Self::set_password).
    pub async fn reset_password<F, A>(&self, key: impl Into<i64>, column: F) -> Result<()>
    where
        F: FnOnce(<R::Source as Source>::Columns) -> Column<R::Source, Password, A>,
    {
        let column = column(<R::Source as Source>::COLUMNS);
        self.reset_password_named(key, column.name()).await
    }

    /// As [`reset_password`](Self::reset_password), for a field whose name is known only at run time.
    ///
    /// # Errors
    ///
    /// As for [`set_password`](Self::set_password).
    pub async fn reset_password_named(&self, key: impl Into<i64>, field: &str) -> Result<()> {
        PasswordField::new(self, key.into(), field).reset().await
    }

    /// Returns the names of the table's password fields. One call.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such table.
    pub async fn password_fields(&self) -> Result<Vec<String>> {
        let (client, target) = (self.client(), self.target());
        if client.dialect().capabilities().lists_password_fields {
            return client.part(target, "passwordFields", LIST).await;
        }
        let fields: Vec<FieldTypeJson> = client.part(target, "fields", LIST).await?;
        let passwords = fields.into_iter();
        let passwords = passwords.filter(|field| field.data_type() == DataType::Password);
        Ok(passwords.map(|field| field.name).collect())
    }
}

/// One password field of one record.
struct PasswordField<'a> {
    client: &'a Client,
    target: &'a Target,
    key: Key,
    field: &'a str,
}

impl<'a> PasswordField<'a> {
    fn new<R: Record>(table: &'a Table<R>, key: i64, field: &'a str) -> Self {
        Self {
            client: table.client(),
            target: table.target(),
            key: Key::Id(key),
            field,
        }
    }

    async fn set(self, password: SecretString) -> Result<()> {
        self.write(SET, |dialect, table, condition, operation| {
            dialect.set_password(table, self.field, condition, password, operation)
        })
        .await
    }

    async fn reset(self) -> Result<()> {
        self.write(RESET, |dialect, table, condition, operation| {
            dialect.reset_password(table, self.field, condition, operation)
        })
        .await
    }

    async fn write(
        &self,
        operation: &'static str,
        make: impl FnOnce(&dyn Dialect, &ObjectUrl, &str, Operation) -> Request,
    ) -> Result<()> {
        let written = async {
            if matches!(self.field, "" | "." | "..") {
                return Err(Error::new(
                    ErrorKind::Refused,
                    "no field can have this name",
                ));
            }
            let table = self.client.object_url(self.target).await?;
            let condition = key_is(&self.key).to_sql();
            let named = Operation::new(operation).on(self.target.to_string());
            let request = make(self.client.dialect(), &table, &condition, named);
            let response = self.client.send(request).await?;
            match affected_if_reported(response.body())? {
                Some(0) => Err(Error::new(ErrorKind::NotFound, "there is no such record")),
                _ => Ok(()),
            }
        };
        written
            .await
            .map_err(|error| self.with_context(operation, error))
    }

    fn with_context(&self, operation: &'static str, error: Error) -> Error {
        if error.operation().is_some_and(|name| name != operation) {
            return error;
        }
        let object = self.target.to_string();
        let error = error.with_operation(operation).with_resource(object);
        error
            .with_field(self.field)
            .with_key(format!("PK_ID {}", self.key))
    }
}
