//! Lists of files and folders, which are read whole.

use crate::client::Client;
use crate::decode::decode_member;
use crate::dialect::ENTRIES_PER_PAGE;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Operation, Result, Url};
use serde::de::DeserializeOwned;
use std::collections::HashSet;

/// How often a list is read that changes while it is read.
const READS: usize = 3;

/// One reading of a list.
enum Reading<T> {
    Whole(Vec<T>),
    /// Entries were added or deleted between two pages, so that others may be missing or repeated.
    Changed,
}

/// Reads all pages of a list. A list of more than one page is read again if it changed in the meantime.
///
/// # Errors
///
/// `Incomplete`: it changed each time.
pub(super) async fn every_page<J: DeserializeOwned, T>(
    client: &Client,
    operation: &Operation,
    url: impl Fn(usize) -> Url,
    read: impl Fn(J) -> Result<T>,
    id: impl Fn(&T) -> String,
) -> Result<Vec<T>> {
    for _ in 0..READS {
        let pages = read_pages(client, operation, &url, &read, &id).await?;
        if let Reading::Whole(entries) = pages {
            return Ok(entries);
        }
    }
    let message = "the list changed each time that it was read";
    Err(Error::new(ErrorKind::Incomplete, message)
        .with_hint("read it again when no files are added or deleted"))
}

async fn read_pages<J: DeserializeOwned, T>(
    client: &Client,
    operation: &Operation,
    url: impl Fn(usize) -> Url,
    read: impl Fn(J) -> Result<T>,
    id: impl Fn(&T) -> String,
) -> Result<Reading<T>> {
    let mut entries: Vec<T> = Vec::new();
    let mut ids = HashSet::new();
    let mut first_total = None;
    for number in 1.. {
        let body = client.get(url(number), operation.clone()).await?;
        let (page, total): (Option<Vec<J>>, _) = decode_member(&body, client.dialect())?;
        let page = page.unwrap_or_default();
        let count = page.len();
        for entry in page {
            let entry = read(entry)?;
            if !ids.insert(id(&entry)) {
                return Ok(Reading::Changed);
            }
            entries.push(entry);
        }
        if number == 1 {
            first_total = total;
        }
        let is_last = match total {
            Some(total) => entries.len() as u64 >= total,
            // A service that ignores the size of a page returns everything.
            None => count != ENTRIES_PER_PAGE,
        };
        let is_too_long = total.is_some_and(|total| entries.len() as u64 > total);
        if total != first_total || is_too_long || (count == 0 && !is_last) {
            return Ok(Reading::Changed);
        }
        if is_last {
            break;
        }
    }
    Ok(Reading::Whole(entries))
}
