//! Files on their way to and from the service: what attachments and the account's files have in common.

mod content;
mod download;
pub(crate) mod media;
pub(crate) mod name;
mod save;
mod upload;

pub(crate) use content::ContentError;
pub use download::Download;
pub(crate) use download::Subject;
pub use upload::Upload;
