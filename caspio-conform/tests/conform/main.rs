//! The probes against the emulator, and against a server that differs from it.

mod agreement;
mod deviations;
mod page;
mod replay;
mod server;
