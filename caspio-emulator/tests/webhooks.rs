//! Webhooks over v3, and the messages they deliver.

mod common;
#[path = "common/receiver.rs"]
mod receiver;

use common::{Caspio, code};
use receiver::{next, receiver};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn webhook(caspio: &Caspio, url: &str, event: Value) -> Value {
    let (status, webhook) = caspio
        .send(
            Method::POST,
            "outgoingWebhooks",
            json!({ "Name": "Test", "OutgoingUrls": [url] }),
        )
        .await;
    assert_eq!(status, StatusCode::CREATED, "{webhook}");
    let id = webhook["Id"].as_str().expect("an id");
    let (status, event) = caspio
        .send(
            Method::POST,
            &format!("outgoingWebhooks/{id}/events"),
            event,
        )
        .await;
    assert_eq!(status, StatusCode::CREATED, "{event}");
    webhook
}

#[tokio::test]
async fn secret_of_a_webhook_is_returned_once() {
    let caspio = Caspio::sample().await;
    let created = webhook(
        &caspio,
        "https://localhost/hook",
        json!({ "EventType": "table.recordInsert", "ObjectName": "City" }),
    )
    .await;
    let id = created["Id"].as_str().expect("an id");

    let list = caspio.json("outgoingWebhooks", &[]).await;
    let one = caspio.json(&format!("outgoingWebhooks/{id}"), &[]).await;

    assert!(created["Secret"].is_string());
    assert_eq!(created.get("Status"), None);
    assert_eq!(list[0]["Name"], "Test");
    assert_eq!(list[0].get("Secret"), None);
    assert_eq!(one["Events"], 1);
    assert_eq!(one["CallThrottling"], 10);
}

#[tokio::test]
async fn names_and_urls_are_unique_and_what_is_not_delivered_is_refused() {
    let caspio = Caspio::sample().await;
    let event = json!({ "EventType": "table.recordInsert", "ObjectName": "City" });
    let created = webhook(&caspio, "https://localhost/hook", event.clone()).await;
    let id = created["Id"].as_str().expect("an id");

    let (same_name, _) = caspio
        .send(
            Method::POST,
            "outgoingWebhooks",
            json!({ "Name": "Test", "OutgoingUrls": ["https://localhost/other"] }),
        )
        .await;
    let (plain_http, _) = caspio
        .send(
            Method::POST,
            "outgoingWebhooks",
            json!({ "Name": "Other", "OutgoingUrls": ["http://example.com/"] }),
        )
        .await;
    let elsewhere = json!({ "Name": "Other", "OutgoingUrls": ["https://example.com/"] });
    let (_, elsewhere) = caspio
        .send(Method::POST, "outgoingWebhooks", elsewhere)
        .await;
    let (equal, body) = caspio
        .send(
            Method::POST,
            &format!("outgoingWebhooks/{id}/events"),
            event,
        )
        .await;

    assert_eq!(same_name, StatusCode::BAD_REQUEST);
    assert_eq!(plain_http, StatusCode::BAD_REQUEST);
    assert_eq!(code(&elsewhere), "NotEmulated");
    assert_eq!(equal, StatusCode::BAD_REQUEST);
    assert_eq!(code(&body), "IncorrectBodyParameter");
}

#[tokio::test]
async fn an_insert_is_delivered_with_secret_and_signature() {
    let caspio = Caspio::sample().await;
    let (url, mut messages) = receiver(0).await;
    let webhook = webhook(
        &caspio,
        &url,
        json!({ "EventType": "table.recordInsert", "ObjectName": "City" }),
    )
    .await;

    caspio
        .send(
            Method::POST,
            "tables/City/records",
            json!({ "Name": "Bern", "Population": 134_591 }),
        )
        .await;

    let (head, body) = next(&mut messages).await;
    assert!(head.to_lowercase().contains("x-caspio-signature: "));
    assert_eq!(body["secret"], webhook["Secret"]);
    assert_eq!(body["webhookId"], webhook["Id"]);
    assert_eq!(body["eventType"], "table.recordInsert");
    assert_eq!(body["objectName"], "City");
    assert_eq!(body["accountId"], "demo");
    assert_eq!(body["data"][0]["Name"], "Bern");
    assert_eq!(body["data"][0]["PK_ID"], 13);
}

#[tokio::test]
async fn update_is_sent_only_if_a_watched_value_changes() {
    let caspio = Caspio::sample().await;
    let (url, mut messages) = receiver(0).await;
    webhook(
        &caspio,
        &url,
        json!({
            "EventType": "table.recordUpdate", "ObjectName": "City",
            "ObjectFields": ["Population"],
        }),
    )
    .await;
    let update = async |where_: &str, record: Value| {
        let path = format!("tables/City/records?q.where={}", common::encode(where_));
        caspio.send(Method::PUT, &path, record).await
    };

    update("PK_ID=1", json!({ "Population": 114_394 })).await;
    update("PK_ID=2", json!({ "State": "XX" })).await;
    update("PK_ID IN (3,4)", json!({ "Population": 1 })).await;

    let (_, body) = next(&mut messages).await;
    let keys: Vec<_> = body["data"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| row["PK_ID"].clone())
        .collect();
    assert_eq!(keys, [3, 4]);
}

#[tokio::test]
async fn message_is_retried_until_it_is_accepted() {
    let caspio = Caspio::sample().await;
    let (url, mut messages) = receiver(2).await;
    webhook(
        &caspio,
        &url,
        json!({ "EventType": "table.recordDelete", "ObjectName": "City" }),
    )
    .await;

    caspio
        .send(
            Method::DELETE,
            "tables/City/records?q.where=PK_ID%3D1",
            Value::Null,
        )
        .await;

    let (_, first) = next(&mut messages).await;
    let (_, second) = next(&mut messages).await;
    let (_, third) = next(&mut messages).await;
    assert_eq!(first["messageId"], second["messageId"]);
    assert_eq!(first, third);
    assert_eq!(first["data"][0]["Name"], "Springfield");
}

#[tokio::test]
async fn template_makes_the_body_and_sources_are_respected() {
    let caspio = Caspio::sample().await;
    let (url, mut messages) = receiver(0).await;
    webhook(
        &caspio,
        &url,
        json!({
            "EventType": "table.recordInsert", "ObjectName": "City",
            "EventSources": ["Datasheet"],
            "CustomPayloadTemplate":
                "{'secret':'[@out-hook:secret]','data':[{'id':'[@field:PK_ID]','n':'[@field:Name]'}]}",
        }),
    )
    .await;

    caspio
        .send(
            Method::POST,
            "tables/City/records",
            json!({ "Name": "not sent" }),
        )
        .await;
    caspio
        .emulator
        .insert("City", json!({ "Name": "say \"hi\"" }))
        .expect("inserted");

    let (_, body) = next(&mut messages).await;
    assert_eq!(body["data"], json!([{ "id": "14", "n": "say \"hi\"" }]));
}

#[tokio::test]
async fn deleted_webhook_sends_nothing() {
    let caspio = Caspio::sample().await;
    let created = webhook(
        &caspio,
        "https://localhost/hook",
        json!({ "EventType": "table.recordInsert", "ObjectName": "City" }),
    )
    .await;
    let path = format!(
        "outgoingWebhooks/{}",
        created["Id"].as_str().expect("an id")
    );

    let (status, _) = caspio.send(Method::DELETE, &path, Value::Null).await;

    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(caspio.refusal(&path, &[]).await.0, 404);
    assert_eq!(caspio.json("outgoingWebhooks", &[]).await, json!([]));
}
