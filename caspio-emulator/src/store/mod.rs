//! The account's data: a SQLite database with definitions and records.
//!
//! Every Caspio table is a SQLite table with a generated name and fixed stored forms; the user's
//! names and texts never become SQL, they pass through [`caspio_tsql`]. All state is in the
//! database; the schema is also held in memory and replaced as a whole when it changes.

mod access;
mod alter;
pub(crate) mod attachment;
mod bounded;
mod catalog;
pub(crate) mod change;
mod connection;
mod convert;
pub(crate) mod date;
pub(crate) mod ddl;
pub(crate) mod define;
pub(crate) mod directory;
pub(crate) mod document;
pub(crate) mod edit;
mod error;
pub(crate) mod field;
pub(crate) mod files;
pub(crate) mod from_schema;
pub(crate) mod generate;
mod initial;
pub(crate) mod input;
pub(crate) mod list;
mod load;
mod lock;
mod message;
pub(crate) mod model;
pub(crate) mod objects;
pub(crate) mod outbox;
pub(crate) mod password;
mod pool;
pub(crate) mod read;
mod restore;
mod row_writer;
pub(crate) mod sample;
pub(crate) mod schema;
mod snapshot;
pub(crate) mod value;
pub(crate) mod webhook;
pub(crate) mod write;
pub(crate) mod zone;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::clock::Clock;
use crate::error::EmulatorError;
use crate::settings::Settings;

pub(crate) use access::Access;
use bounded::Bounded;
use connection::Preparation;
pub(crate) use error::StoreError;
pub(crate) use initial::InitialData;
pub(crate) use load::{Fixture, FixtureSource, Format};
use lock::Lock;
use pool::Pool;
use schema::Schema;
pub use snapshot::Snapshot;
use tempfile::TempDir;
use tokio::sync::Notify;

/// The schema that all connections share.
type Shared = Arc<RwLock<Arc<Schema>>>;

/// The database of an account.
pub(crate) struct Store {
    writer: Mutex<Bounded>,
    readers: Pool,
    schema: Shared,
    /// Locked while the schema in memory and the tables may differ.
    design: RwLock<()>,
    random: Mutex<fastrand::Rng>,
    clock: Clock,
    refuse_emoji: bool,
    /// Wakes the delivery of webhooks.
    messages: Notify,
    has_messages: AtomicBool,
    /// Dropped last, as is the folder, so that all connections are closed before another emulator gets the lock.
    lock: Option<Lock>,
    /// The folder of a store that is lost with the emulator.
    folder: Option<TempDir>,
}

/// How many callers may read a file at the same time.
const READERS: usize = 4;

impl Store {
    /// Opens the store: a file with its existing data, or a temporary one. Only a new store gets the
    /// data of the snapshot, or the sample data.
    pub(crate) fn open(settings: &Settings, initial: &InitialData) -> Result<Self, EmulatorError> {
        let Some(file) = &settings.data else {
            return Self::open_temporary(settings, initial);
        };
        let lock = Lock::take(file)?;
        if fs::metadata(file).map_or(0, |known| known.len()) == 0 {
            Self::make(file, settings, initial)?;
        }
        let mut store = Self::open_at(file, settings)?;
        store.lock = Some(lock);
        let kept = store.schema();
        store.load(settings)?;
        store.add(initial, &kept)?;
        Ok(store)
    }

    /// Creates a store that is lost with the emulator. It is a file as well, because SQLite has no database in memory
    /// that is read while another query runs.
    fn open_temporary(settings: &Settings, initial: &InitialData) -> Result<Self, EmulatorError> {
        let folder = tempfile::Builder::new()
            .prefix("caspio-emulator-")
            .tempdir()
            .map_err(|source| EmulatorError::file("cannot write a temporary file", source))?;
        let mut store = Self::open_at(&folder.path().join("account.db"), settings)?;
        // Unix keeps the open files without their names, so that nothing is left when the process is killed.
        store.folder = (!cfg!(unix)).then_some(folder);
        store.begin(settings, initial)?;
        Ok(store)
    }

    /// Creates a new file. It gets its name when it is complete, so that a process that is killed before does not
    /// leave half of the sample data.
    fn make(file: &Path, settings: &Settings, initial: &InitialData) -> Result<(), EmulatorError> {
        let draft = lock::with_ending(file, ".new");
        for ending in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(lock::with_ending(&draft, ending));
        }
        Self::open_at(&draft, settings)?.begin(settings, initial)?;
        fs::rename(&draft, file).map_err(|source| {
            EmulatorError::file(format!("cannot write {}", file.display()), source)
        })
    }

    /// Fills a new store.
    fn begin(&self, settings: &Settings, initial: &InitialData) -> Result<(), EmulatorError> {
        if let Some(snapshot) = &initial.snapshot {
            self.reset_to(snapshot)?;
        } else if let Some(orders) = settings.sample_orders {
            sample::load(self, settings.seed, orders)?;
        }
        self.load(settings)?;
        self.add(initial, &Schema::default())
    }

    fn load(&self, settings: &Settings) -> Result<(), EmulatorError> {
        if let Some(folder) = &settings.load {
            load::load(self, folder)?;
        }
        match &settings.schema {
            Some(schema) => from_schema::make(self, schema),
            None => Ok(()),
        }
    }

    fn open_at(file: &Path, settings: &Settings) -> Result<Self, EmulatorError> {
        let schema = Shared::default();
        let clock = Clock::new(settings.time);
        let preparation = Preparation::new(&schema, &clock, settings);
        let mut writer = connection::open(file)?;
        let limit = preparation.prepare(&mut writer)?;
        create(&writer, &settings.account)?;
        let starts = count_start(&writer)?;
        *schema.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(catalog::load(&writer)?);
        let readers: rusqlite::Result<_> = (0..READERS).map(|_| connection::open(file)).collect();
        Ok(Self {
            writer: Mutex::new(Bounded::new(writer, limit)),
            readers: Pool::new(readers?, preparation),
            schema,
            design: RwLock::default(),
            random: Mutex::new(generator(settings.seed, starts)),
            clock,
            refuse_emoji: settings.refuse_emoji,
            messages: Notify::new(),
            has_messages: AtomicBool::new(true),
            lock: None,
            folder: None,
        })
    }

    /// Returns the clock of all connections.
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Returns the current tables and views.
    pub(crate) fn schema(&self) -> Arc<Schema> {
        let schema = self.schema.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&schema)
    }

    /// Runs a read on a connection.
    pub(crate) fn read<T, E: From<StoreError>>(
        &self,
        job: impl FnOnce(&Connection, &Arc<Schema>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.readers.with(|connection| {
            let (_transaction, schema) = self.begin_read(connection).map_err(StoreError::from)?;
            job(connection, &schema)
        })
    }

    /// Returns the tables as they are now and the schema that belongs to them, for as long as the transaction is open:
    /// the read need not keep others from changing the schema.
    fn begin_read<'c>(
        &self,
        connection: &'c Connection,
    ) -> rusqlite::Result<(Transaction<'c>, Arc<Schema>)> {
        let _design = self.design.read().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.unchecked_transaction()?;
        // A transaction sees the state at its first read.
        transaction
            .prepare_cached("SELECT 1 FROM setting")?
            .query_row([], |_| Ok(()))?;
        Ok((transaction, self.schema()))
    }

    /// Runs a write in one transaction, which is rolled back if `job` refuses.
    pub(crate) fn write<T, E: From<StoreError>>(
        &self,
        job: impl FnOnce(&Transaction<'_>, &Arc<Schema>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.lock();
        let _running = connection.start();
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let done = job(&transaction, &self.schema())?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(done)
    }

    /// Changes the schema in one transaction, in the database and in memory.
    pub(crate) fn alter<T, E: From<StoreError>>(
        &self,
        job: impl FnOnce(&Transaction<'_>, &mut Schema) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.lock();
        let _design = self.design.write().unwrap_or_else(PoisonError::into_inner);
        let before = self.schema();
        let mut after = Schema::clone(&before);
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let done = job(&transaction, &mut after)?;
        catalog::save(&transaction, &before, &after)?;
        transaction.commit().map_err(StoreError::from)?;
        *self.schema.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(after);
        Ok(done)
    }

    /// Returns the random generator of random ids and other generated values.
    pub(crate) fn random(&self) -> MutexGuard<'_, fastrand::Rng> {
        self.random.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Bounded> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

/// Creates the emulator's own tables.
fn create(connection: &Connection, account: &str) -> rusqlite::Result<()> {
    catalog::create(connection)?;
    document::create(connection)?;
    attachment::create(connection)?;
    files::create(connection)?;
    outbox::create(connection)?;
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);",
    )?;
    connection.execute(
        "INSERT OR REPLACE INTO setting VALUES ('account', ?1)",
        [account],
    )?;
    Ok(())
}

/// Counts an opening of the store, and returns how many there were before.
fn count_start(connection: &Connection) -> rusqlite::Result<u64> {
    connection.execute(
        "INSERT INTO setting VALUES ('starts', '0')
         ON CONFLICT DO UPDATE SET value = CAST(value AS INTEGER) + 1",
        [],
    )?;
    let starts = connection.query_row(
        "SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'starts'",
        [],
        |row| row.get::<_, i64>(0),
    );
    starts.map(i64::unsigned_abs)
}

/// Returns another generator for each start, because a file has the GUIDs of earlier ones.
fn generator(seed: u64, starts: u64) -> fastrand::Rng {
    fastrand::Rng::with_seed(seed.wrapping_add(starts.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
}
