//! Keys as fields of the request body.

use super::{Authenticate, CredentialVersion};
use crate::error::ErrorContext as _;
use crate::redact::CarriedSecrets;
use crate::request::{FORM, encode_form};
use crate::{Body, Error, ErrorKind, Result};
use http::{HeaderValue, Method, header};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::fmt;
use zeroize::Zeroizing;

const JSON: &str = "application/json";

/// The format of a body that contains the authentication fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BodyKind {
    /// `name=key&...`
    Form,
    /// `{"name":"key",...}`
    Json,
}

/// One or more fixed keys as fields of the body of every POST, PUT and PATCH.
///
/// A body of the same format keeps its other fields; an empty body gets only these. A request that
/// cannot contain them (a GET, an upload, a body of the other format, a body with a field of the same
/// name) is refused before it is sent.
///
/// ```
/// use caspio_core::auth::{BodyField, BodyKind};
///
/// let auth = BodyField::new(BodyKind::Json, "api_key", "k3y").and("app", "shop");
/// assert!(!format!("{auth:?}").contains("k3y"));
/// ```
#[derive(Clone)]
pub struct BodyField {
    kind: BodyKind,
    fields: Vec<(String, SecretString)>,
    sent: CarriedSecrets,
}

impl BodyField {
    /// Creates the scheme with one field.
    pub fn new(kind: BodyKind, name: impl Into<String>, key: impl Into<SecretString>) -> Self {
        let empty = Self {
            kind,
            fields: Vec::new(),
            sent: CarriedSecrets::new([]),
        };
        empty.and(name, key)
    }

    /// Adds a field.
    #[must_use]
    pub fn and(mut self, name: impl Into<String>, key: impl Into<SecretString>) -> Self {
        self.fields.push((name.into(), key.into()));
        self.sent = CarriedSecrets::new(self.fields.iter().map(|(_, key)| key.clone()));
        self
    }

    fn put(&self, request: &mut http::Request<Body>) -> Result<CredentialVersion> {
        if ![Method::POST, Method::PUT, Method::PATCH].contains(request.method()) {
            return Err(refused(
                "this authentication is sent in the body, and the request has none",
            ));
        }
        let Some(body) = request.body().as_bytes() else {
            return Err(refused(
                "this authentication is sent in the body, and the body is a stream",
            ));
        };
        if !body.is_empty() && !self.fits(request.headers().get(header::CONTENT_TYPE)) {
            return Err(refused(
                "the body does not have the format of the authentication field",
            ));
        }
        let (body, content) = match self.kind {
            BodyKind::Form => (self.in_form(body)?, FORM),
            BodyKind::Json => (self.in_json(body)?, JSON),
        };
        *request.body_mut() = body.into();
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content));
        request.extensions_mut().insert(self.sent.clone());
        Ok(CredentialVersion::new())
    }

    fn fits(&self, content: Option<&HeaderValue>) -> bool {
        let kind = match self.kind {
            BodyKind::Form => FORM,
            BodyKind::Json => JSON,
        };
        content
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.split(';').next())
            .is_some_and(|text| text.trim().eq_ignore_ascii_case(kind))
    }

    fn in_form(&self, body: &[u8]) -> Result<Vec<u8>> {
        for (name, _) in url::form_urlencoded::parse(body) {
            self.check_free(&name)?;
        }
        let pairs: Vec<_> = self.pairs().collect();
        let mut form = encode_form(&pairs).into_bytes();
        if !body.is_empty() {
            form.push(b'&');
            form.extend_from_slice(body);
        }
        Ok(form)
    }

    /// Inserts the fields as text, so that numbers and the order of the other members stay unchanged.
    fn in_json(&self, body: &[u8]) -> Result<Vec<u8>> {
        let body = match body.trim_ascii() {
            b"" => b"{}",
            text => text,
        };
        let members: HashMap<String, &RawValue> = serde_json::from_slice(body)
            .map_err(|_| refused("the body is not a JSON object, so no field can be added"))?;
        for name in members.keys() {
            self.check_free(name)?;
        }
        let mut json = Vec::with_capacity(body.len() + 64);
        json.push(b'{');
        for (index, (name, key)) in self.pairs().enumerate() {
            let quoted = |text: &str| serde_json::Value::from(text).to_string();
            let key = Zeroizing::new(quoted(key));
            let comma = if index > 0 { "," } else { "" };
            json.extend_from_slice(format!("{comma}{}:", quoted(name)).as_bytes());
            json.extend_from_slice(key.as_bytes());
        }
        if !members.is_empty() {
            json.push(b',');
        }
        json.extend_from_slice(&body[1..]);
        Ok(json)
    }

    fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let fields = self.fields.iter();
        fields.map(|(name, key)| (name.as_str(), key.expose_secret()))
    }

    fn check_free(&self, name: &str) -> Result<()> {
        if self.fields.iter().any(|(ours, _)| ours == name) {
            return Err(
                refused("the body already contains the authentication field").with_field(name),
            );
        }
        Ok(())
    }
}

fn refused(message: &'static str) -> Error {
    Error::new(ErrorKind::Refused, message)
}

impl Authenticate for BodyField {
    fn authorize_now(
        &self,
        request: &mut http::Request<Body>,
    ) -> Option<Result<CredentialVersion>> {
        Some(self.put(request))
    }
}

impl fmt::Debug for BodyField {
    /// Shows the names of the fields and hides the keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.fields.iter().map(|(name, _)| name).collect();
        f.debug_struct("BodyField")
            .field("kind", &self.kind)
            .field("fields", &names)
            .finish_non_exhaustive()
    }
}
