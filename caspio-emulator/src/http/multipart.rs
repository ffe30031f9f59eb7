//! Multipart bodies, read completely before a handler runs.

use super::Refusal;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart};
use axum::http::{Request, request};

/// One part of a multipart body.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Bytes,
}

/// Reads every part of `body`.
pub(crate) async fn read(head: &request::Parts, body: Bytes) -> Result<Vec<Part>, Refusal> {
    let request = Request::from_parts(head.clone(), Body::from(body));
    let mut multipart = Multipart::from_request(request, &())
        .await
        .map_err(|_| Refusal::incorrect_body())?;
    let mut parts = Vec::new();
    while let Some(field) = multipart
        .next_field()
        .await
        .map_err(|_| Refusal::incorrect_body())?
    {
        parts.push(Part {
            name: field.name().unwrap_or_default().to_owned(),
            file_name: field.file_name().map(str::to_owned),
            content_type: field.content_type().map(str::to_owned),
            bytes: field.bytes().await.map_err(|_| Refusal::incorrect_body())?,
        });
    }
    Ok(parts)
}
