//! The files of an account, which Caspio calls File Assets, and their folders.
//!
//! ```no_run
//! use caspio::files::{IfExists, Upload};
//!
//! # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
//! let files = caspio.files();
//!
//! let photos = files.folder_at("/Photos").await?;
//! let ann = Upload::file("ann.png").await?;
//! let stored = photos.upload(ann, IfExists::Replace).await?;
//!
//! files.file(&stored.id).download().await?.save_to("copy.png").await?;
//! for file in photos.list().await? {
//!     println!("{}: {:?} bytes", file.name, file.size);
//! }
//! files.file_at("/Photos/ann.png").delete().await?;
//! # Ok(())
//! # }
//! ```
//!
//! | | v2 | v3 | v4 |
//! |---|---|---|---|
//! | files and folders are named by | an external key | an external key | an id |
//! | a list of files and folders | one call | a call for every 1,000 files, or folders | as v3 |
//! | uploads, downloads, facts, deletions | yes | yes | yes |
//! | searches, new folders | no | no | yes |
//!
//! What a version does not have is refused before a call. No version deletes or renames folders, nor renames files.
//!
//! File names are unique in their folder, and the paths of files are case-sensitive.
//!
//! The parameter by which v4 names a folder is inferred, fact `folders-of-v4`. If the service ignored it, a folder
//! would list the files of the root folder, and uploads would be stored there. Such an upload is an error of kind
//! `Protocol` if the service reports the path, but [`IfExists::Replace`] has replaced the root folder's file of that
//! name by then. So try a folder on v4 with a name that the root folder does not have, before you replace or delete
//! files in it.

mod errors;
mod folder;
mod handle;
mod id;
mod info;
mod list;
mod lost;
mod new_name;
mod path;
mod stored_file;
mod upload;
mod upload_many;
mod uploaded;

pub use crate::transfer::{Download, Upload};
pub use folder::Folder;
pub use handle::Files;
pub use id::{FileId, FolderId};
pub use info::{FileInfo, FolderInfo};
pub use stored_file::StoredFile;
pub use uploaded::{IfExists, Outcome, UploadedFile};
