//! The files of an account, which Caspio calls File Assets, and their folders.
//!
//! | | v2 | v3 | v4 |
//! |---|---|---|---|
//! | files and folders are named by | an external key | an external key | an id |
//! | a list of files and folders | one call | a call for every 1,000 files, or folders | as v3 |
//! | downloads, facts, deletions | yes | yes | yes |
//! | searches, new folders | no | no | yes |
//!
//! What a version does not have is refused before a call. No version deletes or renames folders, nor renames files.
//!
//! File names are unique in their folder, and the paths of files are case-sensitive.

mod errors;
mod folder;
mod handle;
mod id;
mod info;
mod list;
mod path;
mod stored_file;

pub use crate::transfer::Download;
pub use folder::Folder;
pub use handle::Files;
pub use id::{FileId, FolderId};
pub use info::{FileInfo, FolderInfo};
pub use stored_file::StoredFile;
