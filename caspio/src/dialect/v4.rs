//! v4: parameters without a prefix, ids in paths, conditions of writes in the body, records in `data`.

use super::field_body::{self, Members, Undocumented};
use super::files::{self, FileOperations};
use super::responses::has_member;
use super::url::{ParamNames, collection, key_segment, list_url, push_query, push_segment};
use super::{
    ApplicationRequests, AttachmentField, Capabilities, Dialect, ListParams, ObjectUrl,
    RecordSelector, Returning, TaskRequests, WebhookDialect, applications, delete_without_body,
    tasks, text_object, webhooks,
};
use crate::record::{ObjectKind, PK_ID};
use bytes::Bytes;
use caspio_core::secrecy::{ExposeSecret, SecretString};
use caspio_core::{Account, ApiVersion, Idempotency, Operation, Request, Url};
use caspio_schema::{DataType, FieldDefinition, FieldUpdate, ObjectDefinition, Property};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;

const PARAMS: ParamNames = ParamNames {
    select: "select",
    filter: "where",
    group_by: "groupBy",
    order_by: "orderBy",
    limit: "limit",
};

/// The member of a response that holds the records.
const ROWS: &str = "data";

/// The names of a field's members on v3 and on v4. v4 does not document the others.
const FIELD_MEMBERS: &[(&str, &str)] = &[
    ("Name", "name"),
    ("Type", "dataType"),
    ("Unique", "unique"),
    ("Label", "label"),
    ("OnInsert", "stampOnInsert"),
    ("OnUpdate", "stampOnUpdate"),
    ("TimeZone", "stampTimeZone"),
    ("Format", "format"),
    ("Prefix", "prefix"),
    ("Length", "length"),
    ("ListField", "listField"),
];

#[derive(Debug)]
pub(super) struct V4;

const CAPABILITIES: Capabilities = Capabilities {
    identifies_by_id: true,
    reports_totals: true,
    supports_having: true,
    supports_bulk_writes: true,
    accepts_null_dates: true,
    reports_missing_records: true,
    lists_schemas: true,
    lists_view_fields: true,
    lists_password_fields: false,
    unreported: &[
        Property::UniqueAllowNulls,
        Property::Description,
        Property::TableField,
        Property::Attachment,
    ],
    supports_attachments: true,
    pages_lists: true,
    wraps_objects: false,
};

impl Dialect for V4 {
    fn version(&self) -> ApiVersion {
        ApiVersion::V4
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    fn rows_member(&self) -> &'static str {
        ROWS
    }

    fn list_url(&self, records: Url, params: &ListParams) -> Url {
        list_url(records, &PARAMS, params)
    }

    fn insert(
        &self,
        records: Url,
        body: Bytes,
        returning: Returning,
        operation: Operation,
    ) -> Request {
        Request::post(returning_url(records, returning), operation).json(body)
    }

    /// Updates one record at its own URL, others by a condition in the body. Only the former can return records.
    fn update(
        &self,
        mut records: Url,
        selector: &RecordSelector,
        values: String,
        returning: Returning,
        operation: Operation,
    ) -> Request {
        let request = if let RecordSelector::Key { key, .. } = selector {
            push_segment(&mut records, &key_segment(&key.to_string()));
            Request::patch(returning_url(records, returning), operation).json(values)
        } else {
            push_segment(&mut records, "bulk");
            let condition = Value::from(selector.condition());
            let body = format!("{{\"where\":{condition},\"recordValues\":{values}}}");
            Request::patch(records, operation).json(body)
        };
        request.idempotency(selector.idempotency())
    }

    fn delete(&self, mut records: Url, selector: &RecordSelector, operation: Operation) -> Request {
        if let RecordSelector::Key { key, .. } = selector {
            push_segment(&mut records, &key_segment(&key.to_string()));
            return delete_without_body(records, operation);
        }
        push_segment(&mut records, "bulk");
        clear_where(records, selector.condition(), operation)
    }

    fn condition_url_length(&self, _records: &Url, _condition: &str) -> Option<usize> {
        None
    }

    /// It is inferred that a single record comes without an envelope (facts `insert-with-echo` and `record-in-v4`), so
    /// one in an envelope is accepted as well. An object without a key is not a record.
    fn returned_records<'b>(&self, body: &'b [u8]) -> Cow<'b, [u8]> {
        if has_member(body, ROWS) {
            return Cow::Borrowed(body);
        }
        let body = if has_member(body, PK_ID) { body } else { b"" };
        let begin = format!("{{\"{ROWS}\":[");
        Cow::Owned([begin.as_bytes(), body, b"]}"].concat())
    }

    fn new_table(&self, table: &ObjectDefinition) -> Result<Value, Undocumented> {
        let fields = table.fields.iter().map(|field| self.new_field(field));
        let fields = fields.collect::<Result<Vec<_>, _>>()?;
        Ok(json!({ "name": table.name, "fields": fields }))
    }

    fn new_field(&self, field: &FieldDefinition) -> Result<Value, Undocumented> {
        members(field_body::new_field(field), Some(&field.data_type))
    }

    fn changed_field(&self, update: &FieldUpdate) -> Result<Value, Undocumented> {
        let changed = field_body::changed_field(update);
        members(changed, update.data_type.as_ref())
    }

    fn change_field(
        &self,
        table: &ObjectUrl,
        name: &str,
        body: &Value,
        operation: Operation,
    ) -> Request {
        Request::patch(table.part(&["fields", name]), operation).json(body.to_string())
    }

    fn attachment_url(&self, field: &AttachmentField<'_>, key: &str) -> Url {
        let path = ["records", &key_segment(key), "attachments", field.field];
        field.object.part(&path)
    }

    fn attachment_infos(
        &self,
        field: &AttachmentField<'_>,
        condition: &str,
        operation: Operation,
    ) -> Request {
        let params = ListParams {
            filter: condition.to_owned(),
            ..ListParams::default()
        };
        Request::get(list_url(file_infos(field), &PARAMS, &params), operation)
    }

    fn rename_attachments(
        &self,
        field: &AttachmentField<'_>,
        condition: &str,
        name: &str,
        operation: Operation,
    ) -> Request {
        // The name of the member is inferred from how v4 names others, fact `attachments-in-v4`.
        set_where(file_infos(field), condition, ("fileName", name), operation)
    }

    fn delete_attachments(
        &self,
        field: &AttachmentField<'_>,
        condition: &str,
        operation: Operation,
    ) -> Request {
        let path = ["records", "bulk", "attachments", field.field];
        clear_where(field.object.part(&path), condition, operation)
    }

    fn delete_attachment(
        &self,
        field: &AttachmentField<'_>,
        key: &str,
        _condition: &str,
        operation: Operation,
    ) -> Request {
        delete_without_body(self.attachment_url(field, key), operation)
    }

    fn webhooks(&self) -> Option<&'static dyn WebhookDialect> {
        Some(&webhooks::V4)
    }

    fn files(&self) -> &'static FileOperations {
        &files::V4
    }

    fn set_password(
        &self,
        table: &ObjectUrl,
        field: &str,
        condition: &str,
        password: SecretString,
        operation: Operation,
    ) -> Request {
        // The name of the member is inferred from how v4 names others, fact `passwords-in-v4`.
        let value = ("value", password.expose_secret());
        set_where(password_field(table, field), condition, value, operation).secret(password)
    }

    fn reset_password(
        &self,
        table: &ObjectUrl,
        field: &str,
        condition: &str,
        operation: Operation,
    ) -> Request {
        clear_where(password_field(table, field), condition, operation)
    }

    fn tasks(&self) -> TaskRequests {
        tasks::V4
    }

    fn applications(&self) -> ApplicationRequests {
        applications::V4
    }
}

/// Inserts up to 1,000 records, a JSON array. No other version has this operation.
pub(crate) fn insert_bulk(
    mut records: Url,
    body: impl Into<Bytes>,
    operation: Operation,
) -> Request {
    push_segment(&mut records, "bulk");
    Request::post(records, operation).json(body)
}

/// `{base}/schemas/tables` or `{base}/schemas/views`: all of them with their fields.
pub(crate) fn schemas_url(base: &Url, kind: ObjectKind) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["schemas", collection(kind)]);
    }
    url
}

/// Adds the parameters for one page of a list of entries other than records.
pub(crate) fn page_url(mut url: Url, number: usize, size: usize) -> Url {
    url.set_query(Some(&format!("pageNumber={number}&pageSize={size}")));
    url
}

/// The URL of the API profile. No other version has it.
pub(crate) fn profile_url(account: &Account) -> Url {
    let mut url = account.api_url(ApiVersion::V4);
    push_segment(&mut url, "me");
    url
}

fn file_infos(field: &AttachmentField<'_>) -> Url {
    let path = ["records", "bulk", "attachments", field.field, "fileInfo"];
    field.object.part(&path)
}

fn password_field(table: &ObjectUrl, field: &str) -> Url {
    table.part(&["records", "bulk", "passwordFields", field])
}

/// Sets a member where a condition holds. Doing it twice has the same effect as doing it once.
fn set_where(url: Url, condition: &str, member: (&str, &str), operation: Operation) -> Request {
    let body = text_object(&BTreeMap::from([("where", condition), member]));
    Request::patch(url, operation)
        .json(body)
        .idempotency(Idempotency::Idempotent)
}

/// Empties a field, or deletes records, where a condition holds.
fn clear_where(url: Url, condition: &str, operation: Operation) -> Request {
    let body = text_object(&BTreeMap::from([("where", condition)]));
    Request::delete(url, operation).json(body)
}

fn returning_url(mut url: Url, returning: Returning) -> Url {
    if returning == Returning::Records {
        push_query(&mut url, "echo", "true");
    }
    url
}

/// The members of a field as a JSON object of v4.
fn members(members: Members, data_type: Option<&DataType>) -> Result<Value, Undocumented> {
    let renamed = members.into_iter().map(|(name, value)| {
        let known = FIELD_MEMBERS.iter().find(|(v3, _)| *v3 == name);
        let (_, v4) = known.ok_or(Undocumented(name))?;
        Ok(((*v4).to_owned(), value))
    });
    let mut object = renamed.collect::<Result<Map<_, _>, _>>()?;
    if let Some(data_type) = data_type {
        object.insert("dataType".to_owned(), json!(data_type.v4_name()));
    }
    Ok(Value::Object(object))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::field_body::tests::{a_change, a_timestamp};

    #[test]
    fn a_table_of_v4() {
        let table = ObjectDefinition::new("Pets", vec![a_timestamp()]);

        assert_eq!(
            V4.new_table(&table),
            Ok(json!({ "name": "Pets", "fields": [{
                "name": "Stamp", "dataType": "TIMESTAMP", "label": "When",
                "stampOnInsert": true, "stampOnUpdate": false, "stampTimeZone": "UTC",
            }] }))
        );
    }

    #[test]
    fn a_change_of_v4_has_its_own_type_names() {
        assert_eq!(
            V4.changed_field(&a_change()),
            Ok(json!({ "name": "A", "dataType": "TEXT255", "listField": ["1", "2"] }))
        );
    }

    #[test]
    fn undocumented_members_are_not_sent_on_v4() {
        let update = FieldUpdate::new().description("What it is for");

        assert_eq!(V4.changed_field(&update), Err(Undocumented("Description")));
    }
}
