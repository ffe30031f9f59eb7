//! Uploads of several files.

use super::layer::Layer;
use super::{content, files_of, on_every_version};
use bytes::Bytes;
use caspio::files::{Files, IfExists, Outcome, Upload};
use caspio::http::StatusCode;
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::Emulator;
use caspio_tests::TestEnv;
use futures::stream;
use serde_json::Value;
use std::sync::atomic::{AtomicUsize, Ordering};

async fn started(version: ApiVersion) -> (TestEnv, Layer, Files) {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let layer = Layer::default();
    let files = layer.client(&env.emulator, version).files();
    (env, layer, files)
}

fn uploads(names: &[&str]) -> Vec<Upload> {
    let named = names.iter();
    named
        .map(|name| Upload::bytes(*name, format!("content of {name}")))
        .collect()
}

/// How many parts with files a form has.
fn parts(body: &Bytes) -> usize {
    String::from_utf8_lossy(body).matches("filename=\"").count()
}

on_every_version! {
    async fn new_files_take_few_calls_and_results_have_their_order(version) {
        let (env, layer, files) = started(version).await;
        let key = env.emulator.create_folder("/In").expect("a folder");
        let folder = files.folder(key.as_str());
        let names: Vec<_> = (0..120).rev().map(|number| format!("{number:03}.txt")).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();

        let stored = folder.upload_many(uploads(&names), IfExists::Refuse).await;

        let forms: Vec<_> = layer.take().iter().map(|seen| parts(&seen.body)).collect();
        assert_eq!(forms, [0, 50, 50, 20]);
        for (name, stored) in names.iter().zip(&stored) {
            let stored = stored.as_ref().expect(name);
            assert_eq!((&*stored.name, stored.outcome), (*name, Outcome::Created));
        }
        let last = stored[7].as_ref().expect("a file");
        let bytes = files.file(&last.id).download().await.expect("it").bytes().await;
        assert_eq!(bytes.expect("it"), format!("content of {}", names[7]));
        assert_eq!(folder.list().await.expect("a list").len(), 120);
    }

    async fn the_policy_decides_about_each_file(version) {
        let (_env, layer, files) = started(version).await;
        let root = files.root();
        let old = root.upload(Upload::bytes("b.txt", "old"), IfExists::Refuse).await.expect("b");
        layer.take();

        let names = ["a.txt", "b.txt", "c.txt", "a.txt"];
        let results = root.upload_many(uploads(&names), IfExists::Refuse).await;
        assert!(results[0].is_ok() && results[2].is_ok());
        let conflict = results[1].as_ref().expect_err("b is there");
        assert_eq!(conflict.kind(), ErrorKind::Conflict);
        assert!(conflict.to_string().contains("\"b.txt\""), "{conflict}");
        let repeated = results[3].as_ref().expect_err("a comes twice");
        assert_eq!(repeated.kind(), ErrorKind::Refused);
        assert_eq!(layer.take().len(), 2);

        let results = root.upload_many(uploads(&["b.txt", "d.txt"]), IfExists::Skip).await;
        let kept = results[0].as_ref().expect("skipped");
        assert_eq!((&kept.id, kept.outcome), (&old.id, Outcome::Skipped));
        assert_eq!(results[1].as_ref().expect("new").outcome, Outcome::Created);

        let results = root.upload_many(uploads(&["b.txt", "b.txt", "e.txt"]), IfExists::NewName).await;
        let names: Vec<_> = results.iter().map(|one| one.as_ref().expect("new").name.as_str()).collect();
        assert_eq!(names, ["b_1.txt", "b_2.txt", "e.txt"]);

        let results = root.upload_many(uploads(&["b.txt", "f.txt"]), IfExists::Replace).await;
        let outcomes: Vec<_> = results.iter().map(|one| one.as_ref().expect("stored").outcome).collect();
        assert_eq!(outcomes, [Outcome::Replaced, Outcome::Created]);
        let names = ["a.txt", "b.txt", "b_1.txt", "b_2.txt", "c.txt", "d.txt", "e.txt", "f.txt"];
        assert_eq!(files_of(&root).await, names);
    }

    async fn no_files_take_no_call(version) {
        let (_env, layer, files) = started(version).await;

        for policy in [IfExists::Refuse, IfExists::Replace, IfExists::Skip, IfExists::NewName] {
            assert!(files.root().upload_many([], policy).await.is_empty());
        }

        assert!(layer.take().is_empty());
    }

    async fn large_files_and_streams_take_calls_of_their_own(version) {
        let (_env, layer, files) = started(version).await;
        let large = content(16 * 1024 * 1024 + 1);
        let streamed = stream::iter([Ok(Bytes::from_static(b"abc"))]);
        let mixed = [
            Upload::bytes("a.txt", "a"),
            Upload::bytes("large.bin", large.clone()),
            Upload::stream("s.txt", 3, streamed),
            Upload::bytes("b.txt", "b"),
        ];

        let results = files.root().upload_many(mixed, IfExists::Refuse).await;

        assert!(results.iter().all(Result::is_ok));
        let mut forms: Vec<_> = layer.take().iter().map(|seen| parts(&seen.body)).collect();
        forms.sort_unstable();
        assert_eq!(forms, [0, 1, 1, 2]);
        assert_eq!(files_of(&files.root()).await, ["a.txt", "b.txt", "large.bin", "s.txt"]);
    }

    async fn a_lost_response_neither_doubles_files_nor_blames_the_program(version) {
        let (_env, layer, files) = started(version).await;
        for lost in [1, 3] {
            let left = AtomicUsize::new(lost);
            layer.change(move |seen, answer| {
                let take = |left: usize| left.checked_sub(1);
                if seen.is_upload() {
                    answer.is_lost = left
                        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
                        .is_ok();
                }
            });
            let names = [format!("a{lost}"), format!("b{lost}"), format!("c{lost}")];
            let names = [&*names[0], &*names[1], &*names[2]];

            let results = files.root().upload_many(uploads(&names), IfExists::Refuse).await;

            for (name, stored) in names.iter().zip(results) {
                let stored = stored.expect(name);
                assert_eq!((&*stored.name, stored.outcome), (*name, Outcome::Created));
            }
        }
        assert_eq!(files_of(&files.root()).await.len(), 6);
    }

    async fn a_file_that_another_program_stores_meanwhile_is_a_conflict_of_its_own(version) {
        // Also a file that is equal is not this program's.
        for text in ["other", "content of b.txt"] {
            let (_env, layer, files) = started(version).await;
            files.upload(Upload::bytes("b.txt", text), IfExists::Refuse).await.expect("b");
            // It is not in the list, which was read before.
            layer.change(|seen, answer| {
                if seen.method == "GET" && !seen.is_download() && !seen.target.contains("path") {
                    let text = String::from_utf8_lossy(&answer.body).into_owned();
                    answer.body = match text.contains("b.txt") && !text.contains("a.txt") {
                        false => text.into(),
                        true if seen.target.starts_with("fileAssets") => r#"{"data":[]}"#.into(),
                        true if text.contains("Folders") => r#"{"Result":{"Folders":[],"Files":[]}}"#.into(),
                        true => r#"{"Result":[]}"#.into(),
                    };
                }
            });

            let results = files.root().upload_many(uploads(&["a.txt", "b.txt"]), IfExists::Refuse).await;

            assert_eq!(results[0].as_ref().expect("a is new").name, "a.txt");
            let error = results[1].as_ref().expect_err("b is there");
            assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
            assert!(error.to_string().contains("\"b.txt\""), "{error}");
            layer.change(|_, _| {});
            assert_eq!(files_of(&files.root()).await, ["a.txt", "b.txt"]);
            let other = files.file_at("/b.txt").download().await.expect("b").bytes().await;
            assert_eq!(other.expect("b"), text);
        }
    }

    async fn a_file_that_the_service_does_not_accept_does_not_stop_the_others(version) {
        for status in [400, 415] {
            let (_env, layer, files) = started(version).await;
            // The request stored the files all the same: the client must find out by their content.
            layer.change(move |seen, answer| {
                if String::from_utf8_lossy(&seen.body).contains("filename=\"b\"") {
                    answer.fail(status, "IncorrectBodyParameter");
                }
            });

            let results = files.root().upload_many(uploads(&["a", "b", "c"]), IfExists::Refuse).await;

            assert!(results[0].is_ok() && results[2].is_ok(), "{status}: {results:?}");
            let error = results[1].as_ref().expect_err("b is not accepted");
            assert_eq!((error.kind(), error.status()), (ErrorKind::Invalid, Some(status)));
            assert!(error.resource().is_some_and(|file| file.contains("\"b\"")), "{error}");
        }
    }

    async fn files_that_are_reported_in_another_order_and_renamed_keep_their_ids(version) {
        let (_env, layer, files) = started(version).await;
        layer.change(|seen, answer| {
            if parts(&seen.body) < 2 {
                return;
            }
            let mut json: Value = serde_json::from_slice(&answer.body).expect("JSON");
            let mut members = json.as_object_mut().expect("an object").values_mut();
            let list = members.find_map(Value::as_array_mut).expect("a list");
            list.reverse();
            for file in list.iter_mut().filter_map(Value::as_object_mut) {
                for member in file.values_mut().filter(|member| **member == "a") {
                    *member = "renamed".into();
                }
            }
            answer.body = json.to_string().into();
        });

        let results = files.root().upload_many(uploads(&["a", "b"]), IfExists::Refuse).await;

        for (result, (name, content)) in
            results.into_iter().zip([("renamed", "content of a"), ("b", "content of b")])
        {
            let stored = result.expect(name);
            assert_eq!(stored.name, name);
            let bytes = files.file(&stored.id).download().await.expect(name).bytes().await;
            assert_eq!(bytes.expect(name), content);
        }
        assert_eq!(files_of(&files.root()).await, ["a", "b"]);
    }

    async fn files_that_are_too_large_together_are_sent_one_by_one(version) {
        let (_env, layer, files) = started(version).await;
        let refused = AtomicUsize::new(0);
        // The request stored the files: the client must find out by their content.
        layer.change(move |seen, answer| {
            if parts(&seen.body) > 1 && refused.fetch_add(1, Ordering::Relaxed) == 0 {
                answer.status = StatusCode::PAYLOAD_TOO_LARGE;
                answer.body = Bytes::new();
            }
        });

        let results = files.root().upload_many(uploads(&["a", "b", "c"]), IfExists::Refuse).await;

        assert!(results.iter().all(Result::is_ok));
        assert_eq!(files_of(&files.root()).await, ["a", "b", "c"]);
    }

    async fn a_file_that_shrank_does_not_stop_the_others(version) {
        let (env, _layer, _) = started(version).await;
        let root = env.caspio.files().root();
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("b");
        std::fs::write(&path, "long").expect("a file");
        let [a, c] = ["a", "c"].map(|name| Upload::bytes(name, name));
        let shrunk = Upload::file(&path).await.expect("a file");
        std::fs::write(&path, "no").expect("a file");

        let results = root.upload_many([a, shrunk, c], IfExists::Refuse).await;

        assert!(results[0].is_ok() && results[2].is_ok());
        let error = results[1].as_ref().expect_err("shorter");
        assert_eq!((error.kind(), error.maybe_applied()), (ErrorKind::Refused, false));
        assert!(error.to_string().contains("2 bytes short"), "{error}");
        assert!(error.resource().is_some_and(|file| file.contains("\"b\"")), "{error}");
        assert_eq!(files_of(&root).await, ["a", "c"]);
    }

    async fn an_error_of_the_folder_is_that_of_each_file(version) {
        let (_env, layer, files) = started(version).await;
        layer.change(|seen, answer| {
            if seen.method == "GET" {
                answer.fail(403, "UnsufficientPrivileges");
            }
        });

        let results = files.root().upload_many(uploads(&["a", "b"]), IfExists::Refuse).await;

        assert_eq!(results.len(), 2);
        for result in results {
            let error = result.expect_err("not permitted");
            assert_eq!(error.kind(), ErrorKind::Permission);
            assert!(error.hint().is_some_and(|hint| hint.contains("files")), "{error}");
        }
        assert_eq!(layer.take().len(), 1);
    }
}
