//! The file of a token.
//!
//! A token that is read is stored and read as the same one; an error is one line.
#![cfg_attr(fuzzing, no_main)]

use caspio_core::secrecy::ExposeSecret as _;
use caspio_core::token::{FileStore, StoredToken, TokenStore as _};
use caspio_fuzz::checks::{in_proportion, lines};
use caspio_fuzz::responses;
use std::fs;

caspio_fuzz::target!(run);

fn run(input: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    fs::write(&path, input).expect("a file");
    let store = FileStore::new(&path);

    let token = match in_proportion(input, || responses::run(store.load())) {
        Ok(token) => token.expect("a file"),
        Err(error) => return lines(&error),
    };

    responses::run(store.save(token.clone())).expect("a token that was read");
    let again = responses::run(store.load()).expect("a token that was stored");
    assert_eq!(shown(&again.expect("a file")), shown(&token));
}

/// Returns all that a token consists of.
fn shown(token: &StoredToken) -> String {
    let refresh = token
        .refresh
        .as_ref()
        .map(|refresh| refresh.expose_secret());
    format!(
        "{} {refresh:?} {:?} {:?} {:?} {:?} {:?}",
        token.access.expose_secret(),
        token.issued_at,
        token.expires_at,
        token.refresh_ends_at,
        token.scope,
        token.owner
    )
}
