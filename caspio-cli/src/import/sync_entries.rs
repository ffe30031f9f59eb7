//! The lines of the journal of syncs.

use super::lookup::CERTAIN;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A line of the journal.
#[derive(Serialize, Deserialize)]
pub(super) enum Entry {
    /// A call is sent that inserts rows with these keys.
    Sending {
        call: u64,
        /// In milliseconds since 1970.
        at: u64,
        /// The key column.
        #[serde(default)]
        column: String,
        keys: Vec<Box<RawValue>>,
    },
    /// A call is sent that updates or deletes records.
    Changing { call: u64, at: u64 },
    /// The service answered it.
    Answered { call: u64 },
}

/// A call that may still change the table.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) at: SystemTime,
    pub(super) column: String,
    pub(super) keys: Vec<Box<RawValue>>,
}

/// What earlier syncs left.
pub(super) struct Left {
    /// The calls that were not answered and may still change the table.
    pub(super) earlier: Vec<Open>,
    /// Whether an update or delete was not answered and may still be executed.
    pub(super) changing: bool,
    /// The number of the next call.
    pub(super) next: u64,
}

/// Reads what earlier syncs left.
pub(super) fn left(file: &mut File) -> io::Result<Left> {
    let mut text = Vec::new();
    file.read_to_end(&mut text)?;
    let left = parse(&text);
    if left.earlier.is_empty() && !left.changing {
        file.set_len(0)?;
        io::Seek::rewind(file)?;
    }
    Ok(left)
}

pub(super) fn parse(text: &[u8]) -> Left {
    let text = String::from_utf8_lossy(text);
    let (mut open, mut changing, mut next) = (BTreeMap::new(), BTreeMap::new(), 0);
    // A line that a kill cut off is of a call that was not sent, or that was answered.
    for entry in text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
    {
        match entry {
            Entry::Sending {
                call,
                at,
                column,
                keys,
            } => {
                next = next.max(call + 1);
                let at = UNIX_EPOCH + Duration::from_millis(at);
                open.insert(call, Open { at, column, keys });
            }
            Entry::Changing { call, at } => {
                next = next.max(call + 1);
                changing.insert(call, UNIX_EPOCH + Duration::from_millis(at));
            }
            Entry::Answered { call } => {
                open.remove(&call);
                changing.remove(&call);
            }
        }
    }
    // A time in the future comes from a clock that was set back.
    let may_arrive = |at: &SystemTime| at.elapsed().unwrap_or_default() < CERTAIN;
    open.retain(|_, open: &mut Open| may_arrive(&open.at));
    changing.retain(|_, at| may_arrive(at));
    Left {
        changing: !changing.is_empty(),
        earlier: open.into_values().collect(),
        next,
    }
}

pub(super) fn milliseconds(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
