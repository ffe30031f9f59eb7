//! Tokens in keyrings that exist: the system's, and on Linux the kernel's.
//!
//! A keyring that does not work here is skipped, unless `CASPIO_REQUIRE_KEYRING` is set.

#![allow(clippy::print_stderr, reason = "a skipped test says so")]

use caspio_core::secrecy::ExposeSecret as _;
use caspio_core::token::{KeyringStore, StoredToken, TokenStore as _};
use keyring_core::CredentialStore;
use std::panic::{RefUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// The keyring is chosen for the whole process.
static TURN: Mutex<()> = Mutex::new(());

fn token(number: u32) -> StoredToken {
    let issued = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
    let expires = issued + Duration::from_secs(3600);
    StoredToken::new(format!("acc3ss-{number}"), issued, expires).with_refresh("r3fresh")
}

async fn access(store: &KeyringStore) -> Option<String> {
    let stored = store.load().await.expect("a keyring that works");
    stored.map(|token| token.access.expose_secret().to_owned())
}

/// Stores, reads, replaces and removes a token.
async fn use_keyring(store: &KeyringStore) {
    store.save(token(1)).await.expect("saved");
    // Another program with the same names.
    assert_eq!(access(&store.clone()).await.as_deref(), Some("acc3ss-1"));
    let loaded = store.load().await.expect("a keyring").expect("a token");
    assert_eq!(loaded.expires_at, token(1).expires_at);
    let refresh = loaded.refresh.expect("a refresh token");
    assert_eq!(refresh.expose_secret(), "r3fresh");

    store.save(token(2)).await.expect("replaced");
    assert_eq!(access(store).await.as_deref(), Some("acc3ss-2"));

    store.remove().await.expect("removed");
    assert_eq!(access(store).await, None);
    store.remove().await.expect("nothing is left to remove");
}

/// Uses a keyring; `None` is the system's.
fn check(keyring: &str, chosen: Option<Arc<CredentialStore>>) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(chosen) = chosen {
        keyring_core::set_default_store(chosen);
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let user = format!("test-{}", std::process::id());
        let store = KeyringStore::new("caspio-core-test", user);
        match store.load().await {
            Ok(_) => use_keyring(&store).await,
            Err(error) if std::env::var_os("CASPIO_REQUIRE_KEYRING").is_some() => {
                panic!("{keyring}: {error:?}")
            }
            Err(error) => eprintln!("skipped: {keyring} does not work here: {error:?}"),
        }
    });
    keyring_core::unset_default_store();
}

/// Here a process may have no session keyring of its own. In the one that all processes of the user share then, the
/// kernel does not find a key, or denies access, in about one of 25 runs; with an own one in none of 60.
fn works(check: impl Fn() + RefUnwindSafe) -> bool {
    (0..4).any(|_| catch_unwind(&check).is_ok())
}

#[test]
fn the_systems_keyring_stores_replaces_and_removes_a_token() {
    assert!(works(|| check("the system's keyring", None)));
}

#[cfg(target_os = "linux")]
#[test]
fn a_keyring_that_the_program_chose_stores_replaces_and_removes_a_token() {
    assert!(works(|| {
        let kernel = linux_keyutils_keyring_store::Store::new().expect("a store");
        check("the kernel's keyring", Some(kernel));
    }));
}
