//! What the calls on webhooks and on events have in common.

use crate::client::Client;
use crate::dialect::{WebhookDialect, webhooks_json};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Operation, Request, Result, Url};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Returns the operations of the client's version.
///
/// # Errors
///
/// `Refused`: it has none.
pub(super) fn dialect(client: &Client) -> Result<&'static dyn WebhookDialect> {
    let dialect = client.dialect();
    dialect.webhooks().ok_or_else(|| {
        let version = dialect.version();
        let message = format!("{version} of the API has no operations on webhooks");
        Error::new(ErrorKind::Refused, message)
            .with_hint("use v3 or v4, by `ClientBuilder::api_version`")
    })
}

/// Reads a whole list: one call, on v4 one for every 1,000 entries.
pub(super) async fn list<T>(client: &Client, url: Url, operation: Operation) -> Result<Vec<T>>
where
    T: DeserializeOwned + From<Map<String, Value>>,
{
    if dialect(client)?.has_pages() {
        return client.every_page(&url, operation.name).await;
    }
    let body = client.get(url, operation).await?;
    webhooks_json(&body)
}

/// Deletes a webhook or an event. If an earlier attempt may have deleted it, that it does not exist is a success. A 404
/// without a code does not say so: it may come from a gateway.
pub(super) async fn delete(client: &Client, request: Request) -> Result<()> {
    match client.send(request).await {
        Err(error) if is_absent(&error) && error.maybe_applied() => Ok(()),
        sent => sent.map(drop),
    }
}

fn is_absent(error: &Error) -> bool {
    error.is_not_found() && error.code().is_some()
}

/// Adds the operation and what it was on to an error that does not have them. A token request and the lookup of an id
/// have operations of their own.
pub(super) fn with_context(error: Error, operation: &'static str, resource: &str) -> Error {
    if error.operation().is_some_and(|name| name != operation) {
        return error;
    }
    let error = error.with_operation(operation);
    match error.resource() {
        Some(_) => error,
        None => error.with_resource(resource),
    }
}
