//! An uploaded file as a multipart form with one part, `File`.

use bytes::Bytes;

/// The part's name. v3 documents it; v4's name is not documented, fact `attachments-in-v4`.
const PART: &str = "File";

/// The bytes before and after a file's content, and the content type of the form.
#[derive(Clone, Debug)]
pub(crate) struct MultipartFile {
    pub(crate) content_type: String,
    pub(crate) before: Bytes,
    pub(crate) after: Bytes,
}

impl MultipartFile {
    /// Creates the form of a file; neither its name nor its type may contain quotes or line breaks.
    pub(crate) fn new(file_name: &str, file_type: &str) -> Self {
        // Random, so that the content cannot contain the boundary.
        let boundary = format!("caspio-{:032x}", fastrand::u128(..));
        let before = format!(
            "--{boundary}\r\n\
             Content-Disposition: form-data; name=\"{PART}\"; filename=\"{file_name}\"\r\n\
             Content-Type: {file_type}\r\n\r\n"
        );
        Self {
            content_type: format!("multipart/form-data; boundary={boundary}"),
            before: before.into(),
            after: format!("\r\n--{boundary}--\r\n").into(),
        }
    }

    /// Returns the number of bytes that the form adds to the content.
    pub(crate) fn length(&self) -> u64 {
        (self.before.len() + self.after.len()) as u64
    }
}
