//! What a write by a condition did.

/// How many records an update or delete by a condition changed.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
/// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let gone = caspio.table::<Contact>().delete_where(|c| c.email.is_null()).await?;
/// println!("{}{} deleted", if gone.at_least { "at least " } else { "" }, gone.records);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Affected {
    /// The records, as Caspio counted them.
    pub records: u64,
    /// Whether an earlier attempt of the same call may have been applied, so that there may be more.
    pub at_least: bool,
}
