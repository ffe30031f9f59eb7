//! Uploaded files as a multipart form.

use bytes::Bytes;

/// The name of the part with an attachment. v3 documents it; v4's name is not documented, fact `attachments-in-v4`.
pub(crate) const ATTACHMENT_PART: &str = "File";

/// The bytes around the content of each file, and the content type of the form.
#[derive(Clone, Debug)]
pub(crate) struct MultipartForm {
    pub(crate) content_type: String,
    /// What precedes the content of each file.
    pub(crate) heads: Vec<Bytes>,
    pub(crate) end: Bytes,
}

impl MultipartForm {
    /// Creates the form of files, given by their names and types, neither of which may contain quotes or line breaks.
    pub(crate) fn new<'f>(part: &str, files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Self {
        // Random, so that the content cannot contain the boundary.
        let boundary = format!("caspio-{:032x}", fastrand::u128(..));
        let files = files.into_iter().enumerate();
        let heads = files.map(|(index, (name, media_type))| {
            let line = if index == 0 { "" } else { "\r\n" };
            Bytes::from(format!(
                "{line}--{boundary}\r\n\
                 Content-Disposition: form-data; name=\"{part}\"; filename=\"{name}\"\r\n\
                 Content-Type: {media_type}\r\n\r\n"
            ))
        });
        Self {
            heads: heads.collect(),
            content_type: format!("multipart/form-data; boundary={boundary}"),
            end: format!("\r\n--{boundary}--\r\n").into(),
        }
    }

    /// Returns the number of bytes that the form adds to the contents.
    pub(crate) fn length(&self) -> u64 {
        let heads: usize = self.heads.iter().map(Bytes::len).sum();
        (heads + self.end.len()) as u64
    }
}
