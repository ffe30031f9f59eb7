//! One emulator a file: the schema is held in memory, so two of them would not agree.

use crate::error::Error;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// How often the lock is tried for: an emulator that was just dropped may still be at its last
/// request.
const PATIENCE: u32 = 50;

/// Held while the store is open; the system lets go of it when the process ends, however it does.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "held, never read")] File);

impl Lock {
    pub(super) fn take(store: &Path) -> Result<Self, Error> {
        let path = beside(store, ".lock");
        let failed = |source| Error::file(format!("cannot write {}", path.display()), source);
        let file = File::create(&path).map_err(failed)?;
        for _ in 0..PATIENCE {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(20)),
                Err(TryLockError::Error(source)) => return Err(failed(source)),
            }
        }
        Err(Error::in_use(store))
    }
}

/// A file of the same name with `ending` after it.
pub(super) fn beside(store: &Path, ending: &str) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
