//! An uploaded file as a form: one part called `File`.

use bytes::Bytes;

/// The part's name. v3 documents it; what v4 calls it is not recorded.
const PART: &str = "File";

/// What stands before and after a file's content, and the type of it all.
#[derive(Clone, Debug)]
pub(crate) struct FileForm {
    pub(crate) content_type: String,
    pub(crate) before: Bytes,
    pub(crate) after: Bytes,
}

impl FileForm {
    /// The form of a file; neither its name nor its type may hold quotes or line breaks.
    pub(crate) fn new(file_name: &str, file_type: &str) -> Self {
        // Nobody who made the content can have known the boundary.
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

    /// How many bytes the form adds to the content.
    pub(crate) fn length(&self) -> u64 {
        (self.before.len() + self.after.len()) as u64
    }
}
