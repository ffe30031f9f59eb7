//! The generator: turns a schema into files.

use crate::error::Error;
use crate::file_plan::plans;
use crate::markers::Kind;
use crate::options::Options;
use crate::output::{Output, Report, read_folder};
use crate::run::{GenerationRun, find};
use crate::source::{self, Source};
use caspio_schema::is_same_name;
use caspio_schema::{Schema, nearest};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Generates Rust structs for tables and views of a schema.
///
/// ```
/// use caspio_codegen::Generator;
/// use caspio_schema::{DataType, FieldDefinition, Schema, ObjectDefinition};
///
/// # fn main() -> Result<(), caspio_codegen::Error> {
/// let mut schema = Schema::default();
/// let email = FieldDefinition::new("Email", DataType::Text255);
/// schema.tables.push(ObjectDefinition::new("Contacts", vec![email]));
///
/// let output = Generator::new(&schema).all().generate(&Default::default())?;
///
/// let contacts = &output.files[std::path::Path::new("contacts.rs")];
/// assert!(contacts.contains("pub struct Contact {"));
/// assert!(contacts.contains("pub email: String,"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Generator<'a> {
    schema: &'a Schema,
    chosen: Vec<(Kind, String)>,
    all: bool,
    options: Options,
}

impl<'a> Generator<'a> {
    /// Creates a generator for a schema, with no table or view selected.
    #[must_use]
    pub fn new(schema: &'a Schema) -> Self {
        Self {
            schema,
            chosen: Vec::new(),
            all: false,
            options: Options {
                uuid: false,
                list_enums: false,
                key_types: false,
                singular: true,
                inserts: true,
            },
        }
    }

    /// Selects a table, in addition to those already selected. Its name is compared without case.
    #[must_use]
    pub fn table(mut self, name: impl Into<String>) -> Self {
        self.chosen.push((Kind::Table, name.into()));
        self
    }

    /// Selects a view, in addition to those already selected. Its name is compared without case.
    #[must_use]
    pub fn view(mut self, name: impl Into<String>) -> Self {
        self.chosen.push((Kind::View, name.into()));
        self
    }

    /// Selects every table and view of the schema.
    #[must_use]
    pub fn all(mut self) -> Self {
        self.all = true;
        self
    }

    /// Sets whether a GUID becomes a `uuid::Uuid`, which requires the feature `uuid` of `caspio` and the
    /// crate `uuid` in the program. By default it becomes a `String`.
    #[must_use]
    pub fn uuid(mut self, on: bool) -> Self {
        self.options.uuid = on;
        self
    }

    /// Sets whether the values of a text list become an enum, such as `ContactsInterests`. By default they
    /// are `String`s.
    #[must_use]
    pub fn list_enums(mut self, on: bool) -> Self {
        self.options.list_enums = on;
        self
    }

    /// Sets whether the key of each record gets a type of its own, `ContactId`, so that the key of one table is not
    /// taken for that of another. By default it is an `i64`, and a `String` in a view. A key that has another type
    /// already keeps it.
    #[must_use]
    pub fn key_types(mut self, on: bool) -> Self {
        self.options.key_types = on;
        self
    }

    /// Sets whether the struct of a table `Contacts` is named `Contact` (the default) or `Contacts`.
    /// Structs that exist already keep their names.
    ///
    /// The singular follows from a word's ending: `ies` becomes `y`; `sses`, `shes`, `ches`, `xes` and
    /// `zes` lose `es`; any other final `s` is dropped, except after `s`, `u` or `i`, as in `Address`,
    /// `Status` and `Analysis`. Irregular plurals such as `People` and `Children` are known.
    #[must_use]
    pub fn singular(mut self, on: bool) -> Self {
        self.options.singular = on;
        self
    }

    /// Sets whether tables get a second struct for inserts, `NewContact`. By default they do.
    #[must_use]
    pub fn inserts(mut self, on: bool) -> Self {
        self.options.inserts = on;
        self
    }

    /// Merges the generated code into existing files, given by their path in the folder. Returns the
    /// files and writes nothing.
    ///
    /// # Errors
    ///
    /// No table or view is selected, or one that the schema does not have; the text between the markers
    /// of a file is not Rust; a file that was not generated has the name of one to generate.
    pub fn generate(&self, existing: &BTreeMap<PathBuf, String>) -> Result<Output, Error> {
        let sources = self.sources();
        let chosen = self.chosen(&sources)?;
        let found = find(existing, &sources, &chosen)?;
        let plans = plans(&sources, &found, existing, &self.options);
        let mut run = GenerationRun::over(existing);
        for index in chosen {
            run.generate(&sources[index], found.get(&index), &plans[index])?;
        }
        run.finish(&sources)
    }

    /// Generates into a folder, and writes the files that are new or changed.
    ///
    /// # Errors
    ///
    /// Those of [`generate`](Self::generate), after which nothing was written; a file cannot be read or
    /// written.
    pub fn write_to(&self, dir: impl AsRef<Path>) -> Result<Report, Error> {
        let output = self.in_folder(dir.as_ref())?;
        output.write(dir.as_ref())?;
        Ok(output.report)
    }

    /// Reports the changes that [`write_to`](Self::write_to) would make, and writes nothing.
    ///
    /// # Errors
    ///
    /// Those of [`generate`](Self::generate); a file cannot be read.
    pub fn check(&self, dir: impl AsRef<Path>) -> Result<Report, Error> {
        self.in_folder(dir.as_ref()).map(|output| output.report)
    }

    fn in_folder(&self, dir: &Path) -> Result<Output, Error> {
        let existing = read_folder(dir)?;
        self.generate(&existing)
            .map_err(|error| error.in_folder(dir))
    }

    /// Generates everything as one text with a module for each table and view, to be included in a
    /// module of a program.
    ///
    /// # Errors
    ///
    /// No table or view is selected, or one that the schema does not have.
    pub fn generate_one_file(&self) -> Result<String, Error> {
        let output = self.generate(&BTreeMap::new())?;
        let allowed = crate::merge::ALLOWED.replace("#![", "#[");
        let mut text = String::from("// Generated by caspio-codegen; changes are lost.\n");
        for (path, code) in &output.files {
            let module = path.with_extension("").display().to_string();
            if module == "mod" {
                continue;
            }
            // `include!` does not accept inner documentation.
            let code = code.lines().filter(|line| !line.starts_with("//!"));
            let code: Vec<&str> = code.collect();
            let code = code.join("\n");
            text.push_str(&format!(
                "\n{allowed}pub mod {module} {{\n{}\n}}\n",
                code.trim()
            ));
            text.push_str(&format!(
                "#[allow(unused_imports)]\npub use self::{module}::*;\n"
            ));
        }
        Ok(text)
    }

    /// Returns every table and view of the schema, selected or not, so that the generated names do not
    /// depend on the selection.
    fn sources(&self) -> Vec<Source> {
        let tables = self.schema.tables.iter();
        let views = self.schema.views.iter();
        let mut sources: Vec<Source> = tables
            .map(|table| Source::of_table(table, &self.options))
            .collect();
        sources.extend(views.map(|view| Source::of_view(view, self.schema, &self.options)));
        sources
    }

    fn chosen(&self, sources: &[Source]) -> Result<Vec<usize>, Error> {
        if self.all {
            return Ok((0..sources.len()).collect());
        }
        if self.chosen.is_empty() {
            return Err(Error::new(
                "no table or view is selected; select some, or all of them",
            ));
        }
        let mut chosen = Vec::new();
        for (kind, name) in &self.chosen {
            let index = source::position(sources, *kind, name);
            chosen.push(index.ok_or_else(|| unknown(*kind, name, sources))?);
        }
        chosen.sort_unstable();
        chosen.dedup();
        Ok(chosen)
    }
}

fn unknown(kind: Kind, name: &str, sources: &[Source]) -> Error {
    let word = kind.word();
    let names = sources.iter().filter(|source| source.kind == kind);
    let names: Vec<&str> = names.map(|source| source.name.as_str()).collect();
    let other = sources
        .iter()
        .find(|source| source.kind != kind && is_same_name(&source.name, name));
    Error::new(match (other, names.as_slice()) {
        (Some(other), _) => format!(
            "{name} is a {} in the schema, not a {word}",
            other.kind.word()
        ),
        (None, []) => format!("the schema has no {word} {name}; it has no {word}s at all"),
        (None, names) => match nearest(name, names.iter().copied()) {
            Some(near) => format!("the schema has no {word} {name}; did you mean {near}?"),
            None => {
                let more = if names.len() > 20 { ", ..." } else { "" };
                let names = names[..names.len().min(20)].join(", ");
                format!("the schema has no {word} {name}; it has {names}{more}")
            }
        },
    })
}
