//! Tests of the token stores.

use super::{FileStore, StoredToken, TokenStore, text};
use crate::ErrorKind;
use secrecy::ExposeSecret as _;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

fn token(number: u32) -> StoredToken {
    let issued = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
    let mut token = StoredToken::new(
        format!("acc3ss-{number}"),
        issued,
        issued + Duration::from_secs(3600),
    )
    .with_refresh("r3fresh");
    token.refresh_ends_at = Some(issued + Duration::from_secs(7200));
    token.scope = Some("read write".to_owned());
    token
}

fn plain(token: &StoredToken) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        token.access.expose_secret().to_owned(),
        token.refresh.as_ref().map(|r| r.expose_secret().to_owned()),
        (token.issued_at, token.expires_at, token.refresh_ends_at),
        token.scope.clone(),
    )
}

#[tokio::test]
async fn saved_token_is_loaded() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = FileStore::new(folder.path().join("token"));
    assert!(
        store
            .load()
            .await
            .expect("a missing file is not a failure")
            .is_none()
    );

    for number in 1..=2 {
        store.save(token(number)).await.expect("saved");
        let loaded = store.load().await.expect("a file").expect("a token");
        assert_eq!(plain(&loaded), plain(&token(number)));
    }
    let left = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(left, 1, "no other files are left");
}

#[cfg(unix)]
#[tokio::test]
async fn file_and_lock_are_readable_only_by_the_owner() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    std::fs::write(&path, "old").expect("a file");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("a mode");
    let store = FileStore::new(&path);

    let lock = store.lock().await.expect("a lock");
    store.save(token(1)).await.expect("saved");
    drop(lock);

    for entry in std::fs::read_dir(folder.path()).expect("a folder") {
        let mode = entry
            .expect("an entry")
            .metadata()
            .expect("a file")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[tokio::test]
async fn stores_of_one_file_lock_each_other_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = || FileStore::new(folder.path().join("token"));
    let (first, second) = (store(), store());

    let lock = first.lock().await.expect("a lock");
    let waiting = tokio::time::timeout(Duration::from_millis(60), second.lock()).await;
    assert!(waiting.is_err());
    drop(lock);

    assert!(second.lock().await.is_ok());
}

#[tokio::test]
async fn readers_never_see_a_partial_token() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Arc::new(FileStore::new(folder.path().join("token")));
    store.save(token(0)).await.expect("saved");

    let writer = tokio::spawn({
        let store = store.clone();
        async move {
            for number in 0..100 {
                store.save(token(number)).await.expect("saved");
            }
        }
    });
    while !writer.is_finished() {
        assert!(store.load().await.expect("a whole file").is_some());
    }
    writer.await.expect("no panic");
}

#[tokio::test]
async fn invalid_token_file_is_an_error_without_its_content() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    for content in [
        "",
        "{",
        "acc3ss",
        r#"{"access":"acc3ss"}"#,
        r#"{"version":"acc3ss","access":1,"issued_at":0,"expires_at":0}"#,
        r#"{"version":2,"access":"acc3ss","issued_at":0,"expires_at":0}"#,
    ] {
        std::fs::write(&path, content).expect("a file");
        let error = FileStore::new(&path).load().await.expect_err(content);
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(!format!("{error}{error:?}").contains("acc3ss"));
    }
    let error = FileStore::new(folder.path())
        .load()
        .await
        .expect_err("a folder");
    assert_eq!(error.kind(), ErrorKind::Config);
    let nowhere = FileStore::new(folder.path().join("no/token"));
    assert!(nowhere.save(token(1)).await.is_err() && nowhere.lock().await.is_err());
}

#[test]
fn out_of_range_times_do_no_harm() {
    let far = r#"{"version":1,"access":"a","issued_at":0,"expires_at":18446744073709551615}"#;
    let _ = text::read(far.as_bytes());
}

#[cfg(feature = "encrypted-store")]
#[tokio::test]
async fn encrypted_file_opens_only_with_its_key() {
    use super::StoreKey;

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    let store = FileStore::encrypted(&path, StoreKey::new([7; 32]));
    store.save(token(1)).await.expect("saved");
    let first = std::fs::read(&path).expect("a file");
    store.save(token(1)).await.expect("saved");
    let second = std::fs::read(&path).expect("a file");

    assert_ne!(first, second, "each save has its own nonce");
    let shown = format!("{} {store:?}", String::from_utf8_lossy(&second));
    assert!(!shown.contains("acc3ss") && !shown.contains("r3fresh") && !shown.contains("[7, 7"));
    let loaded = store.load().await.expect("a file").expect("a token");
    assert_eq!(plain(&loaded), plain(&token(1)));

    let other = FileStore::encrypted(&path, StoreKey::generate().expect("a key"));
    assert!(other.load().await.is_err());
    for index in [20, second.len() - 1] {
        let mut changed = second.clone();
        changed[index] ^= 1;
        std::fs::write(&path, changed).expect("a file");
        assert!(store.load().await.is_err());
    }
    FileStore::new(&path).save(token(1)).await.expect("saved");
    assert!(
        store.load().await.is_err(),
        "a plain file is not what was asked for"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn link_to_the_file_stays_one_and_shares_its_lock() {
    let (image, volume) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let (link, file) = (image.path().join("token"), volume.path().join("token"));
    // The link leads to a file that does not exist yet.
    std::os::unix::fs::symlink(&file, &link).expect("a link");
    let (linked, direct) = (FileStore::new(&link), FileStore::new(&file));
    let token = |refresh: &str| {
        let now = std::time::SystemTime::now();
        StoredToken::new("access", now, now).with_refresh(refresh)
    };

    linked.save(token("refresh-1")).await.expect("saved");
    linked.save(token("refresh-2")).await.expect("saved");

    let stored = direct.load().await.expect("loaded").expect("a token");
    assert_eq!(stored.refresh.expect("one").expose_secret(), "refresh-2");
    assert!(link.is_symlink());
    let held = linked.lock().await.expect("a lock");
    let second = direct.lock();
    let waits = tokio::time::timeout(std::time::Duration::from_millis(100), second).await;
    assert!(waits.is_err(), "the lock is held under the other name");
    drop(held);
}

#[cfg(unix)]
#[tokio::test]
async fn lock_is_not_opened_through_a_link() {
    let folder = tempfile::tempdir().expect("a folder");
    let elsewhere = folder.path().join("elsewhere");
    std::os::unix::fs::symlink(&elsewhere, folder.path().join("token.lock")).expect("a link");

    let store = FileStore::new(folder.path().join("token"));

    assert!(store.lock().await.is_err());
    assert!(!elsewhere.exists());
}
