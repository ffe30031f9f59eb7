//! Uploads of one file.

use super::errors::Place;
use super::folder::Folder;
use super::id::FileId;
use super::lost::Found;
use super::new_name::Names;
use super::path::is_in_root;
use super::uploaded::{IfExists, Outcome, UploadedFile};
use crate::dialect::{Storing, UploadedJson, uploaded};
use crate::transfer::{Upload, content_error};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Idempotency, Operation, Request, Response, Result};
use serde_json::Value;

pub(super) const UPLOAD: &str = "files.upload";

/// How many new names are tried, each by an upload, if other programs store files under them at the same time.
const NEW_NAMES: usize = 5;

/// Whether an earlier call of the same upload may have stored the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Earlier {
    None,
    MayHaveStored,
}

impl Folder {
    /// Uploads a file to this folder. One call if the file is new or replaces another one; `if_exists` decides what
    /// happens to a file of this name, and what that costs.
    ///
    /// After a lost response the call is repeated, unless the content is a [stream](Upload::stream), and never stores
    /// the file twice, because names are unique in a folder. If the service reports a file of this name only then, that
    /// file is compared with the content, by two calls: if it is equal, the upload is a success.
    ///
    /// # Errors
    ///
    /// `Conflict`: there is a file of this name. `NotFound`: there is no such folder. `Refused`, before anything is
    /// sent: the file's name or type cannot be sent. `Refused` also if the content cannot be read or does not have the
    /// given length. `Invalid` with status 413: the file is too large. If
    /// [`maybe_applied`](crate::Error::maybe_applied), the file may have been stored: [`find`](Self::find) shows it.
    pub fn upload(
        &self,
        upload: Upload,
        if_exists: IfExists,
    ) -> impl Future<Output = Result<UploadedFile>> + Send + use<> {
        let this = self.clone();
        async move { this.store(upload, if_exists).await }
    }

    async fn store(&self, upload: Upload, if_exists: IfExists) -> Result<UploadedFile> {
        let place = self.place_of(&upload);
        let stored = async {
            self.check(UPLOAD)?;
            if let Some(error) = upload.check() {
                return Err(error);
            }
            match if_exists {
                IfExists::Refuse => self.add(upload, Earlier::None).await,
                IfExists::Replace => self.replace(upload).await,
                IfExists::Skip => match self.find_file(upload.file_name()).await? {
                    Some(info) => Ok(UploadedFile::of(info, Outcome::Skipped)),
                    None => self.add_as(upload, if_exists, Earlier::None).await,
                },
                IfExists::NewName => self.add_under_new_name(upload).await,
            }
        };
        stored.await.map_err(|error| place.explain(UPLOAD, error))
    }

    /// Uploads a file that is expected to be new; if it is not, the policy decides.
    pub(super) async fn add_as(
        &self,
        upload: Upload,
        if_exists: IfExists,
        earlier: Earlier,
    ) -> Result<UploadedFile> {
        let (name, again) = (upload.file_name().to_owned(), upload.try_clone());
        let added = self.add(upload, earlier).await;
        let conflict = match added {
            Err(error) if error.kind() == ErrorKind::Conflict => error,
            other => return other,
        };
        match (if_exists, again) {
            (IfExists::Skip, _) => match self.find_file(&name).await? {
                Some(info) => Ok(UploadedFile::of(info, Outcome::Skipped)),
                None => Err(conflict),
            },
            (IfExists::NewName, Some(again)) => self.add_under_new_name(again).await,
            _ => Err(conflict),
        }
    }

    async fn add_under_new_name(&self, mut upload: Upload) -> Result<UploadedFile> {
        let files = self.list().await?;
        let mut names = Names::of(files.iter().map(|file| file.name.as_str()));
        let wanted = upload.file_name().to_owned();
        for _ in 1..NEW_NAMES {
            let again = upload.try_clone();
            let added = self.add(upload.named(names.free(&wanted)), Earlier::None);
            upload = match (added.await, again) {
                (Err(error), Some(again)) if error.kind() == ErrorKind::Conflict => again,
                (result, _) => return result,
            };
        }
        self.add(upload.named(names.free(&wanted)), Earlier::None)
            .await
    }

    /// Uploads a new file. After a lost response it is sent again: the service stores no second file of a name.
    async fn add(&self, upload: Upload, earlier: Earlier) -> Result<UploadedFile> {
        let (name, original) = (upload.file_name().to_owned(), upload.original());
        let mut request = self.request(upload, Storing::New)?;
        if original.is_some() {
            request = request.idempotency(Idempotency::Idempotent);
        }
        let error = match self.client.send(request).await {
            Ok(response) => return self.stored(&response, &name, Outcome::Created).await,
            Err(error) => content_error(error),
        };
        let is_conflict = error.kind() == ErrorKind::Conflict;
        let may_be_own = is_conflict && earlier == Earlier::MayHaveStored;
        if !may_be_own && !error.maybe_applied() {
            return Err(error);
        }
        match self.compare(&name, original.as_ref()).await {
            Found::Equal(info) => Ok(UploadedFile::of(info, Outcome::Created)),
            Found::Different if is_conflict => Err(error.with_maybe_applied(false)),
            // A program that repeats the upload would be told that the file exists.
            _ => Err(error.with_retryable(false)),
        }
    }

    async fn replace(&self, upload: Upload) -> Result<UploadedFile> {
        let name = upload.file_name().to_owned();
        let request = self.request(upload, Storing::Replacing)?;
        let response = self.client.send(request).await.map_err(content_error)?;
        let outcome = match response.status().as_u16() {
            201 => Outcome::Created,
            _ => Outcome::Replaced,
        };
        self.stored(&response, &name, outcome).await
    }

    fn request(&self, upload: Upload, storing: Storing) -> Result<Request> {
        let operation = self.upload_operation(&self.place_of(&upload));
        let form = upload.into_form(storing.part())?;
        let (operations, base) = (self.client.dialect().files(), self.client.base());
        Ok(operations.upload(base, self.id_text(), storing, form, operation))
    }

    pub(super) fn upload_operation(&self, place: &Place) -> Operation {
        Operation::new(UPLOAD).on(place.resource())
    }

    pub(super) fn place_of(&self, upload: &Upload) -> Place {
        Place::NewFile {
            name: upload.file_name().to_owned(),
            length: upload.length(),
            folder: self.place().resource(),
        }
    }

    /// Returns the one file that a response reports.
    async fn stored(
        &self,
        response: &Response,
        name: &str,
        outcome: Outcome,
    ) -> Result<UploadedFile> {
        let reported = uploaded(response.body()).into_iter().next();
        let reported = reported.unwrap_or_default();
        let status = response.status().as_u16();
        self.reported(reported, name, outcome, status).await
    }

    /// Returns a file that was uploaded under a name as the response with this status reports it.
    pub(super) async fn reported(
        &self,
        reported: UploadedJson,
        name: &str,
        outcome: Outcome,
        status: u16,
    ) -> Result<UploadedFile> {
        if let Some(error) = rejection(&reported) {
            return Err(error);
        }
        let file = reported.file;
        if self.id().is_some()
            && let Some(path) = file.path.as_deref().filter(|path| is_in_root(path))
        {
            // Only the parameter of v4 that names the folder is inferred, fact `folders-of-v4`.
            let message = format!("the service stored the file in the root folder, as {path:?}");
            let hint = "look at it by `file_at` before you delete it: if it replaced a file of this name there, it is \
                        the only one";
            return Err(unusable(message, status).with_hint(hint));
        }
        let name = file.name.unwrap_or_else(|| name.to_owned());
        if let Some(id) = file.id {
            return Ok(UploadedFile {
                id: FileId::from(id),
                name,
                path: file.path,
                outcome,
            });
        }
        match self.find_file(&name).await {
            Ok(Some(info)) => Ok(UploadedFile::of(info, outcome)),
            Ok(None) | Err(_) => {
                let message = "the service confirms the upload without the file's id";
                Err(unusable(message, status)
                    .with_hint("`find` the file before you upload it again"))
            }
        }
    }
}

/// Returns the error of a file that the service did not store although the call succeeded.
fn rejection(reported: &UploadedJson) -> Option<Error> {
    let status = reported.status.filter(|status| *status >= 300);
    let is_rejected = status.is_some() || (reported.reason.is_some() && reported.file.id.is_none());
    if !is_rejected {
        return None;
    }
    let kind = match status {
        Some(403) => ErrorKind::Permission,
        Some(404) => ErrorKind::NotFound,
        Some(409) => ErrorKind::Conflict,
        Some(500..) => ErrorKind::Server,
        _ => ErrorKind::Invalid,
    };
    let message = match &reported.reason {
        Some(Value::String(reason)) => reason.clone(),
        Some(reason) => reason.to_string(),
        None => "the service did not store the file".to_owned(),
    };
    let error = Error::new(kind, message);
    Some(match status {
        Some(status) => error.with_status(status),
        None => error,
    })
}

/// The error of an upload that was executed with a result that cannot be used.
fn unusable(message: impl Into<String>, status: u16) -> Error {
    Error::new(ErrorKind::Protocol, message)
        .with_status(status)
        .with_maybe_applied(true)
}
