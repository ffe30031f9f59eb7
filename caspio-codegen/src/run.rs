//! One run of the generator over the files of a folder.

use crate::error::Error;
use crate::file_plan::{ExistingBlock, FilePlan};
use crate::merge::{Block, Names, Parsed, blocks, declare, merge, new_modules};
use crate::output::{Change, Output};
use crate::source::{self, Source};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The file that lists the others.
const MOD_RS: &str = "mod.rs";

/// The files before the run, and those generated so far.
pub(crate) struct GenerationRun<'a> {
    existing: &'a BTreeMap<PathBuf, String>,
    output: Output,
    modules: Vec<String>,
}

impl<'a> GenerationRun<'a> {
    pub(crate) fn over(existing: &'a BTreeMap<PathBuf, String>) -> Self {
        Self {
            existing,
            output: Output::default(),
            modules: Vec::new(),
        }
    }

    /// Returns a file's current text: an earlier table of the same file may have changed it.
    fn text(&self, file: &Path) -> Option<&String> {
        self.output
            .files
            .get(file)
            .or_else(|| self.existing.get(file))
    }

    /// Generates a table or view into its file.
    pub(crate) fn generate(
        &mut self,
        source: &Source,
        found: Option<&ExistingBlock>,
        plan: &FilePlan,
    ) -> Result<(), Error> {
        let file = plan.file.as_path();
        let reasons = match found {
            Some(found) => self.merge(source, &found.block, plan)?,
            None => self.add(source, file, &plan.names)?,
        };
        if let Some(text) = self.output.files.get(file)
            && self.existing.get(file) != Some(text)
        {
            self.change(file, reasons);
        }
        self.modules
            .push(file.with_extension("").display().to_string());
        Ok(())
    }

    /// Merges a table or view into its existing block.
    fn merge(
        &mut self,
        source: &Source,
        block: &Block,
        plan: &FilePlan,
    ) -> Result<Vec<String>, Error> {
        let file = plan.file.as_path();
        let text = self.text(file).cloned().unwrap_or_default();
        // The block may have moved: an earlier one of the same file may have grown.
        let there = blocks(&text)?;
        let place = there.into_iter().find(|other| other.begin == block.begin);
        let place = place.unwrap_or_else(|| block.clone());
        let code = &text[place.range.clone()];
        let merged = merge(Some((code, place.line)), source, &plan.names);
        let merged = merged.map_err(|error| error.in_file(file))?;
        let (before, after) = (&text[..place.range.start], &text[place.range.end..]);
        let mut reasons = merged.reasons;
        if reasons.is_empty() && merged.text != code {
            reasons.push("the column markers changed".to_owned());
        }
        let all = format!("{before}{}{after}", merged.text);
        self.output.files.insert(file.to_owned(), all);
        let notes = merged.notes.iter();
        let notes = notes.map(|note| format!("{}: {note}", source.name));
        self.output.report.notes.extend(notes);
        Ok(reasons)
    }

    /// Writes a new file.
    fn add(&mut self, source: &Source, file: &Path, names: &Names) -> Result<Vec<String>, Error> {
        let (word, name) = (source.kind.word(), &source.name);
        if self.text(file).is_some() {
            let message = format!(
                "this file was not generated, but the {word} {name} has to be written to it: move the \
                 file, or add the markers to it"
            );
            return Err(Error::new(message).in_file(file));
        }
        let merged = merge(None, source, names).map_err(|error| error.in_file(file))?;
        let about = format!("The {word} {}.", crate::text::literal(name));
        let about = crate::text::doc_lines(&about);
        let about: String = about.iter().map(|line| format!("//! {line}\n")).collect();
        let text = format!("{about}\n{}\n", merged.text);
        self.output.files.insert(file.to_owned(), text);
        Ok(vec![format!("{word} {name}")])
    }

    fn change(&mut self, file: &Path, reasons: Vec<String>) {
        let changes = &mut self.output.report.changes;
        match changes.iter_mut().find(|change| change.path == file) {
            Some(change) => change.reasons.extend(reasons),
            None => changes.push(Change {
                path: file.to_owned(),
                new: !self.existing.contains_key(file),
                reasons,
            }),
        }
    }

    /// Declares the modules in `mod.rs`, and reports blocks that no table or view belongs to any more.
    pub(crate) fn finish(mut self, sources: &[Source]) -> Result<Output, Error> {
        let path = Path::new(MOD_RS);
        let is = self.text(path).cloned();
        let text = is.clone().unwrap_or_else(new_modules);
        self.modules.retain(|module| module != "mod");
        let (text, new) = declare(&text, &self.modules).map_err(|error| error.in_file(path))?;
        if is.as_ref() != Some(&text) {
            let reasons = new.iter().map(|name| format!("module {name} is new"));
            self.change(path, reasons.collect());
        }
        self.output.files.insert(path.to_owned(), text);
        let report = &mut self.output.report;
        report.notes.extend(removed_notes(self.existing, sources));
        report
            .changes
            .sort_by(|one, other| one.path.cmp(&other.path));
        Ok(self.output)
    }
}

/// Finds the existing blocks, by the index of their source. Blocks that are not selected are only read
/// for their names, so that they need not be valid Rust.
pub(crate) fn find(
    existing: &BTreeMap<PathBuf, String>,
    sources: &[Source],
    chosen: &[usize],
) -> Result<BTreeMap<usize, ExistingBlock>, Error> {
    let mut found: BTreeMap<usize, ExistingBlock> = BTreeMap::new();
    for (path, text) in existing {
        for block in blocks(text).map_err(|error| error.in_file(path))? {
            let Some(index) = source_of(&block, sources) else {
                continue;
            };
            let code = text[block.range.clone()].replace("\r\n", "\n");
            let parsed = match Parsed::of(&code, block.line) {
                Ok(parsed) => parsed,
                Err(error) if chosen.contains(&index) => return Err(error.in_file(path)),
                Err(_) => continue,
            };
            if let Some(other) = found.get(&index) {
                let (name, other) = (&block.begin.name, other.file.display());
                let message = format!("{name} has a block here and another in {other}: delete one");
                return Err(Error::new(message).in_file(path).at_line(block.line));
            }
            let file = path.clone();
            let there = ExistingBlock {
                file,
                block,
                parsed,
            };
            found.insert(index, there);
        }
    }
    Ok(found)
}

fn source_of(block: &Block, sources: &[Source]) -> Option<usize> {
    let begin = &block.begin;
    source::position(sources, begin.kind, &begin.name)
}

/// Returns a note for each block whose table or view is not in the schema.
fn removed_notes(existing: &BTreeMap<PathBuf, String>, sources: &[Source]) -> Vec<String> {
    let mut notes = Vec::new();
    for (path, text) in existing {
        for block in blocks(text).unwrap_or_default() {
            if source_of(&block, sources).is_none() {
                let (kind, name) = (block.begin.kind.word(), &block.begin.name);
                let path = path.display();
                notes.push(format!(
                    "{path}: the schema has no {kind} {name} any more; delete the code between its \
                     markers when nothing uses it"
                ));
            }
        }
    }
    notes
}
