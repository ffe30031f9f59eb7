//! All operations of v3, with their responses checked against the schemas of Caspio's own document.
//!
//! The document is read from `CASPIO_V3_OPENAPI`, or from `shared/` next to the workspace. Without
//! it the test does nothing, unless `CASPIO_REQUIRE_CONTRACT` is set.

#[path = "../common/mod.rs"]
mod common;
mod document;
mod driver;

use caspio_emulator::ViewDef;
use common::Caspio;
use document::Document;
use driver::{Body, Driver};
use serde_json::{Value, json};

#[tokio::test]
#[expect(clippy::print_stderr, reason = "it says that it was skipped")]
async fn every_operation_responds_as_documented() {
    let document = match Document::read() {
        Ok(document) => document,
        Err(reason) if std::env::var_os("CASPIO_REQUIRE_CONTRACT").is_some() => {
            panic!("the contract test needs Caspio's document of v3: {reason}")
        }
        Err(reason) => {
            eprintln!("skipped, without Caspio's document of v3: {reason}");
            return;
        }
    };
    assert_eq!(document.operations().len(), 70);
    let mut driver = Driver::new(Caspio::sample().await, document);
    let view = ViewDef::new("Resumes", "Contacts")
        .field("Contacts.Email")
        .field("Contacts.Resume");
    let emulator = &driver.caspio.emulator;
    emulator.create_view(view).expect("a new view");

    tables(&mut driver).await;
    records(&mut driver).await;
    passwords(&mut driver).await;
    attachments(&mut driver, "Table", "Contacts").await;
    views(&mut driver).await;
    attachments(&mut driver, "View", "Resumes").await;
    files(&mut driver).await;
    webhooks(&mut driver).await;
    tasks(&mut driver).await;
    applications(&mut driver).await;
    directories(&mut driver).await;

    driver.finish();
}

async fn tables(caspio: &mut Driver) {
    let table = json!({ "Name": "Pets", "Fields": [
        { "Name": "Name", "Type": "STRING", "Unique": true, "Label": "Name of the pet" },
        { "Name": "Kinds", "Type": "LIST-STRING", "ListField": ["Cat", "Dog"] },
        { "Name": "Born", "Type": "DATE/TIME" },
        { "Name": "Tag", "Type": "RANDOM ID", "Unique": true, "Format": "0U", "Length": 8 },
        { "Name": "Changed", "Type": "TIMESTAMP", "OnInsert": true, "OnUpdate": true,
          "TimeZone": "UTC" },
    ] });
    caspio
        .call("CreateTable", &[], &[], Body::Json(table))
        .await;
    caspio.get("ListTables", &[], &[]).await;
    for name in ["Pets", "Contacts", "Odd [Names] & \"Quotes\""] {
        caspio.get("GetTable", &[name], &[]).await;
        let fields = caspio.get("ListTableFields", &[name], &[]).await;
        for field in fields["Result"].as_array().expect("fields") {
            let field = field["Name"].as_str().expect("a name");
            caspio.get("GetTableField", &[name, field], &[]).await;
        }
    }
    let field = json!({ "Name": "Weight", "Type": "NUMBER", "DisplayOrder": 2 });
    caspio
        .call("CreateTableField", &["Pets"], &[], Body::Json(field))
        .await;
    let change = json!({ "Type": "CURRENCY", "Label": "Price" });
    caspio
        .call(
            "UpdateTableField",
            &["Pets", "Weight"],
            &[],
            Body::Json(change),
        )
        .await;
    caspio.get("DeleteTableField", &["Pets", "Born"], &[]).await;
}

async fn records(caspio: &mut Driver) {
    for (rows, name) in [(None, "Rex"), (Some("rows"), "Tom")] {
        let query: Vec<_> = rows.map(|rows| ("response", rows)).into_iter().collect();
        let pet = json!({ "Name": name, "Kinds": [1, 2], "Weight": 12.5 });
        caspio
            .call("CreateTableRecord", &["Pets"], &query, Body::Json(pet))
            .await;
        let mut query = query;
        query.push(("q.where", "PK_ID > 0"));
        let change = json!({ "Weight": 1.25 });
        caspio
            .call("UpdateTableRecords", &["Pets"], &query, Body::Json(change))
            .await;
    }
    for query in [
        &[][..],
        &[("q.getPaginationInfo", "true"), ("q.pageSize", "5")],
        &[("q.select", "City, COUNT(*) AS N"), ("q.groupBy", "City")],
        &[("q.where", "1 = 0")],
    ] {
        caspio.get("ListTableRecords", &["Contacts"], query).await;
    }
    caspio.get("ListTableRecords", &["Pets"], &[]).await;
    caspio
        .get(
            "DeleteTableRecords",
            &["Pets"],
            &[("q.where", "Name = 'rex'")],
        )
        .await;
}

async fn passwords(caspio: &mut Driver) {
    let only = [("q.where", "PK_ID = 7")];
    let field = ["Contacts", "Secret"];
    let value = Body::Json(json!({ "Value": "correct horse" }));
    caspio
        .get("ListPasswordTableFields", &["Contacts"], &[])
        .await;
    caspio
        .call("UpdatePasswordTableField", &field, &only, value)
        .await;
    caspio.get("ResetPasswordTableField", &field, &only).await;
}

async fn views(caspio: &mut Driver) {
    caspio.get("ListViews", &[], &[]).await;
    for name in ["Active_Contacts", "Order_Details"] {
        caspio.get("GetView", &[name], &[]).await;
        let fields = caspio.get("ListViewFields", &[name], &[]).await;
        let first = fields["Result"][0]["Name"].as_str().expect("a name");
        caspio.get("GetViewField", &[name, first], &[]).await;
        let query = [("q.getPaginationInfo", "true"), ("q.pageNumber", "2")];
        caspio.get("ListViewRecords", &[name], &query).await;
    }
    let view = ["Order_Details"];
    for query in [&[][..], &[("response", "rows")]] {
        let order = json!({ "Quantity": 3, "Total": 12.5 });
        caspio
            .call("CreateViewRecord", &view, query, Body::Json(order))
            .await;
        let mut query = query.to_vec();
        query.push(("q.where", "Order_ID = 7"));
        let change = json!({ "Quantity": 4 });
        caspio
            .call("UpdateViewRecords", &view, &query, Body::Json(change))
            .await;
    }
    caspio
        .get("DeleteViewRecords", &view, &[("q.where", "Order_ID = 8")])
        .await;
}

/// The attachments of a table or of a view: `kind` is part of the operations' names.
async fn attachments(caspio: &mut Driver, kind: &str, place: &str) {
    let operation = |pattern: &str| pattern.replace('*', kind);
    let order = [("q.orderBy", "PK_ID")];
    let rows = caspio
        .get(&operation("List*Records"), &[place], &order)
        .await;
    // The key of a view is a text.
    let key = rows["Result"][0]["PK_ID"].to_string().replace('"', "");
    let one = format!("PK_ID = {key}");
    let only = [("q.where", one.as_str())];
    let field = [place, "Resume"];
    let record = [place, "Resume", key.as_str()];

    caspio
        .call(
            &operation("UploadFileToAttachment*Field"),
            &record,
            &[],
            Body::File("File", "cv.pdf"),
        )
        .await;
    caspio
        .get(&operation("DownloadFileFromAttachment*Field"), &record, &[])
        .await;
    let metadata = operation("GetFileMetadataFromAttachment*Fields");
    caspio.get(&metadata, &field, &only).await;
    let change = operation("UpdateFileMetadataInAttachment*Fields");
    for rows in [&[][..], &[("response", "rows")]] {
        let query: Vec<_> = only.iter().chain(rows).copied().collect();
        let name = Body::Json(json!({ "FileName": "resume" }));
        caspio.call(&change, &field, &query, name).await;
    }
    caspio
        .get(&operation("DeleteFileFromAttachment*Fields"), &field, &only)
        .await;
}

async fn files(caspio: &mut Driver) {
    let folders = caspio.get("ListFilesFolders", &[], &[]).await;
    let folder = text(&folders["Result"][0]["ExternalKey"]);
    caspio
        .get("GetFilesFolderMetadataByKey", &[&folder], &[])
        .await;
    caspio.get("ListFiles", &[], &[]).await;
    let page = [("externalKey", folder.as_str()), ("pageSize", "5")];
    caspio.get("ListFiles", &[], &page).await;
    let uploaded = caspio
        .call("UploadFiles", &[], &[], Body::File("Files", "a b.txt"))
        .await;
    let key = text(&uploaded["Result"][0]["ExternalKey"]);
    for name in ["a b.txt", "second.txt"] {
        caspio
            .call("UpdateFile", &[], &[], Body::File("File", name))
            .await;
    }
    caspio.get("GetFileMetadataByKey", &[&key], &[]).await;
    caspio.get("DownloadFileByKey", &[&key], &[]).await;
    caspio.get("DeleteFileByKey", &[&key], &[]).await;
    let path = [("filePath", "/second.txt")];
    caspio.get("GetFileMetadataByPath", &[], &path).await;
    caspio.get("DownloadFileByPath", &[], &path).await;
    caspio.get("DeleteFileByPath", &[], &path).await;
}

async fn webhooks(caspio: &mut Driver) {
    let webhook = json!({ "Name": "Test", "Description": "A test",
        "OutgoingUrls": ["https://localhost/hook"] });
    let created = caspio
        .call("CreateOutgoingWebhook", &[], &[], Body::Json(webhook))
        .await;
    let id = text(&created["Id"]);
    let event = json!({ "EventType": "table.recordInsert", "ObjectName": "City",
        "EventSources": ["RESTAPIs"], "Enabled": true });
    let created_event = caspio
        .call(
            "CreateOutgoingWebhookEvent",
            &[&id],
            &[],
            Body::Json(event.clone()),
        )
        .await;
    let event_path = [id.as_str(), &text(&created_event["Id"])];
    caspio.get("ListOutgoingWebhooks", &[], &[]).await;
    caspio.get("GetOutgoingWebhook", &[&id], &[]).await;
    let change = Body::Json(json!({ "Description": "Another", "Enabled": false }));
    caspio
        .call("UpdateOutgoingWebhook", &[&id], &[], change)
        .await;
    caspio.get("ListOutgoingWebhookEvents", &[&id], &[]).await;
    caspio
        .get("GetOutgoingWebhookEvent", &event_path, &[])
        .await;
    let mut event = event;
    event["EventType"] = "table.recordDelete".into();
    caspio
        .call(
            "UpdateOutgoingWebhookEvent",
            &event_path,
            &[],
            Body::Json(event),
        )
        .await;
    caspio
        .get("DeleteOutgoingWebhookEvent", &event_path, &[])
        .await;
    caspio.get("DeleteOutgoingWebhook", &[&id], &[]).await;
}

async fn tasks(caspio: &mut Driver) {
    let tasks = caspio.get("ListDataImportExportTasks", &[], &[]).await;
    let key = text(&tasks["Result"][0]["ExternalKey"]);
    // The response differs after the task has run.
    caspio.get("GetDataImportExportTask", &[&key], &[]).await;
    caspio.get("RunDataImportExportTask", &[&key], &[]).await;
    caspio.get("GetDataImportExportTask", &[&key], &[]).await;
}

async fn applications(caspio: &mut Driver) {
    let applications = caspio.get("ListBridgeApplications", &[], &[]).await;
    let key = text(&applications["Result"][0]["ExternalKey"]);
    caspio.get("GetBridgeApplication", &[&key], &[]).await;
    let pages = caspio
        .get("ListBridgeApplicationDataPages", &[&key], &[])
        .await;
    let page = [key.as_str(), &text(&pages["Result"][0]["AppKey"])];
    caspio.get("GetBridgeApplicationDataPage", &page, &[]).await;
    let code = "GetBridgeApplicationDataPageDeploymentCode";
    for method in ["I", "U", "E", "N"] {
        caspio.get(code, &page, &[("method", method)]).await;
    }
    let one = "UpdateBridgeApplicationDataPageDeployment";
    let all = "UpdateBridgeApplicationDataPagesDeployment";
    let deployed = |deployed: bool| Body::Json(json!({ "Deployed": deployed }));
    caspio.call(one, &page, &[], deployed(false)).await;
    caspio.call(all, &[&key], &[], deployed(true)).await;
}

async fn directories(caspio: &mut Driver) {
    let directories = caspio.get("ListDirectories", &[], &[]).await;
    let id = text(&directories["Result"][0]["Id"]);
    let query = [("q.getPaginationInfo", "true"), ("q.pageSize", "5")];
    let users = caspio.get("ListDirectoryUsers", &[&id], &query).await;
    let guid = text(&users["Result"][0]["UserGUID"]);
    for (query, email) in [
        (&[][..], "a@example.com"),
        (&[("response", "rows")], "b@example.com"),
    ] {
        let user = json!({ "Email": email, "First_Name": "New" });
        caspio
            .call("CreateUser", &[&id], query, Body::Json(user))
            .await;
        let mut query = query.to_vec();
        query.push(("Where", "First_Name = 'New'"));
        let change = json!({ "Last_Name": "Name" });
        caspio
            .call("UpdateUsers", &[&id], &query, Body::Json(change))
            .await;
    }
    let only = [("Where", "Email = 'a@example.com'")];
    caspio.get("DeleteUsers", &[&id], &only).await;
    let user = Body::Json(json!({ "UserGUID": guid, "SendEmail": false }));
    caspio.call("ActivateUser", &[&id], &[], user).await;
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
