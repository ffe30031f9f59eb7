//! Attachments: one file in a field of a record.
//!
//! ```no_run
//! use caspio::attachment::Upload;
//! use caspio::prelude::*;
//!
//! #[derive(Debug, CaspioTable)]
//! #[caspio(table = "Contacts")]
//! struct Contact {
//!     #[caspio(pk)]
//!     pk_id: i64,
//!     #[caspio(read_only)] // records are written without it
//!     photo: Option<String>,
//! }
//!
//! # async fn example(caspio: Client) -> caspio::Result<()> {
//! let contacts = caspio.table::<Contact>();
//! let photo = contacts.attachment(7, |c| c.photo);
//!
//! photo.upload(Upload::file("ann.png").await?).await?;
//! photo.download().await?.save_to("copy.png").await?;
//! # Ok(())
//! # }
//! ```
//!
//! For v2 of the API no such operations are documented. There, every call is refused before it is sent.

mod field_ref;
mod handle;
mod info;
mod many;
mod permitted;

pub use crate::transfer::{Download, Upload};
pub use handle::Attachment;
pub use info::AttachmentInfo;
pub use many::Attachments;
