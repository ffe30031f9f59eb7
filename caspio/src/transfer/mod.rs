//! Files on their way to and from the service: what attachments and the account's files have in common.

mod content;
mod download;
pub(crate) mod media;
pub(crate) mod name;
mod original;
mod range;
mod resume;
mod save;
mod upload;

pub(crate) use content::content_error;
pub use download::Download;
pub(crate) use original::Original;
pub(crate) use resume::Subject;
pub use upload::Upload;
