//! The lock of a store file: only one emulator may use it, because the schema is held in memory.

use crate::error::EmulatorError;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// How many times to try for the lock: an emulator that was just dropped may still be handling its last request.
const PATIENCE: u32 = 50;

/// Held while the store is open; the system releases it when the process ends, even if it is
/// killed.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "held, never read")] File);

impl Lock {
    pub(super) fn take(store: &Path) -> Result<Self, EmulatorError> {
        let path = with_ending(store, ".lock");
        let failed =
            |source| EmulatorError::file(format!("cannot write {}", path.display()), source);
        let file = File::create(&path).map_err(failed)?;
        for _ in 0..PATIENCE {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(20)),
                Err(TryLockError::Error(source)) => return Err(failed(source)),
            }
        }
        Err(EmulatorError::in_use(store))
    }
}

/// Returns the path with `ending` appended to the name.
pub(super) fn with_ending(store: &Path, ending: &str) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
