//! The resume file: the request of an export, and its progress.

use crate::column::Column;
use crate::error::CliError;
use crate::folders;
use crate::format::Style;
use caspio::read::Position;
use caspio::record::ObjectKind;
use caspio_support::file::{Access, replace_through};
use caspio_support::hash::Fnv64;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The version of the resume file's format.
const VERSION: u32 = 4;

/// The file formats of exports and imports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FileFormat {
    /// CSV, with the column names in the first line
    Csv,
    /// One JSON object per line
    Jsonl,
    /// Apache Parquet
    Parquet,
}

impl FileFormat {
    /// Returns the format that was chosen, or that of a file by its extension.
    pub(crate) fn chosen(chosen: Option<Self>, path: &Path) -> Result<Self, CliError> {
        match chosen {
            Some(format) => Ok(format),
            None if is_standard(path) => Err(CliError::usage("`-` has no extension")
                .with_hint("name the format, as in `--format csv`")),
            None => Self::of(path).map_err(|error| {
                error.with_hint(
                    "use .csv, .jsonl or .parquet, or name the format, as in `--format csv`",
                )
            }),
        }
    }

    /// Returns the format of a file by its extension.
    pub(crate) fn of(path: &Path) -> Result<Self, CliError> {
        let extension = path.extension().map(|text| text.to_ascii_lowercase());
        match extension.as_ref().and_then(|text| text.to_str()) {
            Some("csv") => Ok(Self::Csv),
            Some("jsonl" | "ndjson") => Ok(Self::Jsonl),
            Some("parquet") => Ok(Self::Parquet),
            _ => Err(
                CliError::usage(format!("{} has no known extension", path.display()))
                    .with_hint("use .csv, .jsonl or .parquet"),
            ),
        }
    }

    /// Returns the style of its lines; `None` if it does not consist of lines.
    pub(super) fn lines(self, excel: bool) -> Option<Style> {
        match self {
            Self::Csv if excel => Some(Style::Excel),
            Self::Csv => Some(Style::Csv),
            Self::Jsonl => Some(Style::Jsonl),
            Self::Parquet => None,
        }
    }
}

/// The compressions of Parquet files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Compression {
    /// Fast, and read by every program
    #[default]
    Snappy,
    /// Smaller files than Snappy
    Zstd,
    /// For older programs
    Gzip,
    /// The smallest files, written slowly
    Brotli,
    /// The fastest
    Lz4,
    /// No compression
    None,
}

impl Compression {
    /// Returns whether every build with Parquet supports it.
    pub(super) fn is_built_in(self) -> bool {
        matches!(self, Self::Snappy | Self::None)
    }
}

/// Returns whether a path is `-`, which is standard input or output.
pub(crate) fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The request of an export, which can be resumed only with the same request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) account: String,
    pub(crate) api_version: String,
    pub(crate) name: String,
    pub(crate) view: bool,
    pub(crate) select: Option<Vec<String>>,
    #[serde(rename = "where")]
    pub(crate) condition: Option<String>,
    /// The maximum number of records.
    #[serde(default)]
    pub(crate) limit: Option<u64>,
    pub(crate) format: FileFormat,
    /// Whether a CSV file is for spreadsheets.
    #[serde(default)]
    pub(crate) excel: bool,
    /// The number of records in a row group of a Parquet file.
    pub(crate) row_group: u32,
    /// The compression of a Parquet file.
    #[serde(default)]
    pub(crate) compression: Compression,
}

/// The progress of an export.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct State {
    version: u32,
    pub(super) request: Request,
    /// Whether the source is a view.
    is_view: bool,
    pub(super) columns: Vec<Column>,
    /// Where to resume; `None` for the start.
    pub(super) position: Option<Position>,
    /// The number of records before the position.
    pub(super) records: u64,
    /// The number of bytes of the part file that are complete.
    pub(super) length: u64,
    /// The hash of these bytes.
    pub(super) hash: u64,
    /// The lengths of the row groups of a Parquet file.
    pub(super) groups: Vec<u64>,
    /// Whether the part file contains every record.
    pub(super) done: bool,
}

impl State {
    pub(super) fn new(request: Request, kind: ObjectKind, columns: Vec<Column>) -> Self {
        Self {
            version: VERSION,
            request,
            is_view: kind == ObjectKind::View,
            columns,
            position: None,
            records: 0,
            length: 0,
            hash: Fnv64::default().value(),
            groups: Vec::new(),
            done: false,
        }
    }

    pub(super) fn kind(&self) -> ObjectKind {
        if self.is_view {
            ObjectKind::View
        } else {
            ObjectKind::Table
        }
    }

    pub(super) fn save(&self, paths: &Paths) -> Result<(), CliError> {
        let path = &paths.resume;
        let text = serde_json::to_vec(self)
            .map_err(|error| CliError::file("write", path, &error.into()))?;
        replace_through(&paths.resume_temporary, path, &text, Access::Default)
            .map_err(|error| CliError::file("write", path, &error))
    }

    /// Reads the state of an earlier run, if there is one.
    pub(super) fn load(path: &Path) -> Result<Option<Self>, CliError> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(CliError::file("read", path, &error)),
        };
        let state: Option<Self> = serde_json::from_slice(&text).ok();
        match state.filter(|state| state.version == VERSION) {
            Some(state) => Ok(Some(state)),
            None => Err(CliError::usage(format!(
                "{} was written by another version of the program, or is damaged",
                path.display()
            ))
            .with_hint("start the export over with --restart")),
        }
    }
}

/// The files of one export.
#[derive(Clone, Debug)]
pub(super) struct Paths {
    /// The requested file.
    pub(super) target: PathBuf,
    /// The file that is renamed to the target, for formats whose part file is not.
    pub(super) target_temporary: PathBuf,
    pub(super) part: PathBuf,
    pub(super) resume: PathBuf,
    /// The file that is renamed to the resume file. Its name is fixed, so that it can be removed after a kill.
    pub(super) resume_temporary: PathBuf,
}

impl Paths {
    pub(super) fn new(target: &Path) -> Self {
        let path = |suffix| folders::with_suffix(target, suffix);
        Self {
            target: target.to_owned(),
            target_temporary: path(".tmp"),
            part: path(".part"),
            resume: path(".resume"),
            resume_temporary: path(".resume.tmp"),
        }
    }

    /// Removes the unfinished export.
    pub(super) fn clear(&self) {
        // A part file without a state would be treated as one of another program.
        let _ = fs::remove_file(&self.part);
        self.remove_state();
    }

    /// Removes the resume file, and temporary files that a killed run may have left.
    pub(super) fn remove_state(&self) {
        for path in [&self.resume, &self.resume_temporary, &self.target_temporary] {
            let _ = fs::remove_file(path);
        }
    }
}
