//! Attachments of tables and views.

use super::records::{filter, table, view, without_rows, write_context};
use crate::auth::Rights;
use crate::envelope::{self, affected};
use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Refusal, Response, Version};
use crate::store::StoreError;
use crate::store::attachment::Info;
use crate::store::change::{self, Target};
use crate::store::edit::ObjectName;
use crate::store::field::{Field, same_name};
use crate::store::outbox::RecordChanges;
use crate::store::schema::{Schema, Table};
use crate::store::{Access, attachment, date};
use axum::http::{HeaderValue, StatusCode, header};
use caspio_schema::DataType;
use serde::{Deserialize, Serialize};

pub(crate) const ROUTES: &[Route] = &[
    Route::get(
        "tables/{}/attachments/{}/fileInfo",
        "GetFileMetadataFromAttachmentTableFields",
        |call| infos(call, table(call)?),
    ),
    Route::put(
        "tables/{}/attachments/{}/fileInfo",
        "UpdateFileMetadataInAttachmentTableFields",
        |call| put_name(call, table(call)?),
    ),
    Route::get(
        "tables/{}/attachments/{}/{}",
        "DownloadFileFromAttachmentTableField",
        |call| download(call, table(call)?, call.segment(1), call.segment(2)),
    ),
    Route::put(
        "tables/{}/attachments/{}/{}",
        "UploadFileToAttachmentTableField",
        |call| upload(call, table(call)?, call.segment(1), call.segment(2)),
    )
    .form(),
    Route::delete(
        "tables/{}/attachments/{}",
        "DeleteFileFromAttachmentTableFields",
        |call| delete(call, table(call)?, call.segment(1), filter(call)?),
    ),
    Route::get(
        "views/{}/attachments/{}/fileInfo",
        "GetFileMetadataFromAttachmentViewFields",
        |call| infos(call, view(call)?),
    ),
    Route::put(
        "views/{}/attachments/{}/fileInfo",
        "UpdateFileMetadataInAttachmentViewFields",
        |call| put_name(call, view(call)?),
    ),
    Route::get(
        "views/{}/attachments/{}/{}",
        "DownloadFileFromAttachmentViewField",
        |call| download(call, view(call)?, call.segment(1), call.segment(2)),
    ),
    Route::put(
        "views/{}/attachments/{}/{}",
        "UploadFileToAttachmentViewField",
        |call| upload(call, view(call)?, call.segment(1), call.segment(2)),
    )
    .form(),
    Route::delete(
        "views/{}/attachments/{}",
        "DeleteFileFromAttachmentViewFields",
        |call| delete(call, view(call)?, call.segment(1), filter(call)?),
    ),
];

/// An attachment as JSON; the key is a number on a table, a text on a view.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AttachmentJson<'a> {
    #[serde(rename = "PK_ID")]
    key: serde_json::Value,
    file_name: &'a str,
    file_type: &'a str,
    size: i64,
    date_created: String,
    date_updated: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NewName {
    file_name: String,
}

/// Returns the attachment field that the path names, with its table.
fn field<'s>(
    schema: &'s Schema,
    object: ObjectName<'_>,
    name: &str,
) -> Result<(Target<'s>, &'s Table, &'s Field), Refusal> {
    let unknown = || Refusal::fields_not_found(&[name]);
    let (target, table, field) = match object {
        ObjectName::Table(table) => {
            let table = schema.table(table).ok_or_else(Refusal::table_not_found)?;
            let field = table.field(name).ok_or_else(unknown)?;
            (Target::Table(table), table, field)
        }
        ObjectName::View(view) => {
            let view = schema.view(view).ok_or_else(Refusal::view_not_found)?;
            let shown = view
                .fields
                .iter()
                .find(|field| same_name(&field.name, name))
                .ok_or_else(unknown)?;
            let (table, field) = schema.origin(view, shown).ok_or_else(unknown)?;
            (Target::View(view, table), table, field)
        }
    };
    match field.ty {
        DataType::Attachment => Ok((target, table, field)),
        _ => Err(unknown()),
    }
}

/// Responds with the attachments in the field of the path.
pub(crate) fn infos(call: &Call<'_>, object: ObjectName<'_>) -> Outcome {
    call.require(object.name(), Rights::READ)?;
    let filter = call.params.get("where").unwrap_or("1=1");
    call.app.store.read(|connection, schema| {
        let (target, table, field) = field(schema, object, call.segment(1))?;
        let access = Access::new(schema, call.profile);
        let visible = change::visible_keys(connection, &access, target, filter)?;
        let mut infos = Vec::new();
        for (name, key) in visible {
            let found = attachment::infos(connection, table, field, &[key])?;
            infos.extend(found.into_iter().map(|info| (name.clone(), info)));
        }
        let attachments = infos
            .iter()
            .map(|(name, info)| attachment_json(object, name, info));
        envelope::objects(call, "PK_ID", attachments.collect())
    })
}

fn attachment_json<'i>(object: ObjectName<'_>, name: &str, info: &'i Info) -> AttachmentJson<'i> {
    AttachmentJson {
        key: match object {
            ObjectName::Table(_) => info.key.into(),
            ObjectName::View(_) => name.into(),
        },
        file_name: &info.name,
        file_type: &info.extension,
        size: info.size,
        date_created: moment(&info.created),
        date_updated: moment(&info.updated),
    }
}

/// Returns a stored date as the `date-time` of the document, which has an offset.
fn moment(stored: &str) -> String {
    format!("{}Z", date::to_json(stored))
}

/// Responds with the bytes of an attachment.
pub(crate) fn download(
    call: &Call<'_>,
    object: ObjectName<'_>,
    name: &str,
    record: &str,
) -> Outcome {
    call.require(object.name(), Rights::READ)?;
    call.app.store.read(|connection, schema| {
        let (target, table, field) = field(schema, object, name)?;
        let access = Access::new(schema, call.profile);
        let key = key(record, target, |filter| {
            change::matching(connection, &access, target, filter)
        })?;
        let (info, bytes) =
            attachment::get(connection, table, field, key)?.ok_or_else(Refusal::file_not_found)?;
        Ok(file_response(&info.full_name(), bytes))
    })
}

/// Bytes "as an attachment". Downloads are known to be `text/plain` regardless of their content.
pub(super) fn file_response(name: &str, bytes: Vec<u8>) -> Response {
    let quoted = name.replace(['"', '\\'], "_");
    let disposition =
        HeaderValue::from_bytes(format!("attachment; filename=\"{quoted}\"").as_bytes());
    let response = Response::empty(StatusCode::OK).with_body("text/plain", bytes);
    match disposition {
        Ok(value) => response.header(header::CONTENT_DISPOSITION, value),
        Err(_) => response,
    }
}

/// Returns the key of the record in its table; on a view that of the first record with the view's
/// key.
fn key(
    text: &str,
    target: Target<'_>,
    matching: impl FnOnce(&str) -> Result<Vec<i64>, StoreError>,
) -> Result<i64, Refusal> {
    let unknown = Refusal::object_not_found;
    match target {
        Target::Table(_) => text.trim().parse().map_err(|_| unknown()),
        Target::View(..) => {
            let of_ids = |byte: u8| byte.is_ascii_digit() || byte == b',';
            if !text.bytes().all(of_ids) {
                return Err(unknown());
            }
            let keys = matching(&format!("PK_ID = '{text}'"))?;
            keys.first().copied().ok_or_else(unknown)
        }
    }
}

/// Stores a file in a field of a record. v3's part has a name; v4's is not recorded.
pub(crate) fn upload(
    call: &Call<'_>,
    object: ObjectName<'_>,
    field_name: &str,
    record: &str,
) -> Outcome {
    call.require(object.name(), Rights::UPDATE)?;
    let part = call
        .parts
        .iter()
        .find(|part| call.version == Version::V4 || part.name.eq_ignore_ascii_case("File"))
        .ok_or_else(Refusal::incorrect_body)?;
    let name = part
        .file_name
        .as_deref()
        .filter(|name| !name.is_empty())
        .ok_or_else(Refusal::incorrect_body)?;
    call.app
        .store
        .edit(without_rows(call, object), |work| -> Result<_, Refusal> {
            let (target, table, field) = field(work.schema, object, field_name)?;
            check_type(field, name)?;
            let key = key(record, target, |filter| work.matching_in(target, filter))?;
            if !work.exists(table, key)? {
                return Err(Refusal::object_not_found());
            }
            let before = RecordChanges::before(work.transaction, work.schema, table, &[key])?;
            attachment::put(work.transaction, table, field, key, name, &part.bytes)?;
            let happened = before.updated(work.transaction, work.schema, table, &[key])?;
            Ok(work.finish(vec![key], happened)?)
        })?;
    Ok(Response::no_content())
}

/// Caspio's response for a file type that the field does not permit is inferred, fact `permitted-file-types`.
fn check_type(field: &Field, name: &str) -> Result<(), Refusal> {
    let permitted = &field.attachment.permitted;
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let fits = permitted.is_empty()
        || permitted.iter().any(|known| {
            known
                .trim_start_matches('.')
                .eq_ignore_ascii_case(extension)
        });
    if fits {
        Ok(())
    } else {
        Err(Refusal::incorrect_body())
    }
}

fn put_name(call: &Call<'_>, object: ObjectName<'_>) -> Outcome {
    let body: NewName = call.read()?;
    rename(call, object, filter(call)?, &body.file_name)
}

/// Renames the attachments in the field of the path for the records that meet a condition.
pub(crate) fn rename(call: &Call<'_>, object: ObjectName<'_>, filter: &str, name: &str) -> Outcome {
    call.require(object.name(), Rights::UPDATE)?;
    if name.is_empty() {
        return Err(Refusal::incorrect_body());
    }
    let done = call
        .app
        .store
        .edit(write_context(call, object), |work| -> Result<_, Refusal> {
            let (target, table, field) = field(work.schema, object, call.segment(1))?;
            let keys = work.matching_in(target, filter)?;
            let keys = attachment::rename(work.transaction, table, field, &keys, name)?;
            Ok(work.finish(keys, RecordChanges::default())?)
        })?;
    Ok(affected(call.version, "RecordsAffected", &done))
}

/// Removes the attachments in a field of the records that meet a condition.
pub(crate) fn delete(call: &Call<'_>, object: ObjectName<'_>, name: &str, filter: &str) -> Outcome {
    call.require(object.name(), Rights::UPDATE)?;
    let done = call
        .app
        .store
        .edit(without_rows(call, object), |work| -> Result<_, Refusal> {
            let (target, table, field) = field(work.schema, object, name)?;
            let keys = work.matching_in(target, filter)?;
            let keys = attachment::clear(work.transaction, table, field, &keys)?;
            Ok(work.finish(keys, RecordChanges::default())?)
        })?;
    Ok(affected(call.version, "RecordsAffected", &done))
}
