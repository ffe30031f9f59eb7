//! A file to upload.

use super::content::{Content, Part, Progress, Source, sources_body};
use super::media::of_extension;
use super::name;
use super::original::Original;
use crate::dialect::MultipartForm;
use bytes::Bytes;
use caspio_core::error::ErrorContext as _;
use caspio_core::http::HeaderValue;
use caspio_core::http_client::Body;
use caspio_core::{Error, ErrorKind, Result};
use futures::stream::{Stream, StreamExt};
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};
use sync_wrapper::SyncWrapper;
use tokio::runtime::Handle;

/// A file to upload: its name, its type and its bytes.
///
/// The content type is that of the name's extension, unless [`content_type`](Self::content_type) sets another one. A
/// name with a path, control characters or a quote is refused before anything is sent; give such a file another name
/// with [`named`](Self::named).
///
/// ```
/// use caspio::attachment::Upload;
///
/// let upload = Upload::bytes("notes", "Hello, Ann").content_type("text/plain");
/// assert_eq!((upload.file_name(), upload.length()), ("notes", 10));
/// ```
#[must_use = "nothing is uploaded until an attachment or a folder takes it"]
pub struct Upload {
    file_name: String,
    content_type: Option<String>,
    length: u64,
    content: Content,
    progress: Option<Progress>,
}

impl Upload {
    /// Creates an upload of bytes in memory, with a file name. The bytes are not copied.
    pub fn bytes(file_name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self::new(
            file_name,
            bytes.len() as u64,
            Content::Source(Source::Bytes(bytes)),
        )
    }

    /// Creates an upload of a file on this machine with its own name. It is read in pieces while it is sent.
    ///
    /// The upload fails if the file's length changes in the meantime.
    ///
    /// # Errors
    ///
    /// `Refused`: there is no such file, it cannot be read, or its name is not UTF-8. `Config` outside a tokio runtime.
    pub async fn file(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Handle::try_current().map_err(|error| {
            let message = "a file must be opened in a tokio runtime";
            Error::new(ErrorKind::Config, message).with_source(error)
        })?;
        let refused = |reason: &str| Error::new(ErrorKind::Refused, format!("{path:?} {reason}"));
        let metadata = tokio::fs::metadata(path)
            .await
            .map_err(|error| refused("cannot be read").with_source(error))?;
        if !metadata.is_file() {
            return Err(refused("is not a file"));
        }
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| refused("has a name that is not UTF-8"))?;
        let content = Content::Source(Source::File(path.to_owned()));
        Ok(Self::new(name, metadata.len(), content))
    }

    /// Creates an upload of a stream of exactly `length` bytes, with a file name.
    ///
    /// The service requires the length; the upload fails if the stream has a different one. A stream cannot be read
    /// twice, so such an upload is never retried: prefer [`file`](Self::file) or [`bytes`](Self::bytes).
    ///
    /// ```
    /// use bytes::Bytes;
    /// use caspio::attachment::Upload;
    /// use futures::stream;
    ///
    /// let pieces = stream::iter([Ok(Bytes::from_static(b"Hello, ")), Ok(Bytes::from_static(b"Ann"))]);
    /// let upload = Upload::stream("hello.txt", 10, pieces);
    /// assert_eq!(upload.length(), 10);
    /// ```
    pub fn stream(
        file_name: impl Into<String>,
        length: u64,
        stream: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    ) -> Self {
        Self::new(
            file_name,
            length,
            Content::Stream(SyncWrapper::new(stream.boxed())),
        )
    }

    fn new(file_name: impl Into<String>, length: u64, content: Content) -> Self {
        Self {
            file_name: file_name.into(),
            content_type: None,
            length,
            content,
            progress: None,
        }
    }

    /// Sets the file's name.
    pub fn named(mut self, file_name: impl Into<String>) -> Self {
        self.file_name = file_name.into();
        self
    }

    /// Sets the content type, such as `image/png`, independent of the name's extension.
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// Sets a function that is called when bytes are sent, with the number of bytes so far and the length. If the
    /// upload is repeated after a failure, the number begins again at zero.
    ///
    /// ```
    /// use caspio::attachment::Upload;
    ///
    /// let upload = Upload::bytes("notes.txt", "Hello, Ann")
    ///     .on_progress(|sent, length| println!("{sent} of {length} bytes"));
    /// ```
    pub fn on_progress(mut self, watch: impl FnMut(u64, u64) + Send + 'static) -> Self {
        self.progress = Some(Arc::new(Mutex::new(watch)));
        self
    }

    /// Returns the file's name.
    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// Returns the length in bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Returns the error of an upload that cannot be sent.
    pub(crate) fn check(&self) -> Option<Error> {
        let refused = |violation: &str, text: &str| {
            Error::new(ErrorKind::Refused, format!("{violation}: {text:?}"))
        };
        if let Some(violation) = name::check_in_form(&self.file_name) {
            let error = refused(violation, &self.file_name);
            return Some(error.with_hint("give the file another name with `Upload::named`"));
        }
        let given = self.content_type.as_deref()?;
        let printable = |byte: u8| (b' '..=b'~').contains(&byte);
        let good = given.bytes().all(printable) && given.contains('/');
        (!good).then(|| refused("not a content type", given))
    }

    /// Returns the content type that was set, or that of the name's extension.
    pub(crate) fn media_type(&self) -> &str {
        let given = self.content_type.as_deref();
        let guessed = || of_extension(name::extension(&self.file_name)?);
        given.or_else(guessed).unwrap_or("application/octet-stream")
    }

    /// Returns the bytes, if they can be read again: those of a stream cannot.
    pub(crate) fn original(&self) -> Option<Original> {
        let Content::Source(source) = &self.content else {
            return None;
        };
        Some(Original {
            source: source.clone(),
            length: self.length,
        })
    }

    /// Returns the same upload once more, unless its content is a stream.
    pub(crate) fn try_clone(&self) -> Option<Self> {
        let Content::Source(source) = &self.content else {
            return None;
        };
        Some(Self {
            file_name: self.file_name.clone(),
            content_type: self.content_type.clone(),
            length: self.length,
            content: Content::Source(source.clone()),
            progress: self.progress.clone(),
        })
    }

    /// Returns the body that sends the file in a part of this name, and its content type.
    ///
    /// # Errors
    ///
    /// `Refused`: the content type is not a header's value.
    pub(crate) fn into_form(self, part: &str) -> Result<(HeaderValue, Body)> {
        let form = MultipartForm::new(part, [(self.file_name.as_str(), self.media_type())]);
        let content_type = header_of(&form)?;
        let part = Part {
            content: self.content,
            length: self.length,
            progress: self.progress,
        };
        Ok((content_type, part.into_body(&form)))
    }

    /// Returns the body that sends several files, none of which is a stream, in parts of this name.
    ///
    /// # Errors
    ///
    /// As for [`into_form`](Self::into_form).
    pub(crate) fn form_of_many(part: &str, uploads: &[Self]) -> Result<(HeaderValue, Body)> {
        let named = uploads.iter();
        let named = named.map(|upload| (upload.file_name.as_str(), upload.media_type()));
        let form = MultipartForm::new(part, named);
        let sources = uploads.iter().filter_map(|upload| {
            let original = upload.original()?;
            Some(Part {
                content: original.source,
                length: original.length,
                progress: upload.progress.clone(),
            })
        });
        Ok((header_of(&form)?, sources_body(sources.collect(), &form)))
    }
}

fn header_of(form: &MultipartForm) -> Result<HeaderValue> {
    HeaderValue::try_from(&form.content_type).map_err(|error| {
        Error::new(ErrorKind::Refused, "the upload's form cannot be sent").with_source(error)
    })
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("file_name", &self.file_name)
            .field("content_type", &self.media_type())
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_type_is_that_of_the_extension_by_default() {
        let upload = Upload::bytes("Photo.JPEG", "x");
        assert_eq!(upload.media_type(), "image/jpeg");
        assert_eq!(
            upload.named("photo").media_type(),
            "application/octet-stream"
        );
        let upload = Upload::bytes("a.png", "x").content_type("image/webp");
        assert_eq!(upload.media_type(), "image/webp");
    }

    #[test]
    fn a_type_that_could_end_its_header_is_refused() {
        for bad in ["image/png\r\nX: y", "png", "image/pñg"] {
            let error = Upload::bytes("a.png", "x").content_type(bad).check();
            let message = error.expect("refused").to_string();
            assert!(message.contains("content type"), "{message}");
        }
        assert!(Upload::bytes("a.png", "x").check().is_none());
    }

    #[tokio::test]
    async fn a_missing_file_is_refused_with_its_path() {
        let error = Upload::file("/nowhere/cv.pdf").await.expect_err("no file");

        assert_eq!(error.kind(), ErrorKind::Refused);
        assert!(error.to_string().contains("/nowhere/cv.pdf"), "{error}");
        assert!(Upload::file("/").await.is_err());
    }
}
