//! What the resume file holds: which export it is, and how far it got.

use crate::column::Column;
use crate::error::CliError;
use crate::folders;
use crate::format::Style;
use caspio::read::Position;
use caspio::record::ObjectKind;
use caspio_support::file::{Access, replace};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The layout of the resume file.
const VERSION: u32 = 1;

/// The kinds of files an export writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FileFormat {
    Csv,
    Jsonl,
    Parquet,
}

impl FileFormat {
    /// By the file's extension.
    pub(crate) fn of(path: &Path) -> Result<Self, CliError> {
        let extension = path.extension().map(|text| text.to_ascii_lowercase());
        match extension.as_ref().and_then(|text| text.to_str()) {
            Some("csv") => Ok(Self::Csv),
            Some("jsonl" | "ndjson") => Ok(Self::Jsonl),
            Some("parquet") => Ok(Self::Parquet),
            _ => Err(CliError::usage(format!(
                "{} does not say which format it shall have",
                path.display()
            ))
            .with_hint("end its name with .csv, .jsonl or .parquet")),
        }
    }

    /// How its records are lines; `None` where they are not.
    pub(super) fn lines(self) -> Option<Style> {
        match self {
            Self::Csv => Some(Style::Csv),
            Self::Jsonl => Some(Style::Jsonl),
            Self::Parquet => None,
        }
    }
}

/// What was asked for: an export goes on only where it is the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) account: String,
    pub(crate) api_version: String,
    pub(crate) name: String,
    pub(crate) view: bool,
    pub(crate) select: Option<Vec<String>>,
    #[serde(rename = "where")]
    pub(crate) condition: Option<String>,
    pub(crate) format: FileFormat,
    /// How many records a row group of a columnar file holds.
    pub(crate) row_group: u32,
}

/// How far an export got.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct State {
    version: u32,
    pub(super) request: Request,
    /// Whether the name is a view's.
    is_view: bool,
    pub(super) columns: Vec<Column>,
    /// Where to go on; from the start where there is none.
    pub(super) position: Option<Position>,
    /// How many bytes of the part file count.
    pub(super) length: u64,
    /// The lengths of the row groups in it, of a columnar file.
    pub(super) groups: Vec<u64>,
    /// Whether every record is in it.
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
            length: 0,
            groups: Vec::new(),
            done: false,
        }
    }

    pub(super) fn kind(&self) -> ObjectKind {
        match self.is_view {
            true => ObjectKind::View,
            false => ObjectKind::Table,
        }
    }

    pub(super) fn records(&self) -> u64 {
        self.position.as_ref().map_or(0, Position::records)
    }

    pub(super) fn save(&self, paths: &Paths) -> Result<(), CliError> {
        let path = &paths.resume;
        let text = serde_json::to_vec(self)
            .map_err(|error| CliError::file("write", path, &error.into()))?;
        replace(path, &text, Access::Default).map_err(|error| CliError::file("write", path, &error))
    }

    /// What an earlier run left, if anything.
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
                "{} was not written by this version of the program",
                path.display()
            ))
            .with_hint("start the export anew with --restart")),
        }
    }
}

/// The files of one export.
#[derive(Clone, Debug)]
pub(super) struct Paths {
    /// The file that was asked for.
    pub(super) target: PathBuf,
    /// What becomes that file, where the part file does not.
    pub(super) target_beside: PathBuf,
    pub(super) part: PathBuf,
    pub(super) resume: PathBuf,
}

impl Paths {
    pub(super) fn new(target: &Path) -> Self {
        let beside = |suffix| folders::with_suffix(target, suffix);
        Self {
            target: target.to_owned(),
            target_beside: beside(".tmp"),
            part: beside(".part"),
            resume: beside(".resume"),
        }
    }

    /// Removes what is only needed to go on.
    pub(super) fn clear(&self) {
        self.forget();
        let _ = fs::remove_file(&self.part);
    }

    /// Removes what says where to go on, and what a kill may have left beside it.
    pub(super) fn forget(&self) {
        for path in [&self.resume, &self.target_beside] {
            let _ = fs::remove_file(path);
        }
    }
}
