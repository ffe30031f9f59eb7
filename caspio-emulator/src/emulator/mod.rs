//! The running emulator, and direct access to its data without HTTP.

mod builder;
mod calls;
mod fixtures;
mod state;
mod tasks;
mod time;

use crate::app::App;
use crate::error::EmulatorError;
use crate::faults::Faults;
use crate::http::Refusal;
use crate::routes;
use crate::server::{self, Server};
use crate::store::define::{TableDef, ViewDef};
use crate::store::edit::{ObjectName, WriteContext};
use crate::store::field::Field;
use crate::store::input::Record;
use crate::store::{StoreError, ddl, directory, from_schema, password};
use axum::body::Bytes;
use axum::http::{Request, Response};
use serde_json::Value;
use std::sync::Arc;

pub use builder::EmulatorBuilder;
pub use calls::OperationCalls;

/// Caspio in this process, listening on loopback until it is dropped.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let caspio = caspio_emulator::Emulator::builder().start().await?;
///
/// assert!(caspio.url().starts_with("http://127.0.0.1:"));
/// assert_eq!(caspio.count("Contacts")?, 200);
/// # Ok::<_, caspio_emulator::EmulatorError>(()) }).unwrap();
/// ```
///
/// Its methods change and count records directly: they need no token and are not counted as calls.
#[derive(Debug)]
pub struct Emulator {
    app: Arc<App>,
    server: Server,
}

impl Emulator {
    /// Creates a builder.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::new()
    }

    pub(crate) async fn start(app: App) -> Result<Self, EmulatorError> {
        routes::check_rules(&app.faults.faults()).map_err(EmulatorError::refused)?;
        let app = Arc::new(app);
        let listen = app.settings.listen;
        let server = Server::start(Arc::clone(&app), listen).await?;
        Ok(Self { app, server })
    }

    /// Returns the URL to use instead of `https://{account}.caspio.com`.
    pub fn url(&self) -> String {
        format!("{}://{}", self.app.scheme(), self.server.address())
    }

    /// Returns the account's name.
    pub fn account(&self) -> &str {
        &self.app.settings.account
    }

    /// Returns the client id of the first profile.
    pub fn client_id(&self) -> &str {
        self.app.settings.profiles[0].client_id()
    }

    /// Returns the client secret of the first profile.
    pub fn client_secret(&self) -> &str {
        self.app.settings.profiles[0].client_secret()
    }

    /// Responds to a request to [`url`](Self::url) in this process, without a connection: for clients that send
    /// requests by a function of their own, and for many quick calls. The response is computed on the
    /// thread that polls the future.
    ///
    /// Returns `None` where a fault resets the connection, or cuts a response short.
    pub async fn respond(&self, request: Request<Bytes>) -> Option<Response<Bytes>> {
        server::respond(Arc::clone(&self.app), request).await
    }

    /// Revokes every access and refresh token: the next call gets 401.
    pub fn revoke_tokens(&self) {
        self.app.tokens.revoke();
    }

    /// Expires every access token; refresh tokens stay valid.
    pub fn expire_tokens(&self) {
        self.app.tokens.expire();
    }

    /// Replaces the faults; every schedule starts again.
    ///
    /// # Panics
    ///
    /// A rule is for an operation that does not exist; such a rule would never hit a call.
    #[track_caller]
    pub fn set_faults(&self, faults: Faults) {
        if let Err(message) = routes::check_rules(&faults) {
            panic!("{message}");
        }
        self.app.faults.set(faults);
    }

    /// Creates a table.
    ///
    /// # Errors
    ///
    /// Refused if the name is in use or a formula cannot be translated.
    pub fn create_table(&self, table: TableDef) -> Result<(), EmulatorError> {
        self.app
            .store
            .alter(|transaction, schema| ddl::create_table(transaction, schema, table))
            .map_err(refused)
    }

    /// Creates a view.
    ///
    /// # Errors
    ///
    /// Refused if the name is in use, or a table, a field or the filter is invalid.
    pub fn create_view(&self, view: ViewDef) -> Result<(), EmulatorError> {
        self.app
            .store
            .alter(|_, schema| ddl::create_view(schema, view))
            .map_err(refused)
    }

    /// Returns the names of the views of [`EmulatorBuilder::schema`] that were not created, because
    /// a schema does not contain how a view joins its tables. [`create_view`](Self::create_view)
    /// creates them.
    pub fn views_left_out(&self) -> Vec<&str> {
        let schema = self.app.settings.schema.as_ref();
        let views = schema.map(from_schema::left_out).unwrap_or_default();
        let known = self.app.store.schema();
        let missing = views.into_iter().filter(|view| known.view(view).is_none());
        missing.collect()
    }

    /// Creates a directory of users with `Email`, `UserGUID` and the fields of `table`, and returns
    /// its id. The API has no operation for this.
    ///
    /// # Errors
    ///
    /// Refused if the name is in use.
    pub fn create_directory(&self, table: TableDef) -> Result<String, EmulatorError> {
        self.app
            .store
            .create_directory(table, "user@example.com")
            .map_err(refused)
    }

    /// Sets the `_status` of the users of a directory that meet a condition, for example to
    /// `Active`, and returns how many there were.
    ///
    /// # Errors
    ///
    /// Refused if the directory does not exist or the condition is invalid.
    pub fn set_user_status(
        &self,
        directory: &str,
        condition: &str,
        status: &str,
    ) -> Result<u64, EmulatorError> {
        let done = self.app.store.edit(direct(directory), |work| {
            directory::set_status(work, condition, status)
        });
        Ok(done.map_err(refused)?.affected())
    }

    /// Creates a folder for files, such as `/Photos/2026`, and returns its external key. Of the API, only v4 has an
    /// operation for this.
    ///
    /// # Errors
    ///
    /// Fails if the store fails.
    pub fn create_folder(&self, path: &str) -> Result<String, EmulatorError> {
        self.app.store.make_folder(path).map_err(refused)
    }

    /// Inserts a record, a JSON object as the API accepts it, and returns its `PK_ID`.
    ///
    /// # Errors
    ///
    /// Refused for every reason for which the API would refuse it.
    pub fn insert(&self, table: &str, record: Value) -> Result<i64, EmulatorError> {
        let record = read(record)?;
        let done = self.app.store.insert(direct(table), &record);
        let done = done.map_err(refused)?;
        Ok(done.keys.first().copied().unwrap_or_default())
    }

    /// Inserts records with all of their values, also those that Caspio fills: `PK_ID`, autonumbers, random ids and
    /// GUIDs. So a table can have keys with gaps. Either all records are inserted or none. Webhooks do not see them.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # use serde_json::json;
    /// let caspio = caspio_emulator::Emulator::builder().start().await?;
    /// let far = json!({ "PK_ID": 2_000_000, "First_Name": "Ada" });
    /// caspio.restore("Contacts", [far])?;
    /// # Ok::<_, caspio_emulator::EmulatorError>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// Refused if the table or a field does not exist, a value does not fit its field, or a key or a
    /// unique value is in use.
    pub fn restore(
        &self,
        table: &str,
        records: impl IntoIterator<Item = Value>,
    ) -> Result<(), EmulatorError> {
        let records = records.into_iter().map(read);
        let records = records.collect::<Result<Vec<_>, _>>()?;
        self.app.store.restore(table, &records).map_err(refused)
    }

    /// Updates the records that meet a condition, and returns how many there were.
    ///
    /// # Errors
    ///
    /// Refused for every reason for which the API would refuse it.
    pub fn update(
        &self,
        table: &str,
        condition: &str,
        record: Value,
    ) -> Result<u64, EmulatorError> {
        let record = read(record)?;
        let done = self.app.store.update(direct(table), condition, &record);
        Ok(done.map_err(refused)?.affected())
    }

    /// Deletes the records that meet a condition, and returns how many there were.
    ///
    /// # Errors
    ///
    /// Refused if the table does not exist or the condition is invalid.
    pub fn delete(&self, table: &str, condition: &str) -> Result<u64, EmulatorError> {
        let done = self.app.store.delete(direct(table), condition);
        Ok(done.map_err(refused)?.affected())
    }

    /// Returns whether a password field of a record has this password, which no operation of the
    /// API reports.
    ///
    /// # Errors
    ///
    /// Refused if the table, the field or the record does not exist.
    pub fn holds_password(
        &self,
        table: &str,
        key: i64,
        field: &str,
        password: &str,
    ) -> Result<bool, EmulatorError> {
        let stored = self.app.store.read(|connection, schema| {
            let table = schema.table(table).ok_or(StoreError::TableNotFound)?;
            let column = table.field(field).map(Field::column);
            let column = column.ok_or_else(|| StoreError::fields_not_found(&[field]))?;
            let sql = format!("SELECT {column} FROM {} WHERE pk = ?1", table.physical());
            Ok(connection.query_row(&sql, [key], |row| row.get::<_, Option<String>>(0))?)
        });
        let stored = stored.map_err(refused)?;
        Ok(stored.is_some_and(|hash| password::is_of(&hash, password)))
    }

    /// Counts the records of a table.
    ///
    /// # Errors
    ///
    /// Refused if the table does not exist.
    pub fn count(&self, table: &str) -> Result<u64, EmulatorError> {
        self.app
            .store
            .read(|connection, schema| {
                let table = schema.table(table).ok_or(StoreError::TableNotFound)?;
                let sql = format!("SELECT count(*) FROM {}", table.physical());
                let count: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
                Ok(count.unsigned_abs())
            })
            .map_err(refused)
    }
}

/// Webhooks see a direct write as one from Caspio's datasheet.
fn direct(table: &str) -> WriteContext<'_> {
    WriteContext {
        profile: None,
        object: ObjectName::Table(table),
        want_rows: false,
        source: "Datasheet",
    }
}

fn read(record: Value) -> Result<Record, EmulatorError> {
    serde_json::from_str(&record.to_string())
        .map_err(|_| EmulatorError::refused("a record is a JSON object"))
}

fn refused(error: StoreError) -> EmulatorError {
    EmulatorError::refused(Refusal::from(error).to_string())
}
