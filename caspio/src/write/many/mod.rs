//! The handles' methods for many records.

use crate::bulk::{delete, insert, rows, sync, update};

mod handle;
