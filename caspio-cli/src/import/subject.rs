//! The import that a journal is about.

use super::source_file::Input;
use super::unchanged::Unchanged;
use crate::error::CliError;
use caspio_schema::{folded_name, is_same_name};
use caspio_support::hash::Fnv64;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::Path;

/// The version of the journal's format.
const VERSION: u32 = 3;

/// The import that a journal is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Subject {
    version: u32,
    account: String,
    table: String,
    file: String,
    /// Whether the file is the copy of a pipe.
    #[serde(default)]
    is_copy: bool,
    length: u64,
    hash: u64,
    /// The options that change what the rows are.
    options: String,
}

impl Subject {
    /// Returns the subject of an import of a file.
    pub(super) fn of(
        account: &str,
        table: &str,
        input: &Input,
        options: String,
    ) -> Result<Self, CliError> {
        let file = input.open()?;
        let read = || Ok((file.file.metadata()?.len(), hash_of(file)?));
        let (length, hash) = read().map_err(|error| input.failed(&error))?;
        let file = match input.is_copy() {
            true => input.name().to_owned(),
            false => fs::canonicalize(input.path()).unwrap_or_else(|_| input.path().to_owned()),
        };
        Ok(Self {
            version: VERSION,
            account: account.to_owned(),
            table: table.to_owned(),
            file: as_text(&file),
            is_copy: input.is_copy(),
            length,
            hash,
            options,
        })
    }

    /// Returns whether this version of the program wrote it.
    pub(super) fn is_current(&self) -> bool {
        self.version == VERSION
    }

    /// Returns whether both are imports into one table, whose name has no case.
    pub(super) fn is_same_table(&self, other: &Self) -> bool {
        is_same_name(&self.table, &other.table)
    }

    /// Returns whether both are the same import.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let identity = |of: &Self| {
            let (account, file) = (of.account.clone(), of.file.clone());
            (
                of.version,
                account,
                file,
                of.length,
                of.hash,
                of.options.clone(),
            )
        };
        self.is_same_table(other) && identity(self) == identity(other)
    }

    /// Returns a text that is the same for imports of one file into one table, whatever their options. The input of a
    /// pipe is known by its content.
    pub(super) fn rows(&self) -> String {
        let content = match self.is_copy {
            true => format!("{} {}", self.length, self.hash),
            false => String::new(),
        };
        let table = folded_name(&self.table);
        [&self.account, &*table, &self.file, &content].join("\n")
    }

    pub(super) fn table(&self) -> &str {
        &self.table
    }

    /// Returns the path of the file.
    pub(super) fn file(&self) -> &str {
        &self.file
    }
}

/// Returns a path as text. Bytes of a path that is not UTF-8 are written as `\xNN`.
fn as_text(path: &Path) -> String {
    match path.to_str() {
        Some(text) => text.to_owned(),
        None => path
            .as_os_str()
            .as_encoded_bytes()
            .escape_ascii()
            .to_string(),
    }
}

/// Returns the hash of a whole file: rows that were exchanged anywhere in it would be lost and doubled.
fn hash_of(mut file: Unchanged) -> io::Result<u64> {
    let mut hash = Fnv64::default();
    io::copy(&mut file, &mut hash)?;
    Ok(hash.value())
}
