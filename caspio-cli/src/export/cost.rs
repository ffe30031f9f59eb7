//! The calls that an export takes.

use super::job::{query, start};
use super::state::{Paths, Request, State};
use crate::cost::{Cost, calls};
use crate::error::CliError;
use caspio::record::ObjectKind;
use caspio::{Client, Concurrency};
use std::path::Path;

/// Returns the calls of an export. It makes the calls with which the export begins, and one that counts the records.
///
/// `unfinished` is the file, if an export that was stopped is resumed.
pub(crate) async fn cost(
    caspio: &Client,
    request: &Request,
    unfinished: Option<&Path>,
    concurrency: Concurrency,
) -> Result<Cost, CliError> {
    let mut cost = Cost::default();
    let mut state = start(caspio, request).await?;
    cost.exactly("read the columns", calls(caspio));
    let earlier = unfinished.map(|file| State::load(&Paths::new(file).resume));
    if let Some(Ok(Some(earlier))) = earlier
        && earlier.request == *request
    {
        state.records = earlier.records;
    }
    let is_resumed = state.records > 0;
    let whole = State::new(request.clone(), state.kind(), Vec::new());
    let found = query(caspio, &whole, Concurrency::Calls(1)).count().await?;
    let is_cut = request.limit.is_some_and(|limit| found >= limit);
    let records = found.saturating_sub(state.records);
    let calls = match is_cut {
        true => pages_up_to(state.kind(), records),
        false => pages(state.kind(), records),
    };
    let step = format!("read {records} records");
    match state.kind() {
        ObjectKind::Table if concurrency != Concurrency::Calls(1) => cost.between(
            step,
            (
                pages_up_to(state.kind(), records),
                calls + 2 + calls * 15 / 100,
            ),
            "it depends on which keys between the first and the last are used",
        ),
        _ if is_resumed => cost.between(
            step,
            (calls, calls + 1),
            "the place to resume at is found again",
        ),
        _ => cost.exactly(step, calls),
    }
    Ok(cost)
}

/// Returns how many calls read this many records, the whole table, one after the other. A full page may be followed
/// by another.
pub(crate) fn pages(kind: ObjectKind, records: u64) -> u64 {
    match kind {
        ObjectKind::Table => records / PAGE + 1,
        ObjectKind::View if records < PAGE => 1,
        ObjectKind::View => (records - PAGE) / LATER_PAGE_OF_VIEW + 2,
    }
}

/// Returns how many calls read this many records of a larger number.
fn pages_up_to(kind: ObjectKind, records: u64) -> u64 {
    match kind {
        ObjectKind::Table => records.div_ceil(PAGE).max(1),
        ObjectKind::View => records.saturating_sub(PAGE).div_ceil(LATER_PAGE_OF_VIEW) + 1,
    }
}

/// The records of a page.
const PAGE: u64 = 1000;
/// The new records of every page but the first of a view, which begins with the last record of the page before.
const LATER_PAGE_OF_VIEW: u64 = PAGE - 1;
