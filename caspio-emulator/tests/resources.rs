//! Files, attachments, directories, tasks and applications over v3.

mod common;

use caspio_emulator::TableDef;
use common::{Caspio, code, encode, read, upload};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test]
async fn a_file_is_uploaded_found_and_deleted() {
    let caspio = Caspio::empty().await;

    let (status, body) =
        read(upload(&caspio, Method::POST, "files", &[("Files", "a b.png")]).await).await;
    assert_eq!(status, StatusCode::CREATED);
    let key = body["Result"][0]["ExternalKey"].as_str().expect("a key");

    let listed = caspio.json("files", &[]).await;
    assert_eq!(listed["Result"][0]["Name"], "a b.png");
    assert_eq!(listed["Result"][0]["ContentType"], "image/png");
    assert_eq!(listed["Pagination"]["TotalCount"], 1);
    let created = listed["Result"][0]["DateCreated"].as_str().expect("a date");
    assert_eq!((&created[4..5], &created[10..11]), ("-", "T"), "{created}");

    let by_path = caspio.get("files/path", &[("filePath", "/a b.png")]).await;
    let name = by_path.headers()["Content-Disposition"].clone();
    assert_eq!(name, "attachment; filename=\"a b.png\"");
    assert_eq!(by_path.text().await.expect("a body"), "bytes of a b.png");

    let path = format!("files/{key}");
    let (status, _) = caspio.send(Method::DELETE, &path, Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(
        caspio.refusal(&path, &[]).await,
        (404, "FileNotFound".into())
    );
}

#[tokio::test]
async fn existing_name_is_a_conflict_unless_it_is_replaced() {
    let caspio = Caspio::empty().await;
    let (_, first) = read(upload(&caspio, Method::PUT, "files", &[("File", "a.png")]).await).await;

    let again = upload(&caspio, Method::POST, "files", &[("Files", "a.png")]).await;
    let (status, body) = read(again).await;
    let (replaced, second) =
        read(upload(&caspio, Method::PUT, "files", &[("File", "a.png")]).await).await;

    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(code(&body), "FILE_EXISTS");
    assert_eq!(replaced, StatusCode::OK);
    assert_eq!(
        first["Result"]["ExternalKey"],
        second["Result"]["ExternalKey"]
    );
}

#[tokio::test]
async fn folders_are_listed_separately() {
    let caspio = Caspio::sample().await;

    let folders = caspio.json("files/folders", &[]).await;
    let key = folders["Result"][0]["ExternalKey"].as_str().expect("a key");
    let files = caspio
        .json(
            "files",
            &[
                ("externalKey", key),
                ("pageSize", "5"),
                ("sortField", "Name"),
                ("sortDescending", "true"),
            ],
        )
        .await;

    assert_eq!(folders["Result"][0]["Name"], "Photos");
    let names: Vec<_> = files["Result"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|file| file["Name"].clone())
        .collect();
    assert_eq!(names, ["8.png", "4.png", "12.png"]);
}

#[tokio::test]
async fn a_list_of_an_unknown_folder_or_in_an_unknown_order_is_refused() {
    let caspio = Caspio::empty().await;

    for list in ["files", "files/folders"] {
        for (name, value) in [("sortField", "Colour"), ("externalKey", "unknown")] {
            let refused = caspio.refusal(list, &[(name, value)]).await;
            assert_eq!(
                refused,
                (400, "IncorrectQueryParameter".into()),
                "{list} {name}"
            );
        }
    }
}

#[tokio::test]
async fn an_attachment_belongs_to_one_record() {
    let caspio = Caspio::sample().await;
    let base = "tables/Contacts/attachments/Resume";

    let stored = upload(
        &caspio,
        Method::PUT,
        &format!("{base}/7"),
        &[("File", "cv.pdf")],
    )
    .await;
    assert_eq!(stored.status(), StatusCode::NO_CONTENT);

    let info = caspio
        .json(&format!("{base}/fileInfo"), &[("q.where", "PK_ID=7")])
        .await;
    assert_eq!(info["Result"][0]["PK_ID"], 7);
    assert_eq!(info["Result"][0]["FileName"], "cv");
    assert_eq!(info["Result"][0]["FileType"], "pdf");
    let created = info["Result"][0]["DateCreated"].as_str().expect("a date");
    assert!(created.ends_with('Z'), "{created}");
    let row = caspio
        .rows("tables/Contacts/records", &[("q.where", "PK_ID=7")])
        .await;
    assert_eq!(row[0]["Resume"], "cv.pdf");

    let (_, renamed) = caspio
        .send(
            Method::PUT,
            &format!("{base}/fileInfo?q.where=PK_ID%3D7"),
            json!({ "FileName": "resume" }),
        )
        .await;
    assert_eq!(renamed, json!({ "RecordsAffected": 1 }));
    let bytes = caspio.get(&format!("{base}/7"), &[]).await;
    assert_eq!(bytes.text().await.expect("a body"), "bytes of cv.pdf");

    let (_, deleted) = caspio
        .send(
            Method::DELETE,
            &format!("{base}?q.where=PK_ID%3D7"),
            Value::Null,
        )
        .await;
    assert_eq!(deleted, json!({ "RecordsAffected": 1 }));
    assert_eq!(caspio.refusal(&format!("{base}/7"), &[]).await.0, 404);
}

#[tokio::test]
async fn a_directory_has_users_with_attributes() {
    let caspio = Caspio::sample().await;
    let directories = caspio.json("directories", &[]).await;
    let staff = &directories["Result"][0];
    assert_eq!(staff["NumberOfUsers"], 3);
    let users = format!("directories/{}/users", staff["Id"].as_str().expect("an id"));

    let rows = caspio
        .rows(&users, &[("q.where", "_status = 'ActivationPending'")])
        .await;
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0]["_sign_in_method"], "Caspio");

    let guid = rows[0]["UserGUID"].as_str().expect("a guid");
    let (status, body) = caspio
        .send(
            Method::POST,
            &format!("{users}/activate"),
            json!({ "UserGUID": guid, "SendEmail": false }),
        )
        .await;
    assert_eq!(status, StatusCode::OK);
    assert!(body["Result"]["ActivationUrl"].is_string());

    let (status, _) = caspio
        .send(Method::POST, &users, json!({ "Email": "new@example.com" }))
        .await;
    assert_eq!(status, StatusCode::CREATED);
    let by_mail = format!("{users}?Where={}", encode("Email='new@example.com'"));
    let (_, updated) = caspio
        .send(Method::PUT, &by_mail, json!({ "First_Name": "New" }))
        .await;
    assert_eq!(updated, json!({ "UsersAffected": 1 }));
    let (_, deleted) = caspio.send(Method::DELETE, &by_mail, Value::Null).await;
    assert_eq!(deleted, json!({ "UsersAffected": 1 }));
}

#[tokio::test]
async fn active_user_is_not_activated_again() {
    let caspio = Caspio::empty().await;
    let id = caspio
        .emulator
        .create_directory(TableDef::new("Clients"))
        .expect("a new directory");
    let users = format!("directories/{id}/users");
    caspio
        .emulator
        .insert("Clients", json!({ "Email": "a@example.com" }))
        .expect("inserted");
    let active = caspio
        .emulator
        .set_user_status("Clients", "Email = 'a@example.com'", "Active");

    let rows = caspio.rows(&users, &[]).await;
    let (status, _) = caspio
        .send(
            Method::POST,
            &format!("{users}/activate"),
            json!({ "UserGUID": rows[0]["UserGUID"] }),
        )
        .await;

    assert_eq!(active.expect("a directory"), 1);
    assert_eq!(rows[0]["_status"], "Active");
    assert_eq!(status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn tasks_are_listed_and_run() {
    let caspio = Caspio::sample().await;
    let tasks = caspio.json("dataImportExportTasks", &[]).await;
    let key = tasks["Result"][0]["ExternalKey"].as_str().expect("a key");

    let one = caspio
        .json(&format!("dataImportExportTasks/{key}"), &[])
        .await;
    let (status, _) = caspio
        .send(
            Method::POST,
            &format!("dataImportExportTasks/{key}/run"),
            Value::Null,
        )
        .await;

    assert_eq!(one["Result"]["Status"], "Ready");
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(
        caspio.refusal("dataImportExportTasks/none", &[]).await.0,
        404
    );
}

#[tokio::test]
async fn applications_have_pages_that_are_deployed() {
    let caspio = Caspio::sample().await;
    let applications = caspio.json("bridgeApplications", &[]).await;
    let application = applications["Result"][0]["ExternalKey"]
        .as_str()
        .expect("a key");
    let base = format!("bridgeApplications/{application}/datapages");
    let pages = caspio.json(&base, &[]).await;
    let page = pages["Result"][0]["AppKey"].as_str().expect("a key");

    let code = caspio
        .json(&format!("{base}/{page}/deployment"), &[("method", "u")])
        .await;
    let (one, _) = caspio
        .send(
            Method::PUT,
            &format!("{base}/{page}/deployment"),
            json!({ "Deployed": false }),
        )
        .await;
    let (all, _) = caspio
        .send(
            Method::PUT,
            &format!("{base}/deployment"),
            json!({ "Deployed": true }),
        )
        .await;

    assert_eq!(applications["Result"][0]["DataPagesCount"], 2);
    assert_eq!(code, json!(format!("https://demo.caspio.com/dp/{page}")));
    assert_eq!(one, StatusCode::NO_CONTENT);
    assert_eq!(all, StatusCode::NO_CONTENT);
}
