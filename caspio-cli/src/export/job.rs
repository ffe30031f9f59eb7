//! Runs one export from its start, or from where it stopped, to its end.

use super::sinks::{check, sink};
use super::state::{Paths, Request, State};
use super::writer::Writer;
use crate::column::{Column, chosen, is_part_of_key};
use crate::error::{CliError, ExitCode};
use crate::interrupt::Interrupts;
use crate::locked_file::lock;
use crate::progress::Progress;
use crate::row::Row;
use crate::source::{Source, table_or_view};
use caspio::{Client, Concurrency, Page, Query};
use caspio_schema::is_same_name;
use caspio_support::file::{Access, resolved};
use caspio_support::hash::Fnv64;
use futures::TryStreamExt;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

/// An export to run.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) request: Request,
    pub(crate) target: PathBuf,
    pub(crate) concurrency: Concurrency,
    /// Discard an unfinished export.
    pub(crate) restart: bool,
    pub(crate) progress: Progress,
}

/// The result of an export.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome {
    pub(crate) records: u64,
    /// How many of them an earlier run wrote.
    pub(crate) resumed: u64,
    /// How long ago the earlier run was stopped.
    pub(crate) age: Option<Duration>,
}

/// Runs an export to its end.
pub(crate) async fn run(caspio: &Client, mut job: Job) -> Result<Outcome, CliError> {
    check(job.request.format, job.request.compression)?;
    let target = resolved(&job.target).map_err(|error| {
        CliError::file("write", &job.target, &error)
            .with_hint("name a file, or use `-` for standard output")
    })?;
    let paths = Paths::new(&target);
    check_target(&job, &paths)?;
    let mut part = open(&paths)?;
    let age = age(&paths.resume);
    let state = match earlier(&job, &paths, &part)? {
        Some(state) => {
            check_columns(caspio, &state).await?;
            state
        }
        None => {
            // The state of an earlier export must never be mistaken for one of this export.
            paths.remove_state();
            let state = start(caspio, &job.request)
                .await
                .inspect_err(|_| paths.clear())?;
            state.save(&paths).inspect_err(|_| paths.clear())?;
            state
        }
    };
    cut(&mut part, state.length, &paths)?;
    let resumed = state.records;
    let age = age.filter(|_| resumed > 0);
    let query = query(caspio, &state, job.concurrency);
    let mut writer = Writer::new(sink(part, &state, &paths)?, state, paths.clone());
    if !writer.state.done {
        writer = read(query, writer, &mut job.progress, &paths).await?;
    }
    let finished = spawn_blocking(move || writer.finish()).await;
    let records = finished.map_err(thread_failed)??;
    Ok(Outcome {
        records,
        resumed,
        age,
    })
}

/// Checks, before any call, that the file can be written when all records were read.
fn check_target(job: &Job, paths: &Paths) -> Result<(), CliError> {
    let is_foreign = fs::metadata(&paths.part).is_ok_and(|part| part.len() > 0);
    if is_foreign && !paths.resume.exists() && !job.restart {
        let message = format!(
            "{} exists, and does not belong to an unfinished export",
            paths.part.display()
        );
        return Err(CliError::usage(message)
            .with_hint("move it, or choose another file; --restart overwrites it"));
    }
    Ok(())
}

/// Returns how long ago a file was written.
fn age(path: &Path) -> Option<Duration> {
    let modified = fs::metadata(path).and_then(|file| file.modified()).ok()?;
    modified.elapsed().ok()
}

/// Checks that all columns of an export that is resumed are still there. One call.
async fn check_columns(caspio: &Client, state: &State) -> Result<(), CliError> {
    if state.done {
        return Ok(());
    }
    let source = Source::new(state.kind(), &state.request.name);
    let now = source.columns(caspio).await?;
    for column in &state.columns {
        let is_it = |other: &&Column| is_same_name(&other.name, &column.name);
        let change = match now.iter().find(is_it) {
            Some(same) if same.data_type == column.data_type => continue,
            Some(_) => "has another data type than",
            None if is_part_of_key(&column.name) => continue,
            None => "no longer exists; it did",
        };
        return Err(CliError::usage(format!(
            "column {:?} of {} {change} when this export was started",
            column.name, state.request.name
        ))
        .with_hint("start over with --restart"));
    }
    Ok(())
}

/// Opens and locks the part file, which one export at a time may write.
fn open(paths: &Paths) -> Result<File, CliError> {
    let part = lock(&paths.part, Access::Default);
    let part = part.map_err(|error| CliError::file("write", &paths.part, &error))?;
    part.ok_or_else(|| {
        let target = paths.target.display();
        CliError::usage(format!("another export is writing {target}"))
    })
}

/// Returns the state of an earlier run of the same export, if there is one.
fn earlier(job: &Job, paths: &Paths, part: &File) -> Result<Option<State>, CliError> {
    let length = part.metadata().map_or(0, |part| part.len());
    // Without a state nothing of the part file is complete; without a part file the export was finished.
    if job.restart || length == 0 {
        return Ok(None);
    }
    let Some(state) = State::load(&paths.resume)? else {
        return Ok(None);
    };
    if state.request != job.request {
        return Err(CliError::usage(format!(
            "{} belongs to an unfinished export of {} with other options",
            paths.part.display(),
            state.request.name
        ))
        .with_hint("finish that one first, or start over with --restart"));
    }
    if length < state.length {
        return Err(CliError::usage(format!(
            "{} is shorter than its state reports",
            paths.part.display()
        ))
        .with_hint("start over with --restart"));
    }
    let hash = hash_of(part, state.length);
    if hash.map_err(|error| CliError::file("read", &paths.part, &error))? != state.hash {
        return Err(CliError::usage(format!(
            "{} was changed after the export was stopped",
            paths.part.display()
        ))
        .with_hint("start over with --restart"));
    }
    Ok(Some(state))
}

/// Returns the hash of the first bytes of a file.
fn hash_of(mut file: &File, length: u64) -> io::Result<u64> {
    let mut hash = Fnv64::default();
    file.seek(SeekFrom::Start(0))?;
    io::copy(&mut BufReader::new(file).take(length), &mut hash)?;
    Ok(hash.value())
}

/// Starts an export by reading the columns. One call.
pub(super) async fn start(caspio: &Client, request: &Request) -> Result<State, CliError> {
    table_or_view(caspio, request.view, &request.name, async |source| {
        let all = source.columns(caspio).await?;
        let columns = match &request.select {
            Some(names) => chosen(&all, names)?,
            None => all,
        };
        Ok(State::new(request.clone(), source.kind, columns))
    })
    .await
}

fn cut(part: &mut File, length: u64, paths: &Paths) -> Result<(), CliError> {
    let cut = part
        .set_len(length)
        .and_then(|()| part.seek(SeekFrom::End(0)));
    cut.map(drop)
        .map_err(|error| CliError::file("write", &paths.part, &error))
}

pub(super) fn query(
    caspio: &Client,
    state: &State,
    concurrency: Concurrency,
) -> Query<Row<'static>> {
    let source = Source::new(state.kind(), &state.request.name);
    let mut query = source.query(caspio).concurrency(concurrency);
    if let Some(condition) = &state.request.condition {
        query = query.filter_raw(condition, ());
    }
    if state.request.select.is_some() {
        query = query.columns(state.columns.iter().map(|column| column.name.as_str()));
    }
    if let Some(limit) = state.request.limit {
        query = query.limit(limit.saturating_sub(state.records));
    }
    match &state.position {
        Some(position) => query.resume_from(position),
        None => query,
    }
}

/// Why reading ended.
enum End {
    Complete,
    Interrupted,
    Failed(CliError),
}

/// Reads all pages into the writer, which runs in a thread of its own.
async fn read(
    query: Query<Row<'static>>,
    mut writer: Writer,
    progress: &mut Progress,
    paths: &Paths,
) -> Result<Writer, CliError> {
    let before = writer.state.records;
    let (sender, mut receiver) = mpsc::channel::<Page<Row<'static>>>(2);
    let writing = spawn_blocking(move || {
        while let Some(page) = receiver.blocking_recv() {
            writer.page(page)?;
        }
        Ok::<_, CliError>(writer)
    });
    let end = fetch(query, sender, progress, before).await;
    let written = writing.await.map_err(thread_failed)?;
    let mut writer = written.map_err(|failure| with_resume_hint(failure, paths))?;
    let failure = match end {
        End::Complete => return Ok(writer),
        End::Interrupted => CliError::new(ExitCode::Incomplete, "the export was stopped"),
        End::Failed(failure) => failure,
    };
    writer.commit_if_possible()?;
    if writer.state.records == 0 {
        paths.clear();
        return Err(failure);
    }
    Err(with_resume_hint(failure, paths))
}

async fn fetch(
    query: Query<Row<'static>>,
    sender: mpsc::Sender<Page<Row<'static>>>,
    progress: &mut Progress,
    mut records: u64,
) -> End {
    let mut pages = query.pages();
    let mut interrupts = Interrupts::listen();
    loop {
        let page = tokio::select! {
            () = interrupts.next() => return End::Interrupted,
            page = pages.try_next() => page,
        };
        match page {
            Ok(Some(page)) => {
                records += page.len() as u64;
                progress.reached(records);
                // The writer failed; the caller reports its error.
                if sender.send(page).await.is_err() {
                    return End::Complete;
                }
            }
            Ok(None) => return End::Complete,
            Err(error) => return End::Failed(error.into()),
        }
    }
}

/// Adds to an error how much was written, and how to resume.
fn with_resume_hint(failure: CliError, paths: &Paths) -> CliError {
    let kept = match State::load(&paths.resume) {
        Ok(Some(state)) => state.records,
        _ => 0,
    };
    if kept == 0 {
        return failure;
    }
    let again = format!(
        "{kept} records are kept in {}: run the same command again to resume",
        paths.part.display()
    );
    let hint = match &failure.hint {
        Some(hint) => format!("{hint}; {again}"),
        None => again,
    };
    failure.with_hint(hint)
}

fn thread_failed(error: tokio::task::JoinError) -> CliError {
    CliError::new(
        ExitCode::General,
        format!("the writer thread failed: {error}"),
    )
}
