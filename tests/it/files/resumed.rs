//! Downloads whose connection breaks: they continue with the same content, or end with an error.

use super::layer::{Answer, Layer, Seen, quick_retries};
use super::{content, on_every_version};
use bytes::Bytes;
use caspio::files::{Files, IfExists, StoredFile, Upload};
use caspio::http::StatusCode;
use caspio::http::header;
use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind, RetryPolicy};
use caspio_emulator::{Emulator, Fault, Faults, Rule};
use caspio_tests::TestEnv;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

const LENGTH: usize = 300_000;

struct Setup {
    _env: TestEnv,
    layer: Layer,
    files: Files,
    file: StoredFile,
    whole: Bytes,
}

async fn setup_with(version: ApiVersion, retry: RetryPolicy) -> Setup {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let layer = Layer::default();
    let files = layer.client_with(&env.emulator, version, retry).files();
    let whole = content(LENGTH);
    let upload = Upload::bytes("a.bin", whole.clone());
    let stored = files
        .upload(upload, IfExists::Refuse)
        .await
        .expect("a file");
    let file = files.file(stored.id);
    layer.take();
    Setup {
        _env: env,
        layer,
        files,
        file,
        whole,
    }
}

async fn setup(version: ApiVersion) -> Setup {
    setup_with(version, quick_retries()).await
}

/// The first byte that a request asks for.
fn wanted(seen: &Seen) -> Option<usize> {
    let range = seen.header(header::RANGE)?;
    let first = range.strip_prefix("bytes=")?.strip_suffix('-')?;
    first.parse().ok()
}

/// Answers as a server that sends parts of files.
fn part(seen: &Seen, answer: &mut Answer, etag: &str) {
    answer.set(header::ETAG, etag);
    let fits = seen.header(header::IF_RANGE).is_none_or(|own| own == etag);
    let Some(first) = wanted(seen).filter(|_| fits) else {
        return;
    };
    let total = answer.body.len();
    answer.status = StatusCode::PARTIAL_CONTENT;
    answer.body = answer.body.slice(first..);
    let range = format!("bytes {first}-{}/{total}", total - 1);
    answer.set(header::CONTENT_RANGE, range);
}

/// Changes the responses to downloads, with the number of each, from 0.
fn on_downloads(layer: &Layer, change: impl Fn(usize, &Seen, &mut Answer) + Send + Sync + 'static) {
    let count = AtomicUsize::new(0);
    layer.change(move |seen, answer| {
        if seen.is_download() {
            change(count.fetch_add(1, Ordering::Relaxed), seen, answer);
        }
    });
}

/// Breaks the first download at 100,000 bytes; the parts that follow announce no length, and have another one.
fn parts_of_other_lengths(layer: &Layer, difference: isize) {
    on_downloads(layer, move |number, seen, answer| {
        part(seen, answer, "\"v1\"");
        if number == 0 {
            answer.cut_at = Some(100_000);
            return;
        }
        answer.is_unsized = true;
        let mut body = answer.body.to_vec();
        body.resize(body.len().saturating_add_signed(difference), 0);
        answer.body = body.into();
    });
}

on_every_version! {
    async fn a_broken_download_continues_where_it_broke(version) {
        let Setup { layer, file, whole, .. } = &setup(version).await;
        on_downloads(layer, |number, seen, answer| {
            part(seen, answer, "\"v1\"");
            answer.cut_at = (number < 2).then_some(100_000);
        });

        let download = file.download().await.expect("a download");
        assert_eq!(download.length(), Some(LENGTH as u64));
        let bytes = download.bytes().await.expect("all of it");

        assert!(bytes == *whole);
        let calls = layer.take();
        let ranges: Vec<_> = calls.iter().map(wanted).collect();
        assert_eq!(ranges, [None, Some(100_000), Some(200_000)]);
        assert_eq!(calls[1].header(header::IF_RANGE), Some("\"v1\""));
    }

    async fn a_service_that_ignores_ranges_sends_the_same_file_again(version) {
        let Setup { layer, file, whole, .. } = &setup(version).await;
        on_downloads(layer, |number, _, answer| {
            answer.set(header::ETAG, "\"v1\"");
            answer.cut_at = (number < 2).then_some(100_000 * (number + 1) + 7);
        });

        let bytes = file.download().await.expect("a download").bytes().await;

        assert!(bytes.expect("all of it") == *whole);
        assert_eq!(layer.take().len(), 3);
    }

    async fn without_an_etag_the_whole_file_is_requested_and_compared(version) {
        for etag in [None, Some("W/\"v1\"")] {
            let Setup { layer, file, whole, .. } = &setup(version).await;
            on_downloads(layer, move |number, _, answer| {
                if let Some(etag) = etag {
                    answer.set(header::ETAG, etag);
                }
                answer.cut_at = (number == 0).then_some(123_456);
            });

            let bytes = file.download().await.expect("a download").bytes().await;

            assert!(bytes.expect("all of it") == *whole);
            let calls = layer.take();
            assert_eq!(calls.iter().filter_map(wanted).count(), 0);
            assert_eq!(calls.len(), 2);
        }
    }

    async fn a_replaced_file_is_an_error_and_never_a_mixture(version) {
        for etags in [true, false] {
            let Setup { layer, file, .. } = &setup(version).await;
            on_downloads(layer, move |number, seen, answer| {
                if number > 0 {
                    // The same length, and another last byte of what was received.
                    let mut other = answer.body.to_vec();
                    other[99_999] ^= 1;
                    answer.body = other.into();
                }
                if etags {
                    part(seen, answer, if number == 0 { "\"v1\"" } else { "\"v2\"" });
                }
                answer.cut_at = (number == 0).then_some(100_000);
            });
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("a.bin");
            std::fs::write(&path, "as it was").expect("a file");

            let download = file.download().await.expect("a download");
            let error = download.save_to(&path).await.expect_err("replaced");

            assert_eq!(error.kind(), ErrorKind::Incomplete, "{error}");
            assert_eq!(error.operation(), Some("files.download"));
            assert!(error.resource().is_some_and(|file| file.starts_with("file ")), "{error}");
            assert_eq!(std::fs::read(&path).expect("the file"), b"as it was");
            assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1);
        }
    }

    async fn a_file_of_another_length_is_an_error(version) {
        let Setup { layer, file, .. } = &setup(version).await;
        on_downloads(layer, |number, _, answer| match number {
            0 => answer.cut_at = Some(100_000),
            _ => answer.body = answer.body.slice(..200_000),
        });

        let error = file.download().await.expect("a download").bytes().await.expect_err("changed");

        assert_eq!(error.kind(), ErrorKind::Incomplete, "{error}");
    }

    async fn a_part_that_is_not_the_rest_is_not_used(version) {
        for (name, value) in [
            (header::CONTENT_RANGE, "bytes 99999-299999/300000"),
            (header::CONTENT_RANGE, "bytes 100000-199999/300000"),
            (header::CONTENT_RANGE, "bytes 100000-299999/*"),
            (header::CONTENT_RANGE, "nonsense"),
            (header::ETAG, "\"v2\""),
        ] {
            let Setup { layer, file, whole, .. } = &setup(version).await;
            let other = name.clone();
            on_downloads(layer, move |number, seen, answer| {
                part(seen, answer, "\"v1\"");
                if wanted(seen).is_some() {
                    answer.set(other.clone(), value);
                }
                answer.cut_at = (number == 0).then_some(100_000);
            });

            let bytes = file.download().await.expect("a download").bytes().await;

            // The whole file is requested instead.
            assert!(bytes.expect("all of it") == *whole, "{name}: {value}");
            assert_eq!(layer.take().len(), 3, "{name}: {value}");
        }
    }

    async fn a_part_without_a_length_that_ends_early_is_continued(version) {
        let Setup { layer, file, whole, .. } = &setup(version).await;
        on_downloads(layer, |number, seen, answer| {
            part(seen, answer, "\"v1\"");
            match number {
                0 => answer.cut_at = Some(100_000),
                1 => {
                    answer.is_unsized = true;
                    answer.body = answer.body.slice(..50_000);
                }
                _ => answer.is_unsized = true,
            }
        });

        let bytes = file.download().await.expect("a download").bytes().await;

        assert!(bytes.expect("all of it") == *whole);
        let ranges: Vec<_> = layer.take().iter().map(wanted).collect();
        assert_eq!(ranges, [None, Some(100_000), Some(150_000)]);
    }

    async fn parts_without_a_length_that_are_too_short_or_too_long_are_an_error(version) {
        for difference in [-1, -200_000, 1, 200_000] {
            let Setup { layer, file, whole, .. } = &setup(version).await;
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("a.bin");
            std::fs::write(&path, "as it was").expect("a file");

            parts_of_other_lengths(layer, difference);
            let download = file.download().await.expect("a download");
            let error = download.save_to(&path).await.expect_err("not the rest");

            assert_eq!(error.kind(), ErrorKind::Protocol, "{difference}: {error}");
            assert_eq!(error.operation(), Some("files.download"));
            assert_eq!(error.status(), Some(206), "{difference}: {error}");
            assert_eq!(std::fs::read(&path).expect("the file"), b"as it was");
            assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1);
            let calls = if difference < 0 { 3 } else { 2 };
            assert_eq!(layer.take().len(), calls, "{difference}: {error}");

            parts_of_other_lengths(layer, difference);
            let mut download = file.download().await.expect("a download");
            let mut came = Vec::new();
            while let Ok(Some(chunk)) = download.try_next().await {
                came.extend_from_slice(&chunk);
            }
            assert!(whole.starts_with(&came), "{difference}");
        }
    }

    async fn a_range_that_is_refused_is_replaced_by_the_whole_file(version) {
        let Setup { layer, file, whole, .. } = &setup(version).await;
        on_downloads(layer, |number, seen, answer| {
            answer.set(header::ETAG, "\"v1\"");
            if wanted(seen).is_some() {
                answer.status = StatusCode::RANGE_NOT_SATISFIABLE;
                answer.body = Bytes::new();
            }
            answer.cut_at = (number == 0).then_some(100_000);
        });

        let bytes = file.download().await.expect("a download").bytes().await;

        assert!(bytes.expect("all of it") == *whole);
    }

    async fn a_part_that_was_not_asked_for_is_an_error(version) {
        let Setup { layer, file, .. } = &setup(version).await;
        on_downloads(layer, |_, _, answer| answer.status = StatusCode::PARTIAL_CONTENT);

        let error = file.download().await.expect_err("a part");

        assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
    }

    async fn a_deleted_file_is_not_found_after_a_break(version) {
        let Setup { layer, file, .. } = &setup(version).await;
        on_downloads(layer, |number, _, answer| match number {
            0 => answer.cut_at = Some(100_000),
            _ => answer.fail(404, "FileNotFound"),
        });

        let error = file.download().await.expect("a download").bytes().await.expect_err("deleted");

        assert!(error.is_not_found(), "{error}");
    }

    async fn a_download_that_always_breaks_ends_with_the_break(version) {
        let Setup { layer, file, .. } = &setup(version).await;
        on_downloads(layer, |_, _, answer| answer.cut_at = Some(100_000));

        let error = file.download().await.expect("a download").bytes().await.expect_err("broken");

        assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
        assert_eq!(layer.take().len(), 3);
    }

    async fn without_retries_the_first_break_is_the_end(version) {
        let Setup { layer, file, .. } = &setup_with(version, RetryPolicy::none()).await;
        on_downloads(layer, |number, _, answer| answer.cut_at = (number == 0).then_some(100_000));

        let error = file.download().await.expect("a download").bytes().await.expect_err("broken");

        assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
        assert_eq!(layer.take().len(), 1);
    }

    async fn a_stream_passes_each_byte_on_once(version) {
        let Setup { layer, file, whole, .. } = &setup(version).await;
        on_downloads(layer, |number, seen, answer| {
            // Parts for the first break only.
            if number < 2 {
                part(seen, answer, "\"v1\"");
            }
            answer.cut_at = (number < 2).then_some(50_000);
        });
        let reports = Arc::new(Mutex::new(Vec::new()));
        let own = Arc::clone(&reports);

        let download = file.download().await.expect("a download");
        let mut download = download.on_progress(move |received, length| {
            assert_eq!(length, Some(LENGTH as u64));
            own.lock().expect("a list").push(received);
        });
        let mut came = Vec::new();
        while let Some(chunk) = download.try_next().await.expect("a chunk") {
            came.extend_from_slice(&chunk);
            assert_eq!(download.received(), came.len() as u64);
        }

        assert!(came == *whole);
        let reports = reports.lock().expect("a list");
        assert!(reports.is_sorted() && reports.last() == Some(&(LENGTH as u64)), "{reports:?}");
    }

    async fn a_connection_that_really_breaks_is_replaced(version) {
        let Setup { _env: env, file, whole, .. } = &setup(version).await;
        let breaking = Rule::new(Fault::CutShort).operation("DownloadFileByKey").calls([1]);
        env.emulator.set_faults(Faults::none().rule(breaking));
        // Without the layer, which reads responses whole.
        let id = file.info().await.expect("info").id;
        let file = env.caspio.files().file(id);

        let bytes = file.download().await.expect("a download").bytes().await;

        assert!(bytes.expect("all of it") == *whole);
        assert_eq!(env.emulator.calls().operation("DownloadFileByKey"), 2);
    }

    async fn an_empty_file_is_downloaded(version) {
        let Setup { files, .. } = &setup(version).await;
        files.upload(Upload::bytes("empty", ""), IfExists::Refuse).await.expect("a file");

        let download = files.file_at("/empty").download().await.expect("a download");

        assert_eq!(download.bytes().await.expect("nothing"), "");
    }
}

#[tokio::test]
async fn a_long_download_may_break_as_often_as_it_makes_progress() {
    let setup = setup(ApiVersion::V3).await;
    let whole = content(6 * 1024 * 1024);
    let upload = Upload::bytes("long.bin", whole.clone());
    setup
        .files
        .upload(upload, IfExists::Refuse)
        .await
        .expect("a file");
    on_downloads(&setup.layer, |_, seen, answer| {
        part(seen, answer, "\"v1\"");
        answer.cut_at = (answer.body.len() > 1024 * 1024).then_some(1024 * 1024);
    });
    setup.layer.take();

    let bytes = setup
        .files
        .file_at("/long.bin")
        .download()
        .await
        .expect("a download")
        .bytes()
        .await;

    assert!(bytes.expect("all of it") == whole);
    assert_eq!(setup.layer.take().len(), 6);
}
