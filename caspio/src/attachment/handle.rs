//! The file in one field of one record.

use super::field_ref::FieldRef;
use super::info::AttachmentInfo;
use super::permitted::is_refused;
use crate::client::Client;
use crate::column::IntoColumn;
use crate::dialect::{ATTACHMENT_PART, affected_if_reported, confirmed};
use crate::filter::ColumnFn;
use crate::handle::{Access, Handle, TableAccess, WriteAccess};
use crate::read::key_is;
use crate::record::{IntoKey, Key, Record, Source, with_key};
use crate::transfer::{Download, Subject, Upload, content_error, name};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Request, Result};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

pub(super) const DELETE: &str = "attachments.delete";
const DOWNLOAD: &str = "attachments.download";
const RENAME: &str = "attachments.rename";
const UPLOAD: &str = "attachments.upload";

/// The file in one attachment field of one record.
///
/// Created by [`Table::attachment`](crate::Table::attachment) and [`View::attachment`](crate::View::attachment).
/// Creating or cloning it makes no call, and the file need not exist. The files of a view are written through
/// [`View::writable`](crate::View::writable), as its records are.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # use caspio::attachment::Attachment;
/// use caspio::attachment::Upload;
///
/// # async fn example(photo: Attachment) -> caspio::Result<()> {
/// photo.upload(Upload::file("ann.png").await?).await?;
/// photo.rename("portrait").await?; // ann.png is portrait.png now
/// if let Some(info) = photo.info().await? {
///     println!("{}: {:?} bytes", info.full_name(), info.size);
/// }
/// photo.download().await?.save_to("copy.png").await?;
/// photo.delete().await?;
/// # Ok(())
/// # }
/// ```
pub struct Attachment<A = TableAccess> {
    field: FieldRef,
    key: Key,
    access: PhantomData<fn() -> A>,
}

impl<A: Access> Attachment<A> {
    /// Uploads a file and replaces the one that is there. One call; the first upload to a table
    /// or view takes one more, for the types that its fields permit.
    ///
    /// An upload can be repeated safely, so it is retried after a lost response, unless the
    /// content is a [stream](Upload::stream).
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such record. `Refused`, before anything is sent: the file's name
    /// cannot be sent, or the field does not permit its type. `Refused` also if the content cannot
    /// be read or does not have the given length.
    pub fn upload(&self, upload: Upload) -> impl Future<Output = Result<()>> + use<A>
    where
        A: WriteAccess,
    {
        let this = self.clone();
        async move {
            let sent = this.put(upload).await;
            sent.map_err(|error| this.with_context(UPLOAD, error))
        }
    }

    async fn put(&self, upload: Upload) -> Result<()> {
        self.field.check_version(UPLOAD)?;
        if let Some(error) = upload.check() {
            return Err(error);
        }
        self.field.path_key(&self.key, UPLOAD)?;
        self.check_type(upload.file_name()).await?;
        let url = self.field.file(&self.key, UPLOAD).await?;
        let (content_type, body) = upload.into_form(ATTACHMENT_PART)?;
        let client = &self.field.client;
        let operation = self.field.operation(UPLOAD);
        let request = client.dialect().upload(url, content_type, body, operation);
        let sent = client.send(request).await;
        sent.map(drop).map_err(content_error)
    }

    /// Refuses a file whose type the field does not permit.
    async fn check_type(&self, file_name: &str) -> Result<()> {
        let permitted = self.field.permitted_types().await?;
        if !is_refused(file_name, &permitted) {
            return Ok(());
        }
        let message = format!("the field does not permit files such as {file_name:?}");
        let hint = format!("it permits {}", permitted.join(", "));
        Err(Error::new(ErrorKind::Refused, message).with_hint(hint))
    }

    /// Starts to download the file. One call, and one more for each time that the connection breaks: see [`Download`].
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such record, or it has no file.
    pub fn download(&self) -> impl Future<Output = Result<Download>> + use<A> {
        let this = self.clone();
        async move { this.start().await }
    }

    async fn start(self) -> Result<Download> {
        let subject = Arc::new(self);
        let started = Download::start(subject.clone()).await;
        started.map_err(|error| Subject::with_context(&*subject, error))
    }

    /// Returns the file's name, size and dates; `None` if there is no file. One call.
    ///
    /// The service does not report whether the file or the record is missing.
    ///
    /// # Errors
    ///
    /// The error of the call.
    pub fn info(&self) -> impl Future<Output = Result<Option<AttachmentInfo>>> + use<A> {
        let this = self.clone();
        async move {
            let infos = this.field.infos(&this.condition()).await;
            let infos = infos.map_err(|error| this.with_key(error))?;
            Ok(infos.into_iter().next())
        }
    }

    /// Renames the file. Caspio stores the extension separately, so `name` has none. One call.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such record, or it has no file. `Refused`, before anything is sent:
    /// the name is empty, or contains a path or control characters.
    pub fn rename(&self, name: &str) -> impl Future<Output = Result<()>> + use<A>
    where
        A: WriteAccess,
    {
        let (this, name) = (self.clone(), name.to_owned());
        async move {
            let renamed = this.set_name(&name).await;
            renamed.map_err(|error| this.with_context(RENAME, error))
        }
    }

    async fn set_name(&self, name: &str) -> Result<()> {
        if let Some(violation) = name::check(name) {
            let message = format!("{violation}: {name:?}");
            return Err(self.field.refused(RENAME, message));
        }
        let condition = self.condition();
        let request = self.field.request(RENAME, |dialect, field, operation| {
            dialect.rename_attachments(field, &condition, name, operation)
        });
        let response = self.field.client.send(request.await?).await?;
        match affected_if_reported(response.body())? {
            Some(0) => Err(absent()),
            Some(_) => Ok(()),
            None => confirmed(&response),
        }
    }

    /// Deletes the file. One call.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such record, or it has no file. After a lost response the call is repeated. If the
    /// file does not exist by then, that is a success.
    pub fn delete(&self) -> impl Future<Output = Result<()>> + use<A>
    where
        A: WriteAccess,
    {
        let this = self.clone();
        async move {
            let deleted = this.clear().await;
            deleted.map_err(|error| this.with_context(DELETE, error))
        }
    }

    async fn clear(&self) -> Result<()> {
        let key = self.field.path_key(&self.key, DELETE)?;
        let condition = self.condition();
        let request = self.field.request(DELETE, |dialect, field, operation| {
            dialect.delete_attachment(field, &key, &condition, operation)
        });
        let response = match self.field.client.send(request.await?).await {
            Ok(response) => response,
            Err(error) if error.is_not_found() && error.maybe_applied() => return Ok(()),
            Err(error) => return Err(error),
        };
        match affected_if_reported(response.body())? {
            Some(0) if !response.maybe_repeated() => Err(absent()),
            Some(_) => Ok(()),
            None => confirmed(&response),
        }
    }

    fn condition(&self) -> String {
        key_is(&self.key).to_sql()
    }

    fn with_context(&self, operation: &'static str, error: Error) -> Error {
        self.with_key(self.field.with_context(operation, error))
    }

    fn with_key(&self, error: Error) -> Error {
        match error.field() {
            Some(_) if error.key().is_none() => with_key(error, &self.key),
            _ => error,
        }
    }
}

impl<A: Access> Subject for Attachment<A> {
    fn client(&self) -> &Client {
        &self.field.client
    }

    fn request(&self) -> BoxFuture<'_, Result<Request>> {
        let request = async {
            let url = self.field.file(&self.key, DOWNLOAD).await?;
            let operation = self.field.operation(DOWNLOAD);
            Ok(self.client().dialect().download(url, operation))
        };
        request.boxed()
    }

    fn with_context(&self, error: Error) -> Error {
        self.with_context(DOWNLOAD, error)
    }
}

impl<A> Clone for Attachment<A> {
    fn clone(&self) -> Self {
        Self {
            field: self.field.clone(),
            key: self.key.clone(),
            access: PhantomData,
        }
    }
}

impl<A> fmt::Debug for Attachment<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attachment")
            .field("field", &self.field)
            .field("key", &self.key)
            .finish()
    }
}

fn absent() -> Error {
    Error::new(
        ErrorKind::NotFound,
        "there is no such record, or it has no file in this field",
    )
}

impl<R: Record, A: Access> Handle<R, A> {
    /// Returns the file in an attachment field of the record with this key. Makes no call.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, #[caspio(read_only)] photo: Option<String> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let photo = caspio.table::<Contact>().attachment(7, |c| c.photo);
    /// photo.download().await?.save_to("photo.png").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The field is given as `|c| c.photo`, or by its name as `|_| "Photo"`. It is `#[caspio(read_only)]` in the
    /// struct: an insert with the file's name, or with null, is refused.
    #[must_use]
    pub fn attachment<F, K>(&self, key: impl IntoKey<A::Key, K>, column: F) -> Attachment<A>
    where
        F: ColumnFn<R::Source>,
    {
        let key: A::Key = key.into_key();
        let column = column(<R::Source as Source>::COLUMNS);
        Attachment {
            field: FieldRef {
                client: self.client().clone(),
                target: self.target().clone(),
                field: column.into_name().into_owned(),
            },
            key: key.into(),
            access: PhantomData,
        }
    }
}
