//! Exports to standard output, which cannot be resumed: nothing records what its reader has received.

use super::job::{query, start};
use super::state::Request;
use crate::error::CliError;
use crate::format::Lines;
use crate::output::Out;
use crate::progress::Progress;
use caspio::{Client, Concurrency};
use futures::TryStreamExt;

/// Prints the records of an export. Returns how many there were.
///
/// # Errors
///
/// The format is not text, a call fails, or the reader has closed standard output.
pub(crate) async fn print(
    caspio: &Client,
    request: &Request,
    concurrency: Concurrency,
    progress: &mut Progress,
    out: &mut Out,
) -> Result<u64, CliError> {
    let Some(style) = request.format.lines(request.excel) else {
        return Err(
            CliError::usage("a Parquet file cannot be written to standard output")
                .with_hint("name a file, or use `--format csv` or `--format jsonl`"),
        );
    };
    let state = start(caspio, request).await?;
    let names = state.columns.iter().map(|column| column.name.clone());
    let mut lines = Lines::new(style, names.collect());
    let mut text = lines.header();
    let mut records = 0;
    let mut pages = query(caspio, &state, concurrency).pages();
    while let Some(page) = pages.try_next().await? {
        for row in page.records()? {
            lines.record(&mut text, &row)?;
        }
        out.write(&text)?;
        text.clear();
        records += page.len() as u64;
        progress.reached(records);
    }
    out.write(&text)?;
    out.flush()?;
    Ok(records)
}
