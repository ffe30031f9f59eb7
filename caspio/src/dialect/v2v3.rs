//! v2 and v3: parameters with a `q.` prefix, conditions in the URL, records in `Result`.

use super::field_body::{self, Members, Undocumented};
use super::files::{self, FileOperations};
use super::url::{ParamNames, key_segment, list_url, push_query, query_length};
use super::{
    ApplicationRequests, AttachmentField, Capabilities, Dialect, ListParams, ObjectUrl,
    RecordSelector, Returning, TaskRequests, WebhookDialect, applications, delete_without_body,
    tasks, text_object, webhooks,
};
use bytes::Bytes;
use caspio_core::secrecy::{ExposeSecret, SecretString};
use caspio_core::{ApiVersion, Idempotency, Operation, Request, Url};
use caspio_schema::{FieldDefinition, FieldUpdate, ObjectDefinition};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;

const PARAMS: ParamNames = ParamNames {
    select: "q.select",
    filter: "q.where",
    group_by: "q.groupBy",
    order_by: "q.orderBy",
    limit: "q.limit",
};
/// The parameter that makes a response report the total number of records.
const TOTAL_PARAM: &str = "q.getPaginationInfo";

/// v2 or v3, which differ little except in their capabilities.
#[derive(Debug)]
pub(super) struct V2V3 {
    version: ApiVersion,
    capabilities: Capabilities,
    /// The member of a new table that holds its fields.
    fields_member: &'static str,
    /// The prefix of every member that changes a field.
    change_prefix: &'static str,
    tasks: TaskRequests,
    applications: ApplicationRequests,
    webhooks: Option<&'static dyn WebhookDialect>,
    files: &'static FileOperations,
}

pub(super) static V2: V2V3 = V2V3 {
    version: ApiVersion::V2,
    capabilities: Capabilities {
        identifies_by_id: false,
        reports_totals: false,
        supports_having: false,
        supports_bulk_writes: false,
        accepts_null_dates: false,
        reports_missing_records: false,
        lists_schemas: false,
        lists_view_fields: false,
        lists_password_fields: true,
        unreported: &[],
        supports_attachments: false,
        pages_lists: false,
        wraps_objects: true,
    },
    fields_member: "Columns",
    change_prefix: "New",
    tasks: tasks::V2,
    applications: applications::V2,
    webhooks: None,
    files: &files::V2,
};

pub(super) static V3: V2V3 = V2V3 {
    version: ApiVersion::V3,
    capabilities: Capabilities {
        reports_totals: true,
        accepts_null_dates: true,
        lists_view_fields: true,
        supports_attachments: true,
        ..V2.capabilities
    },
    fields_member: "Fields",
    change_prefix: "",
    tasks: tasks::V3,
    applications: applications::V3,
    webhooks: Some(&webhooks::V3),
    files: &files::V3,
};

impl Dialect for V2V3 {
    fn version(&self) -> ApiVersion {
        self.version
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn rows_member(&self) -> &'static str {
        "Result"
    }

    fn list_url(&self, records: Url, params: &ListParams) -> Url {
        let mut url = list_url(records, &PARAMS, params);
        if params.total && self.capabilities.reports_totals {
            push_query(&mut url, TOTAL_PARAM, "true");
        }
        url
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

    fn update(
        &self,
        records: Url,
        selector: &RecordSelector,
        values: String,
        returning: Returning,
        operation: Operation,
    ) -> Request {
        let url = returning_url(with_condition(records, selector.condition()), returning);
        Request::put(url, operation)
            .json(values)
            .idempotency(selector.idempotency())
    }

    fn delete(&self, records: Url, selector: &RecordSelector, operation: Operation) -> Request {
        delete_without_body(with_condition(records, selector.condition()), operation)
    }

    fn condition_url_length(&self, records: &Url, condition: &str) -> Option<usize> {
        Some(records.as_str().len() + query_length(PARAMS.filter, condition))
    }

    fn returned_records<'b>(&self, body: &'b [u8]) -> Cow<'b, [u8]> {
        Cow::Borrowed(body)
    }

    fn new_table(&self, table: &ObjectDefinition) -> Result<Value, Undocumented> {
        let fields = table.fields.iter().map(|field| self.new_field(field));
        let fields = fields.collect::<Result<Vec<_>, _>>()?;
        Ok(json!({ "Name": table.name, self.fields_member: fields }))
    }

    fn new_field(&self, field: &FieldDefinition) -> Result<Value, Undocumented> {
        Ok(members(field_body::new_field(field), ""))
    }

    fn changed_field(&self, update: &FieldUpdate) -> Result<Value, Undocumented> {
        let changed = field_body::changed_field(update);
        Ok(members(changed, self.change_prefix))
    }

    fn change_field(
        &self,
        table: &ObjectUrl,
        name: &str,
        body: &Value,
        operation: Operation,
    ) -> Request {
        Request::put(table.part(&["fields", name]), operation).json(body.to_string())
    }

    fn attachment_url(&self, field: &AttachmentField<'_>, key: &str) -> Url {
        let path = ["attachments", field.field, &key_segment(key)];
        field.object.part(&path)
    }

    fn attachment_infos(
        &self,
        field: &AttachmentField<'_>,
        condition: &str,
        operation: Operation,
    ) -> Request {
        Request::get(with_condition(file_infos(field), condition), operation)
    }

    fn rename_attachments(
        &self,
        field: &AttachmentField<'_>,
        condition: &str,
        name: &str,
        operation: Operation,
    ) -> Request {
        set_where(file_infos(field), condition, ("FileName", name), operation)
    }

    fn delete_attachments(
        &self,
        field: &AttachmentField<'_>,
        condition: &str,
        operation: Operation,
    ) -> Request {
        let url = field.object.part(&["attachments", field.field]);
        delete_without_body(with_condition(url, condition), operation)
    }

    /// There is no URL to delete one record's file, so its key is sent as the condition.
    fn delete_attachment(
        &self,
        field: &AttachmentField<'_>,
        _key: &str,
        condition: &str,
        operation: Operation,
    ) -> Request {
        self.delete_attachments(field, condition, operation)
    }

    fn webhooks(&self) -> Option<&'static dyn WebhookDialect> {
        self.webhooks
    }

    fn files(&self) -> &'static FileOperations {
        self.files
    }

    fn set_password(
        &self,
        table: &ObjectUrl,
        field: &str,
        condition: &str,
        password: SecretString,
        operation: Operation,
    ) -> Request {
        let url = table.part(&["passwordFields", field]);
        let value = ("Value", password.expose_secret());
        set_where(url, condition, value, operation).secret(password)
    }

    fn reset_password(
        &self,
        table: &ObjectUrl,
        field: &str,
        condition: &str,
        operation: Operation,
    ) -> Request {
        let url = table.part(&["passwordFields", field]);
        delete_without_body(with_condition(url, condition), operation)
    }

    fn tasks(&self) -> TaskRequests {
        self.tasks
    }

    fn applications(&self) -> ApplicationRequests {
        self.applications
    }
}

fn file_infos(field: &AttachmentField<'_>) -> Url {
    field.object.part(&["attachments", field.field, "fileInfo"])
}

/// Sets a member where a condition holds. Doing it twice has the same effect as doing it once.
fn set_where(
    url: Url,
    condition: &str,
    member: (&'static str, &str),
    operation: Operation,
) -> Request {
    let body = text_object(&BTreeMap::from([member]));
    Request::put(with_condition(url, condition), operation)
        .json(body)
        .idempotency(Idempotency::Idempotent)
}

/// Adds a condition to a URL; an empty one adds nothing.
fn with_condition(url: Url, condition: &str) -> Url {
    let params = ListParams {
        filter: condition.to_owned(),
        ..ListParams::default()
    };
    list_url(url, &PARAMS, &params)
}

fn returning_url(mut url: Url, returning: Returning) -> Url {
    if returning == Returning::Records {
        push_query(&mut url, "response", "rows");
    }
    url
}

/// The members of a field as a JSON object.
fn members(members: Members, prefix: &str) -> Value {
    let members = members.into_iter();
    let members = members.map(|(name, value)| (format!("{prefix}{name}"), value));
    Value::Object(members.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::field_body::tests::{a_change, a_timestamp};

    #[test]
    fn a_table_of_v2_and_v3() {
        let table = ObjectDefinition::new("Pets", vec![a_timestamp()]);

        assert_eq!(
            V2.new_table(&table),
            Ok(json!({ "Name": "Pets", "Columns": [{
                "Name": "Stamp", "Type": "TIMESTAMP", "Label": "When",
                "OnInsert": true, "OnUpdate": false, "TimeZone": "UTC",
            }] }))
        );
        let v3 = V3.new_table(&table).expect("documented");
        assert!(v3["Fields"].is_array() && v3.get("Columns").is_none());
    }

    #[test]
    fn a_change_contains_what_changes_and_nothing_else() {
        assert_eq!(
            V2.changed_field(&a_change()),
            Ok(json!({ "NewName": "A", "NewType": "STRING", "NewListField": ["1", "2"] }))
        );
        assert_eq!(
            V3.changed_field(&a_change()),
            Ok(json!({ "Name": "A", "Type": "STRING", "ListField": ["1", "2"] }))
        );
    }

    #[test]
    fn members_that_only_v3_documents_are_sent() {
        let update = FieldUpdate::new().description("What it is for");

        assert!(V3.changed_field(&update).is_ok());
    }
}
