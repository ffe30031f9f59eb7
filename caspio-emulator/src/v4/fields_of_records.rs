//! Passwords and attachments of records, by condition and by key.

use super::bulk::Change;
use super::records::by_key;
use crate::auth::Rights;
use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Refusal};
use crate::store::edit::ObjectName;
use crate::v3::attachments::{delete, download, infos, rename, upload};
use crate::v3::passwords;
use crate::v3::records::{table, view};

pub(super) const ROUTES: &[Route] = &[
    Route::patch(
        "tables/{}/records/bulk/passwordFields/{}",
        "UpdatePasswordTableField",
        set_password,
    ),
    Route::delete(
        "tables/{}/records/bulk/passwordFields/{}",
        "ResetPasswordTableField",
        |call| passwords::reset(call, &Change::read(call)?.1),
    ),
    Route::get(
        "tables/{}/records/bulk/attachments/{}/fileInfo",
        "GetFileMetadataFromAttachmentTableFields",
        |call| infos(call, table(call)?),
    ),
    Route::patch(
        "tables/{}/records/bulk/attachments/{}/fileInfo",
        "UpdateFileMetadataInAttachmentTableFields",
        |call| rename_all(call, table(call)?),
    ),
    Route::delete(
        "tables/{}/records/bulk/attachments/{}",
        "DeleteFileFromAttachmentTableFields",
        |call| delete_all(call, table(call)?),
    ),
    Route::get(
        "tables/{}/records/{}/attachments/{}",
        "DownloadFileFromAttachmentTableField",
        |call| download(call, table(call)?, call.segment(2), call.segment(1)),
    ),
    Route::put(
        "tables/{}/records/{}/attachments/{}",
        "UploadFileToAttachmentTableField",
        |call| upload(call, table(call)?, call.segment(2), call.segment(1)),
    )
    .form(),
    Route::delete(
        "tables/{}/records/{}/attachments/{}",
        "DeleteFileFromAttachmentTableField",
        |call| delete_one(call, table(call)?),
    ),
    Route::get(
        "views/{}/records/bulk/attachments/{}/fileInfo",
        "GetFileMetadataFromAttachmentViewFields",
        |call| infos(call, view(call)?),
    ),
    Route::patch(
        "views/{}/records/bulk/attachments/{}/fileInfo",
        "UpdateFileMetadataInAttachmentViewFields",
        |call| rename_all(call, view(call)?),
    ),
    Route::delete(
        "views/{}/records/bulk/attachments/{}",
        "DeleteFileFromAttachmentViewFields",
        |call| delete_all(call, view(call)?),
    ),
    Route::get(
        "views/{}/records/{}/attachments/{}",
        "DownloadFileFromAttachmentViewField",
        |call| download(call, view(call)?, call.segment(2), call.segment(1)),
    ),
    Route::put(
        "views/{}/records/{}/attachments/{}",
        "UploadFileToAttachmentViewField",
        |call| upload(call, view(call)?, call.segment(2), call.segment(1)),
    )
    .form(),
    Route::delete(
        "views/{}/records/{}/attachments/{}",
        "DeleteFileFromAttachmentViewField",
        |call| delete_one(call, view(call)?),
    ),
];

/// It is inferred that the new password is named `value`, as on v3: fact `passwords-in-v4`.
fn set_password(call: &Call<'_>) -> Outcome {
    let (change, filter) = Change::read(call)?;
    let value = change.value.ok_or_else(Refusal::incorrect_body)?;
    passwords::update(call, &filter, &value)
}

/// It is inferred that the new name is named `fileName`, as on v3: fact `attachments-in-v4`.
pub(super) fn rename_all(call: &Call<'_>, object: ObjectName<'_>) -> Outcome {
    let (change, filter) = Change::read(call)?;
    let name = change.file_name.ok_or_else(Refusal::incorrect_body)?;
    rename(call, object, &filter, &name)
}

fn delete_all(call: &Call<'_>, object: ObjectName<'_>) -> Outcome {
    let (_, filter) = Change::read(call)?;
    delete(call, object, call.segment(1), &filter)
}

fn delete_one(call: &Call<'_>, object: ObjectName<'_>) -> Outcome {
    call.require(object.name(), Rights::UPDATE)?;
    delete(call, object, call.segment(2), &by_key(call, object)?)
}
