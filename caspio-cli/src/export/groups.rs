//! Exports to Parquet. The part file contains finished row groups, each a small Parquet file, which are
//! assembled at the end without being decoded again.

use super::sink::Sink;
use super::state::{Compression, Paths, State};
use super::text::keep_permissions;
use crate::error::{CliError, ExitCode};
use crate::format::parquet::{Assembly, Group};
use crate::row::Row;
use caspio_support::hash::Fnv64;
use parquet::basic::{BrotliLevel, Compression as Codec, GzipLevel, ZstdLevel};
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

pub(super) struct GroupSink {
    part: File,
    path: PathBuf,
    group: Group,
    /// The number of records in a row group.
    group_size: usize,
    length: u64,
    hash: Fnv64,
    groups: Vec<u64>,
}

impl GroupSink {
    pub(super) fn new(part: File, state: &State, paths: &Paths) -> Result<Self, CliError> {
        Ok(Self {
            part,
            path: paths.part.clone(),
            group: Group::new(&state.columns, codec(state.request.compression)),
            group_size: usize::try_from(state.request.row_group).unwrap_or(usize::MAX),
            length: state.length,
            hash: Fnv64::after(state.hash),
            groups: state.groups.clone(),
        })
    }

    /// Reads a row group back.
    fn read_group(&mut self, length: u64) -> Result<Vec<u8>, CliError> {
        let mut bytes = Vec::new();
        let read = Read::by_ref(&mut self.part)
            .take(length)
            .read_to_end(&mut bytes);
        read.map_err(|error| CliError::file("read", &self.path, &error))?;
        Ok(bytes)
    }

    fn assemble(&mut self, state: &State, temporary: &Path) -> Result<(), CliError> {
        let refused = |error| CliError::file("write", temporary, &error);
        let out = File::create(temporary).map_err(refused)?;
        let synced = out.try_clone().map_err(refused)?;
        let mut assembly =
            Assembly::new(out, &state.columns, codec(state.request.compression)).map_err(broken)?;
        self.part.seek(SeekFrom::Start(0)).map_err(refused)?;
        for length in self.groups.clone() {
            let group = self.read_group(length)?;
            assembly.append(group).map_err(broken)?;
        }
        assembly.close().map_err(broken)?;
        synced.sync_all().map_err(refused)
    }
}

impl Sink for GroupSink {
    fn write(&mut self, row: &Row<'_>) -> Result<(), CliError> {
        self.group.push(row)
    }

    fn is_full(&self) -> bool {
        self.group.len() >= self.group_size
    }

    fn may_commit(&self) -> bool {
        self.group.len() == 0
    }

    fn commit(&mut self, state: &mut State) -> Result<(), CliError> {
        if self.group.len() > 0 {
            let bytes = self.group.encode().map_err(broken)?;
            self.part
                .write_all(&bytes)
                .and_then(|()| self.part.sync_data())
                .and_then(|()| self.hash.write_all(&bytes))
                .map_err(|error| CliError::file("write", &self.path, &error))?;
            self.length += bytes.len() as u64;
            self.groups.push(bytes.len() as u64);
        }
        state.length = self.length;
        state.hash = self.hash.value();
        state.groups.clone_from(&self.groups);
        Ok(())
    }

    fn finish(mut self: Box<Self>, state: &State, paths: &Paths) -> Result<(), CliError> {
        let temporary = &paths.target_temporary;
        self.assemble(state, temporary).inspect_err(|_| {
            let _ = fs::remove_file(temporary);
        })?;
        keep_permissions(&paths.target, temporary)
            .and_then(|()| fs::rename(temporary, &paths.target))
            .map_err(|error| CliError::file("write", &paths.target, &error))?;
        fs::remove_file(&paths.part).map_err(|error| CliError::file("remove", &paths.part, &error))
    }
}

fn codec(compression: Compression) -> Codec {
    match compression {
        Compression::Snappy => Codec::SNAPPY,
        Compression::Zstd => Codec::ZSTD(ZstdLevel::default()),
        Compression::Gzip => Codec::GZIP(GzipLevel::default()),
        Compression::Brotli => Codec::BROTLI(BrotliLevel::default()),
        Compression::Lz4 => Codec::LZ4_RAW,
        Compression::None => Codec::UNCOMPRESSED,
    }
}

fn broken(error: impl std::fmt::Display) -> CliError {
    CliError::new(
        ExitCode::General,
        format!("the Parquet file cannot be written: {error}"),
    )
}
