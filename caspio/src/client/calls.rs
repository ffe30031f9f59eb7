//! The calls of a client: from a target and parameters to the bytes of a response.

use super::response_cache::LookUp;
use super::{Client, WriteChecks};
use crate::decode::{decode_list, decode_member, decode_object, decode_value};
use crate::dialect::{self, Dialect, ListParams, ObjectUrl};
use crate::record::ObjectKind;
use crate::target::Target;
use bytes::Bytes;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Operation, Request, Response, Result, StreamingResponse, Url};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::de::DeserializeOwned;
use std::sync::atomic::AtomicBool;

/// The most entries, other than records, that one call returns.
const ENTRIES_PER_PAGE: usize = 1000;

impl Client {
    /// Reads records. One call.
    pub(crate) fn list(
        &self,
        target: Target,
        params: ListParams,
    ) -> BoxFuture<'static, Result<Bytes>> {
        let client = self.clone();
        async move {
            let records = client.object_url(&target, "records.list").await?.records();
            let url = client.dialect().list_url(records, &params);
            let operation = target.operation("records.list");
            client.get(url, operation).await
        }
        .boxed()
    }

    /// Returns the URL of a table or view, for an operation. One call if its id on v4 is not known yet.
    pub(crate) async fn object_url(
        &self,
        target: &Target,
        operation: &'static str,
    ) -> Result<ObjectUrl> {
        let segment = self.segment(target, operation).await?;
        Ok(ObjectUrl::new(self.base(), target.kind, &segment))
    }

    /// Returns the URL of a table's or view's records by its name, to measure URLs with. Makes no call.
    pub(crate) fn records_url_by_name(&self, target: &Target) -> Url {
        ObjectUrl::new(self.base(), target.kind, &target.name).records()
    }

    /// Returns the names of all tables or all views.
    pub(crate) async fn names(&self, kind: ObjectKind) -> Result<Vec<String>> {
        if self.dialect().capabilities().identifies_by_id {
            let entries = self.entries(kind).await?;
            return Ok(entries.into_iter().map(|entry| entry.name).collect());
        }
        let url = dialect::collection_url(self.base(), kind);
        let operation = Operation::new("names.list");
        self.read_as(self.dialect(), url, operation).await
    }

    /// Reads a part of a table or view other than its records. One call.
    pub(crate) async fn part<T: DeserializeOwned>(
        &self,
        target: &Target,
        part: &str,
        operation: &'static str,
    ) -> Result<T> {
        let url = self.object_url(target, operation).await?.part(&[part]);
        let operation = target.operation(operation);
        self.read_as(self.dialect(), url, operation).await
    }

    /// Reads a part of a table or view as the version that returns the keys of list values. All versions share
    /// the account and the token.
    pub(crate) async fn part_with_list_keys<T: DeserializeOwned>(
        &self,
        target: &Target,
        part: &str,
        operation: &'static str,
    ) -> Result<T> {
        let dialect = dialect::with_list_keys();
        let base = self.account().api_url(dialect.version());
        let url = ObjectUrl::new(&base, target.kind, &target.name).part(&[part]);
        let operation = target.operation(operation);
        self.read_as(dialect, url, operation).await
    }

    /// Reads all entries of a list other than records. One call for every 1,000.
    pub(crate) async fn every_page<T: DeserializeOwned>(
        &self,
        url: &Url,
        operation: &'static str,
    ) -> Result<Vec<T>> {
        self.every_page_as(self.dialect(), url, Operation::new(operation))
            .await
    }

    async fn every_page_as<T: DeserializeOwned>(
        &self,
        dialect: &dyn Dialect,
        url: &Url,
        operation: Operation,
    ) -> Result<Vec<T>> {
        let mut entries: Vec<T> = Vec::new();
        let mut previous = Bytes::new();
        for number in 1.. {
            let url = dialect::page_url(url.clone(), number, ENTRIES_PER_PAGE);
            let body = self.get(url, operation.clone()).await?;
            let (page, total): (Vec<T>, _) =
                decode_member(&body, dialect).map_err(|error| named(error, operation.clone()))?;
            let count = page.len();
            entries.extend(page);
            // The service may return fewer entries than were requested.
            let has_more = total.is_some_and(|total| total > entries.len() as u64);
            if count < ENTRIES_PER_PAGE && !has_more {
                break;
            }
            // A service that ignores the page number would be read forever.
            if count == 0 || body == previous {
                let message = match count {
                    0 => "the list ends before the total that it reports",
                    _ => "the same page came twice",
                };
                return Err(named(Error::new(ErrorKind::Protocol, message), operation));
            }
            previous = body;
        }
        Ok(entries)
    }

    /// Reads all objects of a list, in the dialect of its version: one call, or where the version pages such lists one
    /// for every 1,000.
    pub(crate) async fn every_object<T: DeserializeOwned>(
        &self,
        dialect: &dyn Dialect,
        url: &Url,
        operation: Operation,
    ) -> Result<Vec<T>> {
        if dialect.capabilities().pages_lists {
            return self.every_page_as(dialect, url, operation).await;
        }
        let place = operation.clone();
        let body = self.get(url.clone(), operation).await?;
        decode_list(&body, dialect).map_err(|error| named(error, place))
    }

    /// Reads one object other than a record, in the dialect of its version. One call.
    pub(crate) async fn object<T: DeserializeOwned>(
        &self,
        dialect: &dyn Dialect,
        url: Url,
        operation: Operation,
    ) -> Result<T> {
        let place = operation.clone();
        let body = self.get(url, operation).await?;
        decode_object(&body, dialect).map_err(|error| named(error, place))
    }

    async fn read_as<T: DeserializeOwned>(
        &self,
        dialect: &dyn Dialect,
        url: Url,
        operation: Operation,
    ) -> Result<T> {
        let place = operation.clone();
        let body = self.get(url, operation).await?;
        decode_value(&body, dialect).map_err(|error| named(error, place))
    }

    /// What the client's version of the API sends and returns.
    pub(crate) fn dialect(&self) -> &'static dyn Dialect {
        self.inner.dialect
    }

    /// The URL with which all others of this version begin.
    pub(crate) fn base(&self) -> &Url {
        &self.inner.base
    }

    /// Whether the account refuses text with characters of four bytes.
    pub(crate) fn refuses_four_bytes(&self) -> &AtomicBool {
        &self.inner.refuses_four_bytes
    }

    /// When rows are checked before they are sent.
    pub(crate) fn write_checks(&self) -> WriteChecks {
        self.inner.write_checks
    }

    /// Returns a client whose calls belong to a bulk write, which waits out rate limits for longer.
    pub(crate) fn for_bulk_writes(&self) -> Self {
        Self {
            is_for_bulk_writes: true,
            ..self.clone()
        }
    }

    /// Makes one call and returns its whole response.
    pub(crate) async fn send(&self, request: Request) -> Result<Response> {
        let request = match self.is_for_bulk_writes {
            true => request.of_bulk_write(),
            false => request,
        };
        let may_write = !request.method().is_safe();
        let writing = may_write.then(|| self.inner.responses.start_write());
        let is_of_table = request.operation().table.is_some();
        let sent = self.inner.transport.send(request).await;
        if let Some(writing) = writing.flatten() {
            writing.ended(&sent);
        }
        if let Err(error) = &sent
            && is_of_table
            && error.kind() == ErrorKind::NotFound
            && error.code().is_some_and(names_a_table)
        {
            // A table that was created again has another id.
            self.forget_ids();
        }
        sent
    }

    /// Makes one call and returns its response as a stream.
    pub(crate) async fn send_streaming(&self, request: Request) -> Result<StreamingResponse> {
        self.inner.transport.send_streaming(request).await
    }

    /// Makes one call that reads `url`; none if its response is kept.
    pub(crate) async fn get(&self, url: Url, operation: Operation) -> Result<Bytes> {
        let cache = &self.inner.responses;
        let reading = match cache.look_up(self.kept, &url) {
            LookUp::Kept(body) => return Ok(body),
            LookUp::Absent(reading) => reading,
        };
        let response = self.send(Request::get(url, operation)).await?;
        let body = response.into_body();
        if let Some(reading) = reading {
            cache.keep(reading, &body);
        }
        Ok(body)
    }
}

/// Adds the name and the resource of an operation to an error.
fn named(error: Error, operation: Operation) -> Error {
    let error = error.with_operation(operation.name);
    match operation.resource {
        Some(resource) => error.with_resource(resource),
        None => error,
    }
}

/// Whether an error code means that there is no such table or view.
fn names_a_table(code: &str) -> bool {
    matches!(code, "TableNotFound" | "ViewNotFound" | "ObjectNotFound")
}
