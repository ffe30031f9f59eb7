//! The running emulator, and direct access to its data without HTTP.

mod builder;

use crate::app::App;
use crate::calls::Calls;
use crate::error::Error;
use crate::faults::Faults;
use crate::http::Refusal;
use crate::server::Server;
use crate::store::define::{TableDef, ViewDef};
use crate::store::edit::{ObjectName, WriteContext};
use crate::store::field::Field;
use crate::store::input::Record;
use crate::store::{StoreError, ddl, directory, from_schema, password};
use serde_json::Value;
use std::sync::Arc;

pub use builder::EmulatorBuilder;

/// Caspio in this process, listening on loopback until it is dropped.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let caspio = caspio_emulator::Emulator::builder().start().await?;
///
/// assert!(caspio.url().starts_with("http://127.0.0.1:"));
/// assert_eq!(caspio.count("Contacts")?, 200);
/// # Ok::<_, caspio_emulator::Error>(()) }).unwrap();
/// ```
///
/// Its own methods change and count records directly: they need no token and count as no call.
#[derive(Debug)]
pub struct Emulator {
    app: Arc<App>,
    server: Server,
}

impl Emulator {
    /// Sets up an emulator.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::new()
    }

    pub(crate) async fn start(app: App) -> Result<Self, Error> {
        let app = Arc::new(app);
        let listen = app.settings.listen;
        let server = Server::start(Arc::clone(&app), listen).await?;
        Ok(Self { app, server })
    }

    /// Returns the address that stands in for `https://{account}.caspio.com`.
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

    /// Returns what was called so far.
    pub fn calls(&self) -> Calls {
        self.app.meter.snapshot()
    }

    /// Starts counting calls anew.
    pub fn reset_calls(&self) {
        self.app.meter.reset();
    }

    /// Kills every access and refresh token: the next call answers 401.
    pub fn revoke_tokens(&self) {
        self.app.tokens.revoke();
    }

    /// Lets every access token expire; refresh tokens stay good.
    pub fn expire_tokens(&self) {
        self.app.tokens.expire();
    }

    /// Sets what goes wrong from now on; every schedule starts anew.
    pub fn set_faults(&self, faults: Faults) {
        self.app.faults.set(faults);
    }

    /// Creates a table.
    ///
    /// # Errors
    ///
    /// Refused when the name is taken or a formula does not translate.
    pub fn create_table(&self, table: TableDef) -> Result<(), Error> {
        self.app
            .store
            .alter(|transaction, schema| ddl::create_table(transaction, schema, table))
            .map_err(refused)
    }

    /// Creates a view.
    ///
    /// # Errors
    ///
    /// Refused when the name is taken, or a table, a field or the filter does not fit.
    pub fn create_view(&self, view: ViewDef) -> Result<(), Error> {
        self.app
            .store
            .alter(|_, schema| ddl::create_view(schema, view))
            .map_err(refused)
    }

    /// Returns the names of the views that the schema of
    /// [`EmulatorBuilder::schema`] has and the emulator has not, because a schema does not tell how a
    /// view joins its tables. [`create_view`](Self::create_view) makes them.
    pub fn views_left_out(&self) -> Vec<&str> {
        let schema = self.app.settings.schema.as_ref();
        let views = schema.map(from_schema::left_out).unwrap_or_default();
        let known = self.app.store.schema();
        let missing = views.into_iter().filter(|view| known.view(view).is_none());
        missing.collect()
    }

    /// Creates a directory of users with the fields of `table` besides `Email` and `UserGUID`,
    /// and returns its id. The API itself has no way to make one.
    ///
    /// # Errors
    ///
    /// Refused when the name is taken.
    pub fn create_directory(&self, table: TableDef) -> Result<String, Error> {
        self.app
            .store
            .create_directory(table, "user@example.com")
            .map_err(refused)
    }

    /// Sets the `_status` of the users of a directory that meet a condition, such as `Active`,
    /// and returns how many there were.
    ///
    /// # Errors
    ///
    /// Refused when there is no such directory or the condition does not hold water.
    pub fn set_user_status(
        &self,
        directory: &str,
        condition: &str,
        status: &str,
    ) -> Result<u64, Error> {
        let done = self.app.store.edit(direct(directory), |work| {
            directory::set_status(work, condition, status)
        });
        Ok(done.map_err(refused)?.affected())
    }

    /// Makes a folder for files, such as `/Photos/2026`, and returns its external key. The API
    /// itself has no way to make one.
    ///
    /// # Errors
    ///
    /// Fails only when the store does.
    pub fn create_folder(&self, path: &str) -> Result<String, Error> {
        self.app.store.make_folder(path).map_err(refused)
    }

    /// Inserts a record, a JSON object as the API takes it, and returns its `PK_ID`.
    ///
    /// # Errors
    ///
    /// Refused for every reason that the API would have.
    pub fn insert(&self, table: &str, record: Value) -> Result<i64, Error> {
        let record = read(record)?;
        let done = self.app.store.insert(direct(table), &record);
        let done = done.map_err(refused)?;
        Ok(done.keys.first().copied().unwrap_or_default())
    }

    /// Updates the records that meet a condition, and returns how many there were.
    ///
    /// # Errors
    ///
    /// Refused for every reason that the API would have.
    pub fn update(&self, table: &str, condition: &str, record: Value) -> Result<u64, Error> {
        let record = read(record)?;
        let done = self.app.store.update(direct(table), condition, &record);
        Ok(done.map_err(refused)?.affected())
    }

    /// Deletes the records that meet a condition, and returns how many there were.
    ///
    /// # Errors
    ///
    /// Refused when the table is unknown or the condition does not hold water.
    pub fn delete(&self, table: &str, condition: &str) -> Result<u64, Error> {
        let done = self.app.store.delete(direct(table), condition);
        Ok(done.map_err(refused)?.affected())
    }

    /// Whether a password field of a record holds this password, which no call of the API tells.
    ///
    /// # Errors
    ///
    /// Refused when the table, the field or the record is unknown.
    pub fn holds_password(
        &self,
        table: &str,
        key: i64,
        field: &str,
        password: &str,
    ) -> Result<bool, Error> {
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
    /// Refused when the table is unknown.
    pub fn count(&self, table: &str) -> Result<u64, Error> {
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

/// To webhooks a direct write looks like one in Caspio's own datasheet.
fn direct(table: &str) -> WriteContext<'_> {
    WriteContext {
        profile: None,
        object: ObjectName::Table(table),
        want_rows: false,
        source: "Datasheet",
    }
}

fn read(record: Value) -> Result<Record, Error> {
    serde_json::from_str(&record.to_string())
        .map_err(|_| Error::refused("a record is a JSON object"))
}

fn refused(error: StoreError) -> Error {
    Error::refused(Refusal::from(error).to_string())
}
