//! Writes that return the record.

use crate::work::Work;
use caspio_core::Result;
use pin_project_lite::pin_project;

pin_project! {
    /// A write that returns the record as Caspio stores it, in the same call. Made by
    /// [`Insert::returning`](super::Insert::returning) and [`Update::returning`](super::Update::returning).
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client, new: NewContact) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let inserted: Contact = contacts.insert(&new).returning().await?;
    /// let moved: Contact = contacts.update(7).set(|c| c.city.to("Rome")).returning().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Awaiting it fails as the write does, and if the record does not fit the struct, in which case the error
    /// [may have been applied](caspio_core::Error::maybe_applied).
    #[derive(Debug)]
    #[must_use = "a write does nothing until it is awaited"]
    pub struct Returning<W, R> {
        pub(super) write: W,
        #[pin]
        pub(super) work: Work<'static, Result<R>>,
    }
}

impl<W, R> Returning<W, R> {
    pub(super) fn new(write: W) -> Self {
        Self {
            write,
            work: Work::default(),
        }
    }
}
