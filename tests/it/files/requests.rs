//! The requests of v3, compared with Caspio's own document of it: paths, parameters and the parts of forms.
//!
//! The document is read from `CASPIO_V3_OPENAPI`, or from `shared/` next to the workspace. Without it the test compares
//! nothing, unless `CASPIO_REQUIRE_CONTRACT` is set.

use super::layer::{Layer, Seen};
use caspio::ApiVersion;
use caspio::files::{IfExists, Upload};
use caspio_emulator::Emulator;
use caspio_tests::TestEnv;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;

fn document() -> Option<Value> {
    let shared = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../shared/caspio-v3-openapi.json"
    );
    let path = std::env::var_os("CASPIO_V3_OPENAPI").map_or_else(|| shared.into(), PathBuf::from);
    match std::fs::read(&path) {
        Ok(text) => Some(serde_json::from_slice(&text).expect("JSON")),
        Err(error) if std::env::var_os("CASPIO_REQUIRE_CONTRACT").is_some() => {
            panic!("{}: {error}", path.display())
        }
        Err(_) => None,
    }
}

/// Returns the operation of a request, and the pattern of its path. A literal segment is preferred to a value.
fn operation<'d>(document: &'d Value, seen: &Seen) -> (&'d Value, &'d str) {
    let path = seen.target.split('?').next().expect("a path");
    let segments: Vec<_> = path.split('/').collect();
    let paths = document["paths"].as_object().expect("paths");
    let fitting = paths.iter().filter(|(pattern, methods)| {
        let pattern: Vec<_> = pattern.trim_start_matches("/v3/").split('/').collect();
        let fits = |(own, known): (&&str, &&str)| own == known || known.starts_with('{');
        pattern.len() == segments.len()
            && segments.iter().zip(&pattern).all(fits)
            && methods.get(seen.method.to_lowercase()).is_some()
    });
    let best = fitting.min_by_key(|(pattern, _)| pattern.matches('{').count());
    let (pattern, methods) = best.unwrap_or_else(|| panic!("{} {path}", seen.method));
    (&methods[seen.method.to_lowercase()], pattern)
}

fn check(document: &Value, seen: &Seen) -> String {
    let (operation, _) = operation(document, seen);
    let parameters = operation["parameters"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let of_query = parameters.iter().filter(|one| one["in"] == "query");
    let known: BTreeSet<_> = of_query
        .clone()
        .filter_map(|one| one["name"].as_str())
        .collect();
    let query = seen.target.split_once('?').map_or("", |(_, query)| query);
    let sent: BTreeSet<_> = query
        .split('&')
        .filter_map(|pair| pair.split('=').next())
        .collect();
    for name in sent.iter().filter(|name| !name.is_empty()) {
        assert!(
            known.contains(name),
            "{} has no parameter {name}",
            seen.target
        );
    }
    for required in of_query.filter(|one| one["required"] == true) {
        let name = required["name"].as_str().expect("a name");
        assert!(sent.contains(name), "{} needs {name}", seen.target);
    }
    let body = &operation["requestBody"]["content"];
    assert_eq!(body.is_null(), seen.body.is_empty(), "{}", seen.target);
    if !body.is_null() {
        assert!(seen.is_upload());
        let parts = body["multipart/form-data"]["schema"]["properties"].as_object();
        let text = String::from_utf8_lossy(&seen.body);
        for name in text.split("form-data; name=\"").skip(1) {
            let name = name.split('"').next().expect("a name");
            assert!(parts.expect("parts").contains_key(name), "no part {name}");
        }
    }
    operation["operationId"]
        .as_str()
        .expect("a name")
        .to_owned()
}

#[tokio::test]
async fn every_request_of_v3_fits_the_document() {
    let env = TestEnv::with(Emulator::builder().empty()).await;
    let key = env.emulator.create_folder("/In").expect("a folder");
    let layer = Layer::default();
    let files = layer.client(&env.emulator, ApiVersion::V3).files();
    let (root, folder) = (files.root(), files.folder(key.as_str()));

    for folder in [&root, &folder] {
        let upload = |name: &str| Upload::bytes(name, "x");
        let many = [upload("a"), upload("b")];
        for stored in folder.upload_many(many, IfExists::Refuse).await {
            stored.expect("an upload");
        }
        for policy in [IfExists::Replace, IfExists::Skip, IfExists::NewName] {
            folder.upload(upload("a"), policy).await.expect("an upload");
        }
        folder.list().await.expect("a list");
        folder.folders().await.expect("a list");
    }
    folder.info().await.expect("info");
    let id = root.find("a").await.expect("a list").expect("a file").id;
    for file in [files.file(id), files.file_at("/In/a")] {
        file.info().await.expect("info");
        file.download()
            .await
            .expect("a download")
            .bytes()
            .await
            .expect("it");
        file.delete().await.expect("deleted");
    }

    let Some(document) = document() else { return };
    let operations: BTreeSet<_> = layer
        .take()
        .iter()
        .map(|seen| check(&document, seen))
        .collect();
    let expected = [
        "DeleteFileByKey",
        "DeleteFileByPath",
        "DownloadFileByKey",
        "DownloadFileByPath",
        "GetFileMetadataByKey",
        "GetFileMetadataByPath",
        "GetFilesFolderMetadataByKey",
        "ListFiles",
        "ListFilesFolders",
        "UpdateFile",
        "UploadFiles",
    ];
    assert_eq!(operations, expected.map(str::to_owned).into());
}
