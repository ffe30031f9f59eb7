//! Files, attachments, directories, webhooks, tasks and applications over v4.

mod common;

use caspio_emulator::{DataType, FieldDef, TableDef};
use common::{Caspio, code, read, upload};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const V4: &str = "integrations/rest/v4";

/// Returns the member `id` of the object called `name` in a list.
async fn id(caspio: &Caspio, list: &str, id: &str, name: &str) -> String {
    let listed = caspio.json(list, &[]).await;
    let objects = listed["data"].as_array().expect("a list");
    let object = objects.iter().find(|object| object["name"] == name);
    object.expect("an object")[id]
        .as_str()
        .expect("an id")
        .to_owned()
}

#[tokio::test]
async fn a_file_has_an_id_and_a_path() {
    let caspio = Caspio::empty().await.on(V4);

    let (status, body) = read(
        upload(
            &caspio,
            Method::POST,
            "fileAssets/files/bulk",
            &[("file", "a.txt")],
        )
        .await,
    )
    .await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    let key = id(&caspio, "fileAssets/files", "fileId", "a.txt").await;
    let path = format!("fileAssets/files/{key}");

    let by_path = caspio
        .get("fileAssets/files/path", &[("filePath", "/a.txt")])
        .await;
    assert_eq!(by_path.text().await.expect("a body"), "bytes of a.txt");
    assert_eq!(
        caspio.json(&format!("{path}/fileInfo"), &[]).await["size"],
        14
    );
    let (status, _) = caspio.send(Method::DELETE, &path, Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn uploaded_file_has_its_path_and_is_found_by_a_part_of_its_name() {
    let caspio = Caspio::sample().await.on(V4);
    let folder = id(&caspio, "fileAssets/folders", "folderId", "Photos").await;
    let path = format!("fileAssets/files/bulk?folderId={folder}");

    let uploaded = upload(&caspio, Method::POST, &path, &[("Files", "Sunset.txt")]).await;
    let (status, uploaded) = read(uploaded).await;
    let found = caspio
        .json("fileAssets/files/search", &[("name", "sunSET")])
        .await;
    let none = caspio
        .json("fileAssets/files/search", &[("name", "sunrise")])
        .await;

    assert_eq!(status, StatusCode::CREATED, "{uploaded}");
    let file = &uploaded["data"][0];
    assert_eq!(
        (&file["name"], &file["fullFilePath"]),
        (&json!("Sunset.txt"), &json!("/Photos/Sunset.txt"))
    );
    assert_eq!(found["data"][0]["fileId"], file["fileId"]);
    assert_eq!(found["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(none["data"], json!([]));
    let by_path = [("filePath", "/Photos/Sunset.txt")];
    assert_eq!(
        caspio.get("fileAssets/files/path", &by_path).await.status(),
        StatusCode::OK
    );
    assert_eq!(caspio.refusal("fileAssets/files/search", &[]).await.0, 400);
}

#[tokio::test]
async fn a_new_folder_is_listed_in_its_parent_and_found_by_a_part_of_its_name() {
    let caspio = Caspio::sample().await.on(V4);
    let photos = id(&caspio, "fileAssets/folders", "folderId", "Photos").await;
    let folders = "fileAssets/folders";
    let in_photos = format!("{folders}?folderId={photos}");
    let new = json!({ "name": "Holidays" });

    let (status, created) = caspio.send(Method::POST, &in_photos, new.clone()).await;
    let (again, refused) = caspio.send(Method::POST, &in_photos, new.clone()).await;
    let (in_root, _) = caspio.send(Method::POST, folders, new.clone()).await;

    assert_eq!(
        (status, in_root),
        (StatusCode::CREATED, StatusCode::CREATED)
    );
    assert_eq!(created["name"], "Holidays");
    assert_eq!(
        (again, code(&refused).as_str()),
        (StatusCode::BAD_REQUEST, "ObjectExists")
    );
    let listed = caspio.json(folders, &[("folderId", &photos)]).await;
    assert_eq!(listed["data"][0]["folderId"], created["folderId"]);
    let found = caspio
        .json("fileAssets/folders/search", &[("name", "holi")])
        .await;
    assert_eq!(found["data"].as_array().map(Vec::len), Some(2));
    for bad in [json!({ "name": "" }), json!({ "name": "a/b" }), json!({})] {
        let (status, _) = caspio.send(Method::POST, folders, bad).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
    let (status, _) = caspio
        .send(Method::POST, &format!("{folders}?folderId=unknown-1"), new)
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn objects_have_the_members_that_programs_read() {
    let caspio = Caspio::sample().await.on(V4);
    let table = id(&caspio, "tables", "tableId", "City").await;
    let webhook = json!({ "name": "Test", "outgoingUrls": ["http://127.0.0.1:9/"] });
    let (_, webhook) = caspio.send(Method::POST, "outgoingWebhooks", webhook).await;
    let webhook = webhook["webhookId"].as_str().expect("an id").to_owned();
    let event =
        json!({ "type": "table.recordInsert", "objectId": table, "eventSources": ["RESTAPIs"] });
    let events = format!("outgoingWebhooks/{webhook}/events");
    caspio.send(Method::POST, &events, event).await;

    let applications = caspio.json("bridgeApplications", &[]).await;
    let views = caspio.json("schemas/views", &[]).await;
    let webhooks = caspio.json("schemas/outgoingWebhooks", &[]).await;

    assert_eq!(applications["data"][0]["name"], "Order Desk");
    let views = views["data"].as_array().expect("a list");
    let details = views
        .iter()
        .find(|view| view["name"] == "Order_Details")
        .expect("the view");
    let product = details["fields"].as_array().expect("fields").iter();
    let mut product = product.filter(|field| field["name"] == "Product");
    assert_eq!(
        product.next().expect("the field")["tableFieldName"],
        "Products.Name"
    );
    assert_eq!(webhooks["data"][0]["events"][0]["objectName"], "City");
}

#[tokio::test]
async fn attachment_belongs_to_a_record_and_is_listed_in_bulk() {
    let caspio = Caspio::sample().await.on(V4);
    let table = id(&caspio, "tables", "tableId", "Contacts").await;
    let records = format!("tables/{table}/records");
    let one = format!("{records}/7/attachments/Resume");
    let bulk = format!("{records}/bulk/attachments/Resume");

    let stored = upload(&caspio, Method::PUT, &one, &[("file", "cv.pdf")]).await;
    let rename = json!({ "where": "PK_ID = 7", "fileName": "resume" });
    let (renamed, _) = caspio
        .send(Method::PATCH, &format!("{bulk}/fileInfo"), rename)
        .await;
    let infos = caspio
        .json(&format!("{bulk}/fileInfo"), &[("where", "PK_ID=7")])
        .await;
    let bytes = caspio.get(&one, &[]).await.text().await.expect("a body");
    let (deleted, _) = caspio
        .send(Method::DELETE, &bulk, json!({ "where": "PK_ID = 7" }))
        .await;
    let gone = caspio.get(&one, &[]).await;

    assert_eq!(stored.status(), StatusCode::NO_CONTENT);
    assert_eq!((renamed, deleted), (StatusCode::OK, StatusCode::OK));
    assert_eq!(infos["data"][0]["PK_ID"], 7);
    assert_eq!(infos["data"][0]["fileName"], "resume");
    assert_eq!(bytes, "bytes of cv.pdf");
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn users_are_identified_by_guid() {
    let caspio = Caspio::sample().await.on(V4);
    let staff = id(&caspio, "directories", "directoryId", "Staff").await;
    let users = format!("directories/{staff}/users");

    let alan = json!({ "Email": "alan@example.com", "First_Name": "Alan" });
    let (created, new) = caspio.send(Method::POST, &users, alan).await;
    let user = format!("{users}/{}", new["UserGUID"].as_str().expect("a key"));
    let (changed, _) = caspio
        .send(Method::PATCH, &user, json!({ "Last_Name": "Turing" }))
        .await;
    let found = caspio
        .json(&users, &[("where", "Last_Name='Turing'")])
        .await;
    let (activated, link) = caspio
        .send(Method::POST, &format!("{user}/activate"), json!({}))
        .await;
    let (deleted, _) = caspio.send(Method::DELETE, &user, Value::Null).await;
    let (missing, _) = caspio.send(Method::DELETE, &user, Value::Null).await;

    assert_eq!((created, changed), (StatusCode::CREATED, StatusCode::OK));
    assert_eq!(found["data"][0]["_status"], "ActivationPending");
    assert_eq!(activated, StatusCode::OK);
    assert!(link["activationUrl"].is_string());
    assert_eq!((deleted, missing), (StatusCode::OK, StatusCode::NOT_FOUND));
}

#[tokio::test]
async fn users_are_created_changed_and_deleted_in_bulk() {
    let caspio = Caspio::sample().await.on(V4);
    let staff = id(&caspio, "directories", "directoryId", "Staff").await;
    let bulk = format!("directories/{staff}/users/bulk");

    let new = json!([
        { "Email": "alan@example.com" }, { "Email": "ada@example.com" },
        { "Email": "emmy@example.com" },
    ]);
    let (created, body) = caspio.send(Method::POST, &bulk, new).await;
    let change = json!({ "where": "Last_Name = ''", "recordValues": { "Last_Name": "New" } });
    let (changed, _) = caspio.send(Method::PATCH, &bulk, change).await;
    let (deleted, _) = caspio
        .send(Method::DELETE, &bulk, json!({ "where": "Last_Name='New'" }))
        .await;

    assert_eq!(created, StatusCode::MULTI_STATUS);
    let statuses: Vec<_> = (0..3)
        .map(|at| body["data"][at]["status"].clone())
        .collect();
    assert_eq!(statuses, [201, 400, 201]);
    assert_eq!(body["UserGUID"].as_array().map(Vec::len), Some(2));
    assert_eq!((changed, deleted), (StatusCode::OK, StatusCode::OK));
    assert_eq!(caspio.emulator.count("Staff").expect("a directory"), 3);
}

#[tokio::test]
async fn an_attachment_may_belong_to_a_user() {
    let caspio = Caspio::empty().await.on(V4);
    let staff = TableDef::new("Staff").field(FieldDef::new("Photo", DataType::Attachment));
    let staff = caspio
        .emulator
        .create_directory(staff)
        .expect("a directory");
    let users = format!("directories/{staff}/users");
    let (_, new) = caspio
        .send(Method::POST, &users, json!({ "Email": "a@example.com" }))
        .await;
    let guid = new["UserGUID"].as_str().expect("a key");
    let photo = format!("{users}/{guid}/attachments/Photo");

    let stored = upload(&caspio, Method::PUT, &photo, &[("file", "a.png")]).await;
    let bytes = caspio.get(&photo, &[]).await.text().await.expect("a body");

    assert_eq!(stored.status(), StatusCode::NO_CONTENT);
    assert_eq!(bytes, "bytes of a.png");
}

#[tokio::test]
async fn a_webhook_gets_a_new_secret_and_its_events_name_tables_by_id() {
    let caspio = Caspio::sample().await.on(V4);
    let table = id(&caspio, "tables", "tableId", "Contacts").await;
    let hook = json!({ "name": "Hook", "outgoingUrls": ["https://localhost/hook"] });
    let (created, hook) = caspio.send(Method::POST, "outgoingWebhooks", hook).await;
    assert_eq!(created, StatusCode::CREATED);
    let path = format!(
        "outgoingWebhooks/{}",
        hook["webhookId"].as_str().expect("an id")
    );

    let regenerate = format!("{path}/regenerateSecret");
    let (_, renewed) = caspio.send(Method::PATCH, &regenerate, Value::Null).await;
    let event = json!({
        "type": "table.recordUpdate", "objectId": table, "objectFields": ["Email"],
        "eventSources": ["RESTAPIs"], "defaultPayloadIncludesSecret": false,
    });
    let (added, event) = caspio
        .send(Method::POST, &format!("{path}/events"), event)
        .await;
    let event_path = format!(
        "{path}/events/{}",
        event["eventId"].as_str().expect("an id")
    );
    let (_, changed) = caspio
        .send(Method::PATCH, &event_path, json!({ "enabled": false }))
        .await;
    let schemas = caspio.json("schemas/outgoingWebhooks", &[]).await;

    assert!(renewed["secret"].is_string());
    assert_ne!(hook["secret"], renewed["secret"]);
    assert_eq!(added, StatusCode::CREATED);
    assert_eq!(changed["enabled"], false);
    assert_eq!(changed["objectFields"], json!(["Email"]));
    assert_eq!(changed["defaultPayloadIncludesSecret"], false);
    assert_eq!(schemas["data"][0]["events"][0]["objectId"], table.as_str());
}

#[tokio::test]
async fn tasks_run_and_datapages_are_deployed() {
    let caspio = Caspio::sample().await.on(V4);
    let task = id(
        &caspio,
        "dataImportExportTasks",
        "taskId",
        "Contacts Export",
    )
    .await;
    let listed = caspio.json("bridgeApplications", &[]).await;
    let application = listed["data"][0]["appId"].as_str().expect("an id");
    let all = format!("bridgeApplications/{application}/dataPages/bulk/deployment");

    let run = format!("dataImportExportTasks/{task}/run");
    let (ran, _) = caspio.send(Method::POST, &run, Value::Null).await;
    let (deployed, _) = caspio
        .send(Method::PUT, &all, json!({ "deployed": true }))
        .await;
    let flex = caspio.json("flexApplications", &[]).await;

    assert_eq!(
        (ran, deployed),
        (StatusCode::NO_CONTENT, StatusCode::NO_CONTENT)
    );
    assert_eq!(flex["data"], json!([]));
}
