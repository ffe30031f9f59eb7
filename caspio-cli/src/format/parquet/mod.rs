//! Parquet, with typed columns and amounts as exact decimals.
//!
//! | Caspio | Parquet |
//! |---|---|
//! | Number | double |
//! | Integer; Autonumber and a table's `PK_ID` | 32 bits; 64 bits |
//! | Currency | decimal(19, 4) |
//! | Date/Time, Timestamp | timestamp in milliseconds, no zone |
//! | Yes/No | boolean |
//! | lists | list of text, double or timestamp |
//! | everything else | text |

mod builder;
mod file;
mod value;

pub(crate) use file::{Assembly, Group};
