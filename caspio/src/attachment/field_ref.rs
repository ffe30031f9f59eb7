//! An attachment field, and the common part of all operations on it.

use super::info::{AttachmentInfo, infos};
use crate::client::Client;
use crate::dialect::{AttachmentField, Dialect};
use crate::read::explain_unknown_column;
use crate::record::{Key, ObjectKind, with_key};
use crate::schema::FieldDefinition;
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Operation, Result, Url};
use caspio_schema::is_same_name;

pub(super) const INFO: &str = "attachments.info";

/// An attachment field of a table or view.
#[derive(Clone, Debug)]
pub(super) struct FieldRef {
    pub(super) client: Client,
    pub(super) target: Target,
    pub(super) field: String,
}

impl FieldRef {
    pub(super) fn operation(&self, name: &'static str) -> Operation {
        self.target.operation(name)
    }

    /// Creates the error of an operation that is refused without a call.
    pub(super) fn refused(&self, operation: &'static str, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Refused, message)
            .with_operation(operation)
            .with_resource(self.target.to_string())
            .with_field(&self.field)
    }

    /// Adds the operation, the table or view and the field to an error.
    pub(super) fn with_context(&self, operation: &'static str, error: Error) -> Error {
        // A token request and the lookup of an id have operations of their own.
        if error.operation().is_some_and(|name| name != operation) {
            return error;
        }
        let error = match error.operation() {
            Some(_) => error,
            None => self.named(operation, error),
        };
        let error = match error.field() {
            Some(_) => error,
            None => error.with_field(&self.field),
        };
        explain_unknown_column(error, &self.client, &self.target, &[])
    }

    fn named(&self, operation: &'static str, error: Error) -> Error {
        error
            .with_operation(operation)
            .with_resource(self.target.to_string())
    }

    pub(super) fn check_version(&self, operation: &'static str) -> Result<()> {
        let dialect = self.client.dialect();
        if dialect.capabilities().supports_attachments {
            return Ok(());
        }
        let version = dialect.version();
        let message = format!("{version} of the API has no operations on attachments");
        Err(self
            .refused(operation, message)
            .with_hint("use v3 or v4, by `ClientBuilder::api_version`"))
    }

    /// Returns the file types that the field permits; none if they cannot be read.
    pub(super) async fn permitted_types(&self) -> Result<Vec<String>> {
        let fields = match self.client.definitions(&self.target).await {
            Ok(fields) => fields,
            Err(error) if error.is_retryable() || error.is_auth() => return Err(error),
            // A profile may upload without the right to read definitions. The service checks the type as well.
            Err(_) => return Ok(Vec::new()),
        };
        let own = |field: &&FieldDefinition| is_same_name(&field.name, &self.field);
        let rules = fields
            .iter()
            .find(own)
            .and_then(|field| field.attachment.as_ref());
        Ok(rules.map_or(Vec::new(), |rules| rules.permitted_file_types.clone()))
    }

    /// Creates the request of an operation.
    pub(super) async fn request<T>(
        &self,
        operation: &'static str,
        make: impl FnOnce(&dyn Dialect, &AttachmentField<'_>, Operation) -> T,
    ) -> Result<T> {
        self.check_version(operation)?;
        if matches!(self.field.as_str(), "" | "." | "..") {
            return Err(self.refused(operation, "no field can have this name"));
        }
        let object = self.client.object_url(&self.target, operation).await?;
        let field = AttachmentField {
            object: &object,
            field: &self.field,
        };
        let dialect = self.client.dialect();
        Ok(make(dialect, &field, self.operation(operation)))
    }

    /// Reads the names, sizes and dates of the files of the records that meet a condition.
    pub(super) async fn infos(&self, condition: &str) -> Result<Vec<AttachmentInfo>> {
        let request = self.request(INFO, |dialect, field, operation| {
            dialect.attachment_infos(field, condition, operation)
        });
        let request = request.await?;
        let sent = self.client.send(request).await;
        let sent = sent.map_err(|error| self.with_context(INFO, error))?;
        let read = infos(sent.body(), self.client.dialect(), self.target.kind);
        read.map_err(|error| self.with_context(INFO, error))
    }

    /// Returns the URL of one record's file.
    pub(super) async fn file(&self, key: &Key, operation: &'static str) -> Result<Url> {
        let key = self.path_key(key, operation)?;
        self.request(operation, |dialect, field, _| {
            dialect.attachment_url(field, &key)
        })
        .await
    }

    /// Returns a key as a path segment. A view's key may contain only ids and commas, to prevent path traversal.
    pub(super) fn path_key(&self, key: &Key, operation: &'static str) -> Result<String> {
        let text = key.to_string();
        let of_ids = |text: &str| {
            text.bytes().any(|byte| byte.is_ascii_digit())
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b',')
        };
        if self.target.kind == ObjectKind::Table || of_ids(&text) {
            return Ok(text);
        }
        self.check_version(operation)?;
        let error = self.refused(operation, "this is not the key of a view's record");
        Err(with_key(error, key)
            .with_hint("a view's PK_ID is the ids of its tables' records, joined by commas"))
    }
}
