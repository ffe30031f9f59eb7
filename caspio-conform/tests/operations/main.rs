//! The list of all operations, compared with the sources, the emulator, Caspio's own document of v3 and the calls of
//! the SDK; and the page that is made from it.

mod document;
mod emulator;
mod list;
mod page;
mod requests;
mod sources;
