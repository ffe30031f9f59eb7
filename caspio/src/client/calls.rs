//! The calls themselves: from a target and parameters to an answer's bytes.

use super::{Client, WriteChecks};
use crate::decode::decode_value;
use crate::record::SourceKind;
use crate::target::Target;
use crate::wire::{self, Dialect, ListParams};
use bytes::Bytes;
use caspio_core::{
    ApiVersion, Error, ErrorKind, Operation, Request, Response, Result, StreamingResponse, Url,
};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::de::DeserializeOwned;
use std::sync::atomic::AtomicBool;

/// How many entries of a list that is not records one call brings at most.
const LIST_PAGE: usize = 1000;

impl Client {
    /// One call that reads records.
    pub(crate) fn list(
        &self,
        target: Target,
        params: ListParams,
    ) -> BoxFuture<'static, Result<Bytes>> {
        let client = self.clone();
        async move {
            let segment = client.segment(&target).await?;
            let url = client.collection(target.kind, &[&segment, "records"]);
            let url = wire::list_url(url, Dialect::of(client.api_version()), &params);
            let operation = Operation::new("records.list").on(target.to_string());
            client.get(url, operation).await
        }
        .boxed()
    }

    /// The address of a part of a table or view, or of the list of them all.
    pub(crate) fn collection(&self, kind: SourceKind, segments: &[&str]) -> Url {
        wire::collection_url(&self.inner.base, kind, segments)
    }

    /// The address of v4's list of all tables or views with their fields.
    pub(crate) fn schemas(&self, kind: SourceKind) -> Url {
        wire::schemas_url(&self.inner.base, kind)
    }

    /// The names of all tables or views.
    pub(crate) async fn names(&self, kind: SourceKind) -> Result<Vec<String>> {
        if wire::has_ids(self.api_version()) {
            let entries = self.entries(kind).await?;
            return Ok(entries.into_iter().map(|entry| entry.name).collect());
        }
        let operation = Operation::new("names.list");
        self.read(self.collection(kind, &[]), operation).await
    }

    /// One call that reads a part of a table or view that is not records.
    pub(crate) async fn part<T: DeserializeOwned>(
        &self,
        target: &Target,
        part: &str,
        operation: &'static str,
    ) -> Result<T> {
        let segment = self.segment(target).await?;
        let url = self.collection(target.kind, &[&segment, part]);
        self.read(url, Operation::new(operation).on(target.to_string()))
            .await
    }

    /// The same on v3, whatever version the client speaks: all share the account and the token.
    pub(crate) async fn v3_part<T: DeserializeOwned>(
        &self,
        target: &Target,
        part: &str,
        operation: &'static str,
    ) -> Result<T> {
        let base = self.account().api_url(ApiVersion::V3);
        let url = wire::collection_url(&base, target.kind, &[&target.name, part]);
        let operation = Operation::new(operation).on(target.to_string());
        self.read_as(ApiVersion::V3, url, operation).await
    }

    /// All entries of one of v4's lists that are not records. One call for every 1,000.
    pub(crate) async fn every_page<T: DeserializeOwned>(
        &self,
        url: &Url,
        operation: &'static str,
    ) -> Result<Vec<T>> {
        let mut entries: Vec<T> = Vec::new();
        let mut before = Bytes::new();
        for number in 1.. {
            let url = wire::page_url(url.clone(), number, LIST_PAGE);
            let body = self.get(url, Operation::new(operation)).await?;
            let page: Vec<T> = decode_value(&body, self.api_version())
                .map_err(|error| error.with_operation(operation))?;
            let last = page.len() < LIST_PAGE;
            if !last && body == before {
                return Err(Error::new(ErrorKind::Protocol, "the same page came twice")
                    .with_operation(operation));
            }
            entries.extend(page);
            if last {
                break;
            }
            before = body;
        }
        Ok(entries)
    }

    async fn read<T: DeserializeOwned>(&self, url: Url, operation: Operation) -> Result<T> {
        self.read_as(self.api_version(), url, operation).await
    }

    async fn read_as<T: DeserializeOwned>(
        &self,
        version: ApiVersion,
        url: Url,
        operation: Operation,
    ) -> Result<T> {
        let (name, object) = (operation.name, operation.object.clone());
        let body = self.get(url, operation).await?;
        decode_value(&body, version).map_err(|error| {
            let error = error.with_operation(name);
            match object {
                Some(object) => error.with_object(object),
                None => error,
            }
        })
    }

    /// The address that every other begins with.
    pub(crate) fn base(&self) -> &Url {
        &self.inner.base
    }

    /// Whether the account refuses text with characters of four bytes.
    pub(crate) fn refuses_four_bytes(&self) -> &AtomicBool {
        &self.inner.refuses_four_bytes
    }

    /// How rows are checked before they are sent.
    pub(crate) fn write_checks(&self) -> WriteChecks {
        self.inner.write_checks
    }

    /// One call, its answer whole.
    pub(crate) async fn send(&self, request: Request) -> Result<Response> {
        self.inner.transport.send(request).await
    }

    /// One call, its answer to be read while it comes.
    pub(crate) async fn send_streaming(&self, request: Request) -> Result<StreamingResponse> {
        self.inner.transport.send_streaming(request).await
    }

    /// One call that reads whatever is at `url`.
    pub(crate) async fn get(&self, url: Url, operation: Operation) -> Result<Bytes> {
        let response = self.send(Request::get(url, operation)).await?;
        Ok(response.into_body())
    }
}
