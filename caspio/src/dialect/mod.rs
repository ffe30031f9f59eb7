//! What each version of the API sends and returns.
//!
//! [`Dialect`] lists every request that is built and the capabilities of a version. [`v2v3`] and [`v4`] implement it;
//! [`responses`], [`field_json`] and [`attachment_json`] read the responses. A group of other resources has a module
//! with its requests and responses. No other module asks for a version or knows `q.`, `Result` or `data`.

mod account_json;
mod applications;
mod attachment_json;
mod capabilities;
mod capability;
mod discovery;
mod field_body;
mod field_json;
mod files;
mod insert_outcome;
mod members;
mod multipart;
mod pagination;
mod params;
mod responses;
mod selector;
mod tasks;
mod url;
mod v2v3;
mod v4;
mod webhooks;

pub(crate) use account_json::{NameJson, ProfileJson, SchemaJson};
pub(crate) use applications::{
    ApplicationJson, ApplicationRequests, DataPageJson, FlexJson, Pages,
};
pub(crate) use attachment_json::{AttachmentJson, total_count};
pub(crate) use capabilities::Capabilities;
pub use capability::Capability;
pub(crate) use discovery::{
    DirectorySchemaJson, ErrorJson, WebhookSchemaJson, directory_schemas_url, error_url,
    errors_url, webhook_schemas_url,
};
pub(crate) use field_body::Undocumented;
pub(crate) use field_json::{FieldJson, FieldTypeJson, adopt_keys, in_order, relationships};
pub(crate) use files::{
    ENTRIES_PER_PAGE, FileAt, FileJson, FileOperations, FolderJson, Storing, TogetherJson,
    UploadedJson, one_file, one_folder, uploaded,
};
pub use insert_outcome::shows_every_row;
pub(crate) use members::Members;
pub(crate) use multipart::{ATTACHMENT_PART, MultipartForm};
pub(crate) use pagination::Pagination;
pub(crate) use params::{ListParams, Window};
pub(crate) use responses::{
    RowResult, affected, affected_by_key, affected_if_reported, confirmed, inserted_key,
    is_confirmed, key_unknown, parse_bulk_results,
};
pub(crate) use selector::{RecordSelector, Returning};
pub(crate) use tasks::{TaskJson, TaskRequests};
pub(crate) use url::{ObjectUrl, collection_url, encoded_length, push_query};
pub(crate) use v4::{insert_bulk, page_url, profile_url, schemas_url};
pub(crate) use webhooks::{
    WebhookBody, WebhookDialect, WebhookEventBody, WebhookEventJson, WebhookJson, Write,
    webhook_event_url, webhook_events_url, webhook_json, webhook_url, webhooks_json, webhooks_url,
};

use bytes::Bytes;
use caspio_core::http::{HeaderValue, header};
use caspio_core::http_client::Body;
use caspio_core::secrecy::SecretString;
use caspio_core::{ApiVersion, Expect, Idempotency, Operation, Request, Url};
use caspio_schema::{FieldDefinition, FieldUpdate, ObjectDefinition};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// The requests and capabilities of one version of the API.
pub(crate) trait Dialect: fmt::Debug + Send + Sync {
    fn version(&self) -> ApiVersion;

    fn capabilities(&self) -> &Capabilities;

    /// The member of a response that holds the records or entries.
    fn rows_member(&self) -> &'static str;

    // Records.

    /// The URL that reads records; `records` is the URL of a table's or view's records.
    fn list_url(&self, records: Url, params: &ListParams) -> Url;

    /// Inserts one record.
    fn insert(
        &self,
        records: Url,
        body: Bytes,
        returning: Returning,
        operation: Operation,
    ) -> Request;

    /// Sets new values, a JSON object, in some records.
    fn update(
        &self,
        records: Url,
        selector: &RecordSelector,
        values: String,
        returning: Returning,
        operation: Operation,
    ) -> Request;

    /// Deletes some records.
    fn delete(&self, records: Url, selector: &RecordSelector, operation: Operation) -> Request;

    /// The length of the URL of a write by condition; `None` if the condition is sent in the body.
    fn condition_url_length(&self, records: &Url, condition: &str) -> Option<usize>;

    /// The records that a write returned, in the envelope that a read has.
    fn returned_records<'b>(&self, body: &'b [u8]) -> Cow<'b, [u8]>;

    // Tables and fields.

    /// The body that creates a table.
    fn new_table(&self, table: &ObjectDefinition) -> Result<Value, Undocumented>;

    /// The body that adds a field.
    fn new_field(&self, field: &FieldDefinition) -> Result<Value, Undocumented>;

    /// The body that changes a field.
    fn changed_field(&self, update: &FieldUpdate) -> Result<Value, Undocumented>;

    /// Creates a table with its fields.
    fn create_table(&self, tables: Url, body: &Value, operation: Operation) -> Request {
        Request::post(tables, operation).json(body.to_string())
    }

    /// Adds a field to a table.
    fn add_field(&self, table: &ObjectUrl, body: &Value, operation: Operation) -> Request {
        Request::post(table.part(&["fields"]), operation).json(body.to_string())
    }

    /// Changes the field `name` of a table.
    fn change_field(
        &self,
        table: &ObjectUrl,
        name: &str,
        body: &Value,
        operation: Operation,
    ) -> Request;

    /// Deletes the field `name` of a table.
    fn delete_field(&self, table: &ObjectUrl, name: &str, operation: Operation) -> Request {
        // A second attempt would report that there is no such field.
        delete_without_body(table.part(&["fields", name]), operation)
            .idempotency(Idempotency::NotIdempotent)
    }

    // Attachments.

    /// The URL of one record's file.
    fn attachment_url(&self, field: &AttachmentField<'_>, key: &str) -> Url;

    /// Reads the names, sizes and dates of the files of all records that meet a condition.
    fn attachment_infos(
        &self,
        field: &AttachmentField<'_>,
        condition: &str,
        operation: Operation,
    ) -> Request;

    /// Renames the files of all records that meet a condition.
    fn rename_attachments(
        &self,
        field: &AttachmentField<'_>,
        condition: &str,
        name: &str,
        operation: Operation,
    ) -> Request;

    /// Deletes the files of all records that meet a condition.
    fn delete_attachments(
        &self,
        field: &AttachmentField<'_>,
        condition: &str,
        operation: Operation,
    ) -> Request;

    /// Deletes the file of the record with this key, which is also given as a condition.
    fn delete_attachment(
        &self,
        field: &AttachmentField<'_>,
        key: &str,
        condition: &str,
        operation: Operation,
    ) -> Request;

    /// Uploads one record's file.
    fn upload(
        &self,
        attachment: Url,
        content_type: HeaderValue,
        form: Body,
        operation: Operation,
    ) -> Request {
        Request::put(attachment, operation)
            .header(header::CONTENT_TYPE, content_type)
            .body(form)
    }

    /// Downloads one record's file.
    fn download(&self, attachment: Url, operation: Operation) -> Request {
        let constant = HeaderValue::from_static;
        Request::get(attachment, operation)
            .expect(Expect::Anything)
            .header(header::ACCEPT, constant("application/octet-stream"))
            // A compressed response does not report the file's length.
            .header(header::ACCEPT_ENCODING, constant("identity"))
    }

    // Webhooks.

    /// The operations on webhooks; `None` if the version has none.
    fn webhooks(&self) -> Option<&'static dyn WebhookDialect>;

    // Files of the account.

    /// The operations on the account's files.
    fn files(&self) -> &'static FileOperations;

    // Password fields.

    /// Sets the password in one field of the records that meet a condition.
    fn set_password(
        &self,
        table: &ObjectUrl,
        field: &str,
        condition: &str,
        password: SecretString,
        operation: Operation,
    ) -> Request;

    /// Empties the password in one field of the records that meet a condition.
    fn reset_password(
        &self,
        table: &ObjectUrl,
        field: &str,
        condition: &str,
        operation: Operation,
    ) -> Request;

    // Other resources.

    /// The requests of data import and export tasks.
    fn tasks(&self) -> TaskRequests;

    /// The requests of applications and their DataPages.
    fn applications(&self) -> ApplicationRequests;
}

/// The dialect of a version.
pub(crate) fn of(version: ApiVersion) -> &'static dyn Dialect {
    match version {
        ApiVersion::V2 => &v2v3::V2,
        ApiVersion::V4 => &v4::V4,
        _ => &v2v3::V3,
    }
}

/// The dialect whose field definitions contain the keys of list values.
pub(crate) fn with_list_keys() -> &'static dyn Dialect {
    &v2v3::V3
}

/// The dialect whose responses have records in the member that has them in the messages of webhooks.
pub(crate) fn of_messages() -> &'static dyn Dialect {
    &v4::V4
}

/// The dialect that writes many records in one call.
pub(crate) fn with_bulk_writes() -> &'static dyn Dialect {
    &v4::V4
}

/// The dialect that describes errors, and all objects of a kind.
pub(crate) fn with_discovery() -> &'static dyn Dialect {
    &v4::V4
}

/// An attachment field of a table or view.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AttachmentField<'a> {
    pub(crate) object: &'a ObjectUrl,
    pub(crate) field: &'a str,
}

/// A DELETE without a body.
fn delete_without_body(url: Url, operation: Operation) -> Request {
    without_body(Request::delete(url, operation))
}

/// Adds the content type to a write without a body. Caspio's document declares none for it; a page about v1 and v2
/// requires one with every request, and it does no harm.
fn without_body(request: Request) -> Request {
    let json = HeaderValue::from_static("application/json");
    request.header(header::CONTENT_TYPE, json)
}

/// A JSON object of texts. It serializes directly into the body, because a value may be a secret.
fn text_object(members: &BTreeMap<&str, &str>) -> Vec<u8> {
    serde_json::to_vec(members).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::ObjectKind;

    fn path(url: &Url) -> &str {
        &url[::url::Position::BeforePath..]
    }

    #[test]
    fn attachment_urls_of_each_version() {
        let base = Url::parse("http://127.0.0.1/rest").expect("a url");
        let object = ObjectUrl::new(&base, ObjectKind::View, "People");
        let field = AttachmentField {
            object: &object,
            field: "My Photo",
        };
        let (v3, v4) = (of(ApiVersion::V3), of(ApiVersion::V4));
        let operation = || Operation::new("attachments.info");

        assert_eq!(
            path(&v3.attachment_url(&field, "12,7")),
            "/rest/views/People/attachments/My%20Photo/12,7"
        );
        assert_eq!(
            path(&v4.attachment_url(&field, "12,7")),
            "/rest/views/People/records/12,7/attachments/My%20Photo"
        );
        assert_eq!(
            path(
                v3.attachment_infos(&field, "PK_ID = '7'", operation())
                    .url()
            ),
            "/rest/views/People/attachments/My%20Photo/fileInfo?q.where=PK_ID%20%3D%20%277%27"
        );
        assert_eq!(
            path(v4.attachment_infos(&field, "", operation()).url()),
            "/rest/views/People/records/bulk/attachments/My%20Photo/fileInfo"
        );
    }

    #[test]
    fn a_condition_is_in_the_url_on_v3_and_in_the_body_on_v4() {
        let base = Url::parse("http://127.0.0.1/rest").expect("a url");
        let table = ObjectUrl::new(&base, ObjectKind::Table, "Users");
        let set = |version| {
            let operation = Operation::new("passwords.set");
            let password = SecretString::from("a\"b");
            of(version).set_password(&table, "Password", "PK_ID = 7", password, operation)
        };

        let (v3, v4) = (set(ApiVersion::V3), set(ApiVersion::V4));

        assert_eq!(v3.method(), "PUT");
        assert_eq!(v3.url().query(), Some("q.where=PK_ID%20%3D%207"));
        assert_eq!(v4.method(), "PATCH");
        assert_eq!(v4.url().query(), None);
        assert!(v4.is_idempotent());
    }
}
