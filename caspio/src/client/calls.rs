//! The calls themselves: from a target and parameters to an answer's bytes.

use super::Client;
use crate::decode::decode_value;
use crate::record::SourceKind;
use crate::target::Target;
use crate::wire::{self, Dialect, ListParams};
use bytes::Bytes;
use caspio_core::{Operation, Request, Result, Url};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::de::DeserializeOwned;

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

    async fn read<T: DeserializeOwned>(&self, url: Url, operation: Operation) -> Result<T> {
        let (name, object) = (operation.name, operation.object.clone());
        let body = self.get(url, operation).await?;
        decode_value(&body, self.api_version()).map_err(|error| {
            let error = error.with_operation(name);
            match object {
                Some(object) => error.with_object(object),
                None => error,
            }
        })
    }

    /// One call that reads whatever is at `url`.
    pub(crate) async fn get(&self, url: Url, operation: Operation) -> Result<Bytes> {
        let response = self
            .inner
            .transport
            .send(Request::get(url, operation))
            .await?;
        Ok(response.into_body())
    }
}
