//! What is uploaded.

use super::content::Content;
use super::media::of_extension;
use super::name;
use bytes::Bytes;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::stream::{Stream, StreamExt};
use std::fmt;
use std::io;
use std::path::Path;

/// A file to upload: its name, its type and its bytes.
///
/// The content type follows from the name's extension, unless it is [said](Self::content_type). A
/// name with a path, control characters or a quote in it is refused before anything is sent; give
/// such a file another name by [`named`](Self::named).
///
/// ```
/// use caspio::attachment::Upload;
///
/// let upload = Upload::bytes("notes", "Hello, Ann").content_type("text/plain");
/// assert_eq!((upload.file_name(), upload.length()), ("notes", 10));
/// ```
#[must_use = "nothing is uploaded until an attachment takes it"]
pub struct Upload {
    file_name: String,
    content_type: Option<String>,
    length: u64,
    content: Content,
}

impl Upload {
    /// Bytes in memory, under a file name. They are not copied.
    ///
    /// ```
    /// use caspio::attachment::Upload;
    ///
    /// let upload = Upload::bytes("hello.txt", "Hello, Ann");
    /// assert_eq!(upload.length(), 10);
    /// ```
    pub fn bytes(file_name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self::new(file_name, bytes.len() as u64, Content::Bytes(bytes))
    }

    /// A file on this machine under its own name, read piece by piece while it is sent.
    ///
    /// It must not change meanwhile: the upload fails when it grew or shrank.
    ///
    /// ```no_run
    /// use caspio::attachment::Upload;
    ///
    /// # async fn example() -> caspio::Result<()> {
    /// let upload = Upload::file("pictures/ann.png").await?;
    /// assert_eq!(upload.file_name(), "ann.png");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `Refused`: there is no such file, it cannot be read, or its name is not UTF-8.
    pub async fn file(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let refused = |what: &str| Error::new(ErrorKind::Refused, format!("{path:?} {what}"));
        let metadata = tokio::fs::metadata(path)
            .await
            .map_err(|error| refused("cannot be read").with_source(error))?;
        if !metadata.is_file() {
            return Err(refused("is not a file"));
        }
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| refused("has a name that is not UTF-8"))?;
        let content = Content::File(path.to_owned());
        Ok(Self::new(name, metadata.len(), content))
    }

    /// A stream of exactly `length` bytes, under a file name.
    ///
    /// The length must be known, because the service takes no upload without it; the upload fails
    /// when the stream has another one. A stream cannot be read twice, so such an upload is never
    /// tried again by itself: prefer [`file`](Self::file) or [`bytes`](Self::bytes).
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
        Self::new(file_name, length, Content::Stream(stream.boxed()))
    }

    fn new(file_name: impl Into<String>, length: u64, content: Content) -> Self {
        Self {
            file_name: file_name.into(),
            content_type: None,
            length,
            content,
        }
    }

    /// Gives the file another name.
    ///
    /// ```
    /// use caspio::attachment::Upload;
    ///
    /// let upload = Upload::bytes("tmp-4711.png", vec![0x89_u8]).named("ann.png");
    /// assert_eq!(upload.file_name(), "ann.png");
    /// ```
    pub fn named(mut self, file_name: impl Into<String>) -> Self {
        self.file_name = file_name.into();
        self
    }

    /// Says the content type, such as `image/png`, whatever the name's extension.
    ///
    /// ```
    /// use caspio::attachment::Upload;
    ///
    /// let upload = Upload::bytes("report", "a,b").content_type("text/csv");
    /// assert!(format!("{upload:?}").contains("text/csv"));
    /// ```
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// The name it will have.
    ///
    /// ```
    /// use caspio::attachment::Upload;
    ///
    /// assert_eq!(Upload::bytes("hello.txt", "Hello").file_name(), "hello.txt");
    /// ```
    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// How many bytes it has.
    ///
    /// ```
    /// use caspio::attachment::Upload;
    ///
    /// assert_eq!(Upload::bytes("hello.txt", "Hello").length(), 5);
    /// ```
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Why it cannot be sent as it is, if it cannot.
    pub(super) fn fault(&self) -> Option<Error> {
        let refused =
            |fault: &str, text: &str| Error::new(ErrorKind::Refused, format!("{fault}: {text:?}"));
        if let Some(fault) = name::fault_in_form(&self.file_name) {
            let error = refused(fault, &self.file_name);
            return Some(error.with_hint("give the file another name by `Upload::named`"));
        }
        let given = self.content_type.as_deref()?;
        let printable = |byte: u8| (b' '..=b'~').contains(&byte);
        let good = given.bytes().all(printable) && given.contains('/');
        (!good).then(|| refused("this is no content type", given))
    }

    /// The content type that was said, or else that of the name's extension.
    pub(super) fn media_type(&self) -> &str {
        let given = self.content_type.as_deref();
        let guessed = || of_extension(name::extension(&self.file_name)?);
        given.or_else(guessed).unwrap_or("application/octet-stream")
    }

    pub(super) fn into_content(self) -> Content {
        self.content
    }
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
    fn the_type_follows_from_the_name_unless_it_is_said() {
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
            let fault = Upload::bytes("a.png", "x").content_type(bad).fault();
            let told = fault.expect("refused").to_string();
            assert!(told.contains("content type"), "{told}");
        }
        assert!(Upload::bytes("a.png", "x").fault().is_none());
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_is_refused_by_its_path() {
        let error = Upload::file("/nowhere/cv.pdf").await.expect_err("no file");

        assert_eq!(error.kind(), ErrorKind::Refused);
        assert!(error.to_string().contains("/nowhere/cv.pdf"), "{error}");
        assert!(Upload::file("/").await.is_err());
    }
}
