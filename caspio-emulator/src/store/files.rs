//! The account's files and folders.

use super::StoreError;
use super::{Store, date, generate};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

/// The key of the root folder, which callers leave out.
const ROOT: &str = "";

/// A file without its bytes.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) size: i64,
    pub(crate) content_type: String,
    pub(crate) created: String,
    pub(crate) modified: String,
}

/// A folder.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) created: String,
}

const FILE: &str = "key, name, size, content_type, created, modified";

pub(crate) fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS folder (
             key TEXT PRIMARY KEY, parent TEXT NOT NULL, name TEXT NOT NULL,
             created TEXT NOT NULL, UNIQUE (parent, name));
         CREATE TABLE IF NOT EXISTS file (
             key TEXT PRIMARY KEY, folder TEXT NOT NULL, name TEXT NOT NULL,
             size INTEGER NOT NULL, content_type TEXT NOT NULL, created TEXT NOT NULL,
             modified TEXT NOT NULL, bytes BLOB NOT NULL, UNIQUE (folder, name));",
    )
}

fn file(row: &Row<'_>) -> rusqlite::Result<File> {
    Ok(File {
        key: row.get(0)?,
        name: row.get(1)?,
        size: row.get(2)?,
        content_type: row.get(3)?,
        created: row.get(4)?,
        modified: row.get(5)?,
    })
}

fn folder_row(row: &Row<'_>) -> rusqlite::Result<Folder> {
    Ok(Folder {
        key: row.get(0)?,
        name: row.get(1)?,
        created: row.get(2)?,
    })
}

/// Returns the files in a folder.
pub(crate) fn in_folder(connection: &Connection, folder: &str) -> Result<Vec<File>, StoreError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {FILE} FROM file WHERE folder = ?1"))?;
    let files = statement.query_map([folder], file)?;
    Ok(files.collect::<Result<_, _>>()?)
}

/// Returns the folders in a folder.
pub(crate) fn folders(connection: &Connection, parent: &str) -> Result<Vec<Folder>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT key, name, created FROM folder WHERE parent = ?1")?;
    let folders = statement.query_map([parent], folder_row)?;
    Ok(folders.collect::<Result<_, _>>()?)
}

/// Finds a folder by its key.
pub(crate) fn folder(connection: &Connection, key: &str) -> Result<Option<Folder>, StoreError> {
    Ok(connection
        .query_row(
            "SELECT key, name, created FROM folder WHERE key = ?1",
            [key.to_lowercase()],
            folder_row,
        )
        .optional()?)
}

/// Returns the folders, wherever they are, whose names contain a text, in any case.
pub(crate) fn folders_containing(
    connection: &Connection,
    text: &str,
) -> Result<Vec<Folder>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT key, name, created FROM folder WHERE instr(lower(name), lower(?1)) > 0",
    )?;
    let folders = statement.query_map([text], folder_row)?;
    Ok(folders.collect::<Result<_, _>>()?)
}

/// Creates a folder in another one.
pub(crate) fn add_folder(
    transaction: &Transaction<'_>,
    random: &mut fastrand::Rng,
    parent: &str,
    name: &str,
) -> Result<Folder, StoreError> {
    let folder = Folder {
        key: generate::guid(random).to_string(),
        name: name.to_owned(),
        created: date::now(transaction)?,
    };
    let added = transaction.execute(
        "INSERT OR IGNORE INTO folder VALUES (?1, ?2, ?3, ?4)",
        params![folder.key, parent, folder.name, folder.created],
    )?;
    match added {
        0 => Err(StoreError::ObjectExists(name.to_owned())),
        _ => Ok(folder),
    }
}

/// Returns the key of the folder that a parameter names; without it the root.
pub(crate) fn resolve(connection: &Connection, key: Option<&str>) -> Result<String, StoreError> {
    match key {
        None => Ok(ROOT.into()),
        Some(key) => folder(connection, key)?
            .map(|folder| folder.key)
            .ok_or(StoreError::FileNotFound),
    }
}

/// Finds a file by its key.
pub(crate) fn by_key(connection: &Connection, key: &str) -> Result<Option<File>, StoreError> {
    Ok(connection
        .query_row(
            &format!("SELECT {FILE} FROM file WHERE key = ?1"),
            [key.to_lowercase()],
            file,
        )
        .optional()?)
}

/// Finds a file in a folder by its name, which is case-sensitive.
pub(crate) fn by_name(
    connection: &Connection,
    folder: &str,
    name: &str,
) -> Result<Option<File>, StoreError> {
    Ok(connection
        .query_row(
            &format!("SELECT {FILE} FROM file WHERE folder = ?1 AND name = ?2"),
            [folder, name],
            file,
        )
        .optional()?)
}

/// Finds a file by its path, `/Folder/name.png`.
pub(crate) fn by_path(connection: &Connection, path: &str) -> Result<Option<File>, StoreError> {
    let path = path.trim_start_matches('/');
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut parent = ROOT.to_owned();
    for step in folders.split('/').filter(|step| !step.is_empty()) {
        let found: Option<String> = connection
            .query_row(
                "SELECT key FROM folder WHERE parent = ?1 AND name = ?2",
                [parent.as_str(), step],
                |row| row.get(0),
            )
            .optional()?;
        match found {
            Some(key) => parent = key,
            None => return Ok(None),
        }
    }
    by_name(connection, &parent, name)
}

/// Returns the files of all folders whose name contains a text, in any case.
pub(crate) fn containing(connection: &Connection, text: &str) -> Result<Vec<File>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {FILE} FROM file WHERE instr(lower(name), lower(?1)) > 0"
    ))?;
    let files = statement.query_map([text], file)?;
    Ok(files.collect::<Result<_, _>>()?)
}

/// Returns the path of a file, `/Folder/name.png`.
pub(crate) fn path(connection: &Connection, key: &str) -> Result<String, StoreError> {
    Ok(connection.query_row(
        "WITH RECURSIVE above (folder, path) AS (
             SELECT folder, '/' || name FROM file WHERE key = ?1
             UNION ALL
             SELECT folder.parent, '/' || folder.name || above.path
             FROM above JOIN folder ON folder.key = above.folder)
         SELECT path FROM above WHERE folder = ?2",
        [key, ROOT],
        |row| row.get(0),
    )?)
}

/// Returns the bytes of a file.
pub(crate) fn bytes(connection: &Connection, key: &str) -> Result<Vec<u8>, StoreError> {
    Ok(
        connection.query_row("SELECT bytes FROM file WHERE key = ?1", [key], |row| {
            row.get(0)
        })?,
    )
}

/// Stores a new file.
pub(crate) fn add(
    transaction: &Transaction<'_>,
    random: &mut fastrand::Rng,
    folder: &str,
    name: &str,
    content_type: &str,
    bytes: &[u8],
) -> Result<String, StoreError> {
    let key = generate::guid(random).to_string();
    transaction.execute(
        "INSERT INTO file VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)",
        params![
            key,
            folder,
            name,
            i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            content_type,
            date::now(transaction)?,
            bytes
        ],
    )?;
    Ok(key)
}

/// Replaces the bytes of a file; its key stays.
pub(crate) fn overwrite(
    transaction: &Transaction<'_>,
    key: &str,
    content_type: &str,
    bytes: &[u8],
) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE file SET size = ?2, content_type = ?3, modified = ?4, bytes = ?5 WHERE key = ?1",
        params![
            key,
            i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            content_type,
            date::now(transaction)?,
            bytes
        ],
    )?;
    Ok(())
}

/// Removes a file.
pub(crate) fn remove(transaction: &Transaction<'_>, key: &str) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM file WHERE key = ?1", [key])?;
    Ok(())
}

impl Store {
    /// Creates a folder and its parents, and returns its key.
    pub(crate) fn make_folder(&self, path: &str) -> Result<String, StoreError> {
        self.write(|transaction, _| {
            let mut parent = ROOT.to_owned();
            for step in path.split('/').filter(|step| !step.is_empty()) {
                let key = generate::guid(&mut self.random()).to_string();
                transaction.execute(
                    "INSERT OR IGNORE INTO folder VALUES (?1, ?2, ?3, ?4)",
                    params![key, parent, step, date::now(transaction)?],
                )?;
                parent = transaction.query_row(
                    "SELECT key FROM folder WHERE parent = ?1 AND name = ?2",
                    [parent.as_str(), step],
                    |row| row.get(0),
                )?;
            }
            Ok(parent)
        })
    }
}
