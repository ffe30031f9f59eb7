//! The requests of the SDK on v3 are those of Caspio's own document.

use crate::document::{Document, Sent};
use crate::list::operations;
use caspio::applications::DeploymentMethod;
use caspio::attachment::Upload;
use caspio::files::IfExists;
use caspio::http;
use caspio::http_client::{Body, HttpError, HttpService, ReqwestService};
use caspio::prelude::*;
use caspio::schema::{DataType, FieldDefinition, FieldUpdate, ObjectDefinition};
use caspio::webhooks::{EventSettings, NewWebhook, WebhookUpdate};
use caspio::{Account, ApiVersion, RetryPolicy};
use caspio_emulator::{Emulator, ViewDef};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

const BASE: &str = "/integrations/rest/v3";

/// Keeps the requests of v3.
#[derive(Debug)]
struct Keeping {
    service: ReqwestService,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl HttpService for Keeping {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        async move {
            let (parts, body) = request.into_parts();
            let body = body.bytes(usize::MAX).await?;
            if let Some(path) = parts.uri.path().strip_prefix(BASE) {
                let query = parts.uri.query().unwrap_or_default().split('&');
                let names = query.filter_map(|one| one.split('=').next());
                let content_type = parts.headers.get("content-type");
                let sent = Sent {
                    method: parts.method.to_string(),
                    path: path.to_owned(),
                    query: names
                        .filter(|name| !name.is_empty())
                        .map(str::to_owned)
                        .collect(),
                    content_type: content_type
                        .and_then(|value| value.to_str().ok())
                        .unwrap_or_default()
                        .to_owned(),
                    body: body.to_vec(),
                };
                self.sent
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(sent);
            }
            let request = http::Request::from_parts(parts, Body::from(body));
            self.service.call(request).await
        }
        .boxed()
    }
}

/// Makes every call that a method of the SDK makes on v3.
async fn use_everything(caspio: &Client) -> caspio::Result<()> {
    schema(caspio).await?;
    records(caspio).await?;
    attachments(caspio).await?;
    tasks(caspio).await?;
    applications(caspio).await?;
    files(caspio).await?;
    webhooks(caspio).await
}

async fn schema(caspio: &Client) -> caspio::Result<()> {
    caspio.tables().await?;
    caspio.views().await?;
    caspio.view_named("Active_Contacts").fields().await?;
    let name = FieldDefinition::new("Name", DataType::Text255);
    let kinds = FieldDefinition::new("Weight", DataType::Number);
    caspio
        .create_table(&ObjectDefinition::new("Pets", vec![name]))
        .await?;
    let pets = caspio.table_named("Pets");
    pets.add_field(&kinds).await?;
    let update = FieldUpdate::new().label("In kilograms");
    pets.change_field("Weight", &update).await?;
    pets.fields().await?;
    pets.delete_field("Weight").await
}

async fn records(caspio: &Client) -> caspio::Result<()> {
    let orders = caspio.table_named("Orders");
    orders.query().limit(3).collect().await?;
    orders.count().await?;
    let sorted = orders
        .query()
        .order_by(|o| o.column::<i32>("Quantity").desc());
    sorted.page(2, None).await?;
    let order = RecordMap::from([("Quantity", 3)]);
    orders.insert(&order).await?;
    orders.insert(&order).returning().await?;
    orders.update(1).set_value("Quantity", 4).await?;
    orders
        .update(1)
        .set_value("Quantity", 5)
        .returning()
        .await?;
    let some = orders.update_where_raw("PK_ID = ?", (2,));
    some.set_value("Quantity", 6).await?;
    orders.delete(3).await?;
    orders.delete_where_raw("PK_ID = ?", (4,)).await?;

    let details = caspio.view_named("Order_Details").writable();
    details.query().limit(2).collect().await?;
    details.insert(&order).await?;
    let some = details.update_where_raw("Quantity = ?", (6,));
    some.set_value("Quantity", 7).await?;
    details.delete_where_raw("Quantity = ?", (7,)).await?;

    let contacts = caspio.table_named("Contacts");
    contacts.password_fields().await?;
    contacts
        .set_password(7, |_| "Secret", "correct horse")
        .await?;
    contacts.reset_password(7, |_| "Secret").await
}

async fn attachments(caspio: &Client) -> caspio::Result<()> {
    let resume = caspio.table_named("Contacts").attachment(7, |_| "Resume");
    resume.upload(Upload::bytes("cv.pdf", "%PDF")).await?;
    resume.info().await?;
    resume.download().await?.bytes().await?;
    resume.rename("resume").await?;
    resume.delete().await?;
    let resumes = caspio.view_named("Resumes").writable();
    let resume = resumes.attachment("7", |_| "Resume");
    resume.upload(Upload::bytes("cv.pdf", "%PDF")).await?;
    resume.info().await?;
    resume.download().await?.bytes().await?;
    resume.rename("resume").await?;
    resume.delete().await
}

async fn tasks(caspio: &Client) -> caspio::Result<()> {
    caspio.tasks().named("Orders Import").await?.run().await
}

async fn applications(caspio: &Client) -> caspio::Result<()> {
    let list = caspio.applications().list().await?;
    let id = list[0].id.as_ref().expect("an id");
    let desk = caspio.applications().application(id);
    desk.info().await?;
    let pages = desk.data_pages().await?;
    let page = desk.data_page(pages[0].key.as_ref().expect("a key"));
    page.info().await?;
    page.code(DeploymentMethod::Embedded).await?;
    page.undeploy().await?;
    page.deploy().await?;
    desk.undeploy_all().await?;
    desk.deploy_all().await
}

async fn files(caspio: &Client) -> caspio::Result<()> {
    let files = caspio.files();
    let photos = files.folder_at("/Photos").await?;
    photos.list().await?;
    photos.folders().await?;
    photos.info().await?;
    let notes = || Upload::bytes("notes.txt", "Hello");
    photos.upload(notes(), IfExists::Refuse).await?;
    photos.upload(notes(), IfExists::Replace).await?;
    let at_path = files.file_at("/Photos/notes.txt");
    at_path.info().await?;
    at_path.download().await?.bytes().await?;
    at_path.delete().await?;
    photos.upload(notes(), IfExists::Refuse).await?;
    let found = photos.find("notes.txt").await?.expect("it was stored");
    let stored = files.file(found.id);
    stored.info().await?;
    stored.download().await?.bytes().await?;
    stored.delete().await
}

async fn webhooks(caspio: &Client) -> caspio::Result<()> {
    let webhooks = caspio.webhooks();
    let new = NewWebhook::new("Orders", ["https://localhost/hook"]);
    let id = webhooks.create(new).await?.webhook.id;
    webhooks.list().await?;
    webhooks.get(&id).await?;
    let update = WebhookUpdate::new().description("To the warehouse.");
    webhooks.update(&id, update).await?;
    let events = webhooks.events(&id);
    let event = events.create(EventSettings::inserted("Orders")).await?;
    events.list().await?;
    events.get(&event.id).await?;
    let changed = EventSettings::inserted("Orders").disabled();
    events.update(&event.id, changed).await?;
    events.delete(&event.id).await?;
    webhooks.delete(&id).await
}

#[tokio::test]
async fn every_request_of_v3_is_documented() {
    let Some(document) = Document::read() else {
        return;
    };
    let emulator = Emulator::builder().sample_orders(20).start().await;
    let emulator = emulator.expect("an emulator");
    let resumes = ViewDef::new("Resumes", "Contacts")
        .field("Contacts.Email")
        .field("Contacts.Resume");
    emulator.create_view(resumes).expect("a view");
    let account = Account::new(&emulator.url()).expect("an account");
    let sent = Arc::new(Mutex::new(Vec::new()));
    let service = Keeping {
        service: ReqwestService::for_account(&account).expect("a service"),
        sent: Arc::clone(&sent),
    };
    let caspio = Client::builder()
        .account(emulator.url())
        .credentials(emulator.client_id(), emulator.client_secret())
        .api_version(ApiVersion::V3)
        .retry(RetryPolicy::none())
        .http_service(Arc::new(service))
        .build()
        .expect("a client");

    use_everything(&caspio).await.expect("the calls");

    let sent = sent.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut mistakes = Vec::new();
    let mut used = BTreeSet::new();
    for sent in &sent {
        let Some(operation) = document.operation(sent) else {
            mistakes.push(format!("{} {}: no operation", sent.method, sent.path));
            continue;
        };
        used.insert(operation.name().to_owned());
        let wrong = operation.mistakes(sent).into_iter();
        mistakes.extend(wrong.map(|wrong| format!("{} {}: {wrong}", sent.method, sent.path)));
    }
    assert!(mistakes.is_empty(), "{mistakes:#?}");
    let listed = operations();
    let with_method = listed
        .iter()
        .filter(|one| one.call("v3").is_some() && !one.sdk.is_empty());
    let with_method: BTreeSet<_> = with_method.map(|one| one.name.clone()).collect();
    assert_eq!(used, with_method);
}
