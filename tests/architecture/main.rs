//! The rules of ARCHITECTURE.md, checked by reading the sources.

mod crates;
mod exceptions;
mod facts;
mod files;
mod lexer;
mod links;
mod modules;
mod names;
mod source;
