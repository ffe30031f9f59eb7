//! What happens to a file of the same name, and the result of an upload.

use super::id::FileId;
use super::info::FileInfo;

/// What an upload does if the folder has a file of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IfExists {
    /// The upload fails with an error of kind `Conflict`, and the file stays as it is.
    Refuse,
    /// The file is replaced, and keeps its id.
    Replace,
    /// The file stays as it is, and nothing is uploaded. To find it, the folder is listed first; in the root folder
    /// that is one call.
    Skip,
    /// The upload is stored under another name: `cv.pdf` becomes `cv_1.pdf`. To find a free one, the folder is listed
    /// first.
    NewName,
}

/// What an upload did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The file is new.
    Created,
    /// A file was replaced. After a lost response it may be the one that the first attempt had created.
    Replaced,
    /// There was a file of this name, and [`IfExists::Skip`] kept it.
    Skipped,
}

/// A file after its upload.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UploadedFile {
    /// The id.
    pub id: FileId,
    /// The name under which it is stored.
    pub name: String,
    /// The path from the root folder, which a field of type File contains. Only v4 reports it.
    pub path: Option<String>,
    /// What the upload did.
    pub outcome: Outcome,
}

impl UploadedFile {
    pub(super) fn of(info: FileInfo, outcome: Outcome) -> Self {
        Self {
            id: info.id,
            name: info.name,
            path: info.path,
            outcome,
        }
    }
}
