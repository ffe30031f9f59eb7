//! The file in one field of one record.

use super::content::ContentError;
use super::download::Download;
use super::field_ref::FieldRef;
use super::info::AttachmentInfo;
use super::name;
use super::permitted::is_refused;
use super::upload::Upload;
use crate::column::Column;
use crate::dialect::{MultipartFile, affected_if_reported};
use crate::handle::{Access, Handle};
use crate::read::key_is;
use crate::record::{Key, Record, Source};
use caspio_core::error::ErrorContext as _;
use caspio_core::http::HeaderValue;
use caspio_core::{Error, ErrorKind, Result};

pub(super) const DOWNLOAD: &str = "attachments.download";
pub(super) const DELETE: &str = "attachments.delete";
const RENAME: &str = "attachments.rename";
const UPLOAD: &str = "attachments.upload";

/// The file in one attachment field of one record.
///
/// Made by [`Table::attachment`] and the like. It is a handle: making and cloning one makes no call,
/// and the file need not exist.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
/// # struct Contact { #[caspio(pk)] pk_id: i64, city: String, photo: Option<String> }
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let photo = caspio.table::<Contact>().attachment(7, |c| c.photo);
/// if photo.info().await?.is_some() {
///     photo.delete().await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Attachment {
    field: FieldRef,
    key: Key,
}

impl Attachment {
    /// Uploads a file, in place of the one that may be there. One call; the first upload to a table
    /// or view takes one more, for the types that its fields permit.
    ///
    /// Doing it twice is as good as once, so it is tried again when an answer is lost, unless the
    /// content is a [stream](Upload::stream).
    ///
    /// ```no_run
    /// # use caspio::attachment::Attachment;
    /// # async fn example(photo: Attachment) -> caspio::Result<()> {
    /// use caspio::attachment::Upload;
    ///
    /// photo.upload(Upload::file("ann.png").await?).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such record. `Refused` before anything is sent: the file's name
    /// cannot be sent, or the field is defined not to permit its type; and when the content cannot
    /// be read to the end it was said to have.
    pub async fn upload(&self, upload: Upload) -> Result<()> {
        let sent = self.put(upload).await;
        sent.map_err(|error| self.locate(UPLOAD, error))
    }

    async fn put(&self, upload: Upload) -> Result<()> {
        self.field.check_version(UPLOAD)?;
        if let Some(fault) = upload.fault() {
            return Err(fault);
        }
        self.field.path_key(&self.key, UPLOAD)?;
        self.check_type(upload.file_name()).await?;
        let url = self.field.file(&self.key, UPLOAD).await?;
        let form = MultipartFile::new(upload.file_name(), upload.media_type());
        let content_type = HeaderValue::try_from(&form.content_type).map_err(|error| {
            Error::new(ErrorKind::Refused, "the upload's form cannot be sent").with_source(error)
        })?;
        let length = upload.length();
        let body = upload.into_content().into_body(length, &form);
        let client = &self.field.client;
        let operation = self.field.operation(UPLOAD);
        let request = client.dialect().upload(url, content_type, body, operation);
        let sent = client.send(request).await;
        sent.map(drop).map_err(own_fault)
    }

    /// Refuses a file whose type the field is defined not to permit.
    async fn check_type(&self, file_name: &str) -> Result<()> {
        let permitted = self.field.permitted_types().await?;
        if !is_refused(file_name, &permitted) {
            return Ok(());
        }
        let message = format!("the field does not permit files such as {file_name:?}");
        let hint = format!("it permits {}", permitted.join(", "));
        Err(Error::new(ErrorKind::Refused, message).with_hint(hint))
    }

    /// Starts to download the file. One call.
    ///
    /// ```no_run
    /// # use caspio::attachment::Attachment;
    /// # async fn example(photo: Attachment) -> caspio::Result<()> {
    /// photo.download().await?.save_to("photo.png").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such record, or it has no file.
    pub async fn download(&self) -> Result<Download> {
        let answer = async {
            let url = self.field.file(&self.key, DOWNLOAD).await?;
            let client = &self.field.client;
            let operation = self.field.operation(DOWNLOAD);
            let request = client.dialect().download(url, operation);
            client.send_streaming(request).await
        };
        let answer = answer.await.map_err(|error| self.locate(DOWNLOAD, error))?;
        Ok(Download::new(
            answer,
            self.field.clone(),
            self.key.to_string(),
        ))
    }

    /// What is known of the file, if there is one. One call.
    ///
    /// Whether it is the file or the record that is missing, the service does not tell.
    ///
    /// ```no_run
    /// # use caspio::attachment::Attachment;
    /// # async fn example(photo: Attachment) -> caspio::Result<()> {
    /// match photo.info().await? {
    ///     Some(info) => println!("{}: {:?} bytes", info.full_name(), info.size),
    ///     None => println!("no file"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// What the service or the way to it reports.
    pub async fn info(&self) -> Result<Option<AttachmentInfo>> {
        let infos = self.field.infos(&self.condition()).await;
        let infos = infos.map_err(|error| self.with_key(error))?;
        Ok(infos.into_iter().next())
    }

    /// Gives the file another name; Caspio keeps the extension apart, so leave it out. One call.
    ///
    /// ```no_run
    /// # use caspio::attachment::Attachment;
    /// # async fn example(photo: Attachment) -> caspio::Result<()> {
    /// photo.rename("portrait").await?; // photo.png is portrait.png now
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such record, or it has no file. `Refused` before anything is sent:
    /// the name is empty, or holds a path or control characters.
    pub async fn rename(&self, name: &str) -> Result<()> {
        let renamed = async {
            if let Some(fault) = name::fault(name) {
                let message = format!("{fault}: {name:?}");
                return Err(self.field.refused(RENAME, message));
            }
            let condition = self.condition();
            let request = self.field.request(RENAME, |dialect, field, operation| {
                dialect.rename_attachments(field, &condition, name, operation)
            });
            let answer = self.field.client.send(request.await?).await?;
            match affected_if_reported(answer.body())? {
                Some(0) => Err(absent()),
                _ => Ok(()),
            }
        };
        renamed.await.map_err(|error| self.locate(RENAME, error))
    }

    /// Deletes the file. One call.
    ///
    /// ```no_run
    /// # use caspio::attachment::Attachment;
    /// # async fn example(photo: Attachment) -> caspio::Result<()> {
    /// photo.delete().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such record, or it has no file. A call whose answer was lost is made
    /// again; when the file is gone by then, that is success.
    pub async fn delete(&self) -> Result<()> {
        let deleted = self.clear().await;
        deleted.map_err(|error| self.locate(DELETE, error))
    }

    async fn clear(&self) -> Result<()> {
        let key = self.field.path_key(&self.key, DELETE)?;
        let condition = self.condition();
        let request = self.field.request(DELETE, |dialect, field, operation| {
            dialect.delete_attachment(field, &key, &condition, operation)
        });
        let answer = match self.field.client.send(request.await?).await {
            Ok(answer) => answer,
            Err(error) if error.is_not_found() && error.maybe_applied() => return Ok(()),
            Err(error) => return Err(error),
        };
        match affected_if_reported(answer.body())? {
            Some(0) if !answer.maybe_repeated() => Err(absent()),
            _ => Ok(()),
        }
    }

    fn condition(&self) -> String {
        key_is(&self.key).to_sql()
    }

    fn locate(&self, operation: &'static str, error: Error) -> Error {
        self.with_key(self.field.locate(operation, error))
    }

    fn with_key(&self, error: Error) -> Error {
        match error.field() {
            Some(_) if error.key().is_none() => error.with_key(format!("PK_ID {}", self.key)),
            _ => error,
        }
    }
}

fn absent() -> Error {
    Error::new(
        ErrorKind::NotFound,
        "there is no such record, or it has no file in this field",
    )
}

/// An upload that failed on this side says so.
fn own_fault(error: Error) -> Error {
    let Some(fault) = ContentError::behind(&error) else {
        return error;
    };
    let message = fault.to_string();
    Error::new(ErrorKind::Refused, message)
        .with_attempts(error.attempts())
        .with_source(error)
}

impl<R: Record, A: Access> Handle<R, A> {
    /// The file in an attachment field of the record with this key. Makes no call.
    ///
    /// See [`attachment`](crate::attachment).
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, city: String, photo: Option<String> }
    /// # #[derive(CaspioView)] #[caspio(view = "Active")]
    /// # struct Active { #[caspio(pk)] pk_id: String, photo: Option<String> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let by_table = caspio.table::<Contact>().attachment(7, |c| c.photo);
    /// let by_view = caspio.view::<Active>().attachment("7,12", |a| a.photo);
    /// by_view.download().await?.save_to("photo.png").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn attachment<F, U, C>(&self, key: impl Into<A::Key>, column: F) -> Attachment
    where
        F: FnOnce(<R::Source as Source>::Columns) -> Column<R::Source, U, C>,
    {
        let column = column(<R::Source as Source>::COLUMNS);
        self.attachment_named(key, column.name())
    }

    /// As [`attachment`](Self::attachment), for a field whose name is known only at run time.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let by_table = caspio.table_named("Contacts").attachment_named(7, "Photo");
    /// let by_view = caspio.view_named("Active").attachment_named("7,12", "Photo");
    /// by_view.download().await?.save_to("photo.png").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn attachment_named(&self, key: impl Into<A::Key>, field: impl Into<String>) -> Attachment {
        let key: A::Key = key.into();
        Attachment {
            field: FieldRef {
                client: self.client().clone(),
                target: self.target().clone(),
                field: field.into(),
            },
            key: key.into(),
        }
    }
}
