//! The file and the type names of each table and view: existing ones are kept, the others are new.

use crate::emit::plain_key;
use crate::markers::Kind;
use crate::merge::{Block, Names, Parsed, Struct, list_of};
use crate::naming::{Distinct, TypeNames, module_name, type_name};
use crate::options::Options;
use crate::source::Source;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The existing block of a table or view.
pub(crate) struct ExistingBlock {
    pub(crate) file: PathBuf,
    pub(crate) block: Block,
    pub(crate) parsed: Parsed,
}

/// The file and the type names of a table or view.
#[derive(Debug)]
pub(crate) struct FilePlan {
    pub(crate) file: PathBuf,
    pub(crate) names: Names,
}

/// Returns a plan for each source, in their order.
pub(crate) fn plans(
    sources: &[Source],
    found: &BTreeMap<usize, ExistingBlock>,
    existing: &BTreeMap<PathBuf, String>,
    options: &Options,
) -> Vec<FilePlan> {
    let mut types = TypeNames::default();
    for there in found.values() {
        take(&mut types, &there.parsed);
    }
    let files = files(sources, found, existing);
    let plans = sources.iter().zip(files).enumerate();
    plans
        .map(|(index, (source, file))| {
            let parsed = found.get(&index).map(|there| &there.parsed);
            FilePlan {
                file,
                names: names(source, parsed, &mut types, options),
            }
        })
        .collect()
}

fn take(types: &mut TypeNames, parsed: &Parsed) {
    if let Some(record) = parsed.record() {
        types.take_record(&record.ident);
    }
    if let Some(insert) = parsed.insert() {
        types.take(&insert.ident);
    }
    if let Some(key) = parsed.record().as_deref().and_then(Struct::key) {
        types.take(&key.ty);
    }
    for item in parsed.enums() {
        types.take(&item.ident.to_string());
    }
}

fn names(
    source: &Source,
    parsed: Option<&Parsed>,
    types: &mut TypeNames,
    options: &Options,
) -> Names {
    let kind = source.kind.word();
    let record = parsed.and_then(Parsed::record);
    let name = match &record {
        Some(record) => record.ident.clone(),
        None if parsed.is_some() => String::new(),
        None => {
            let wanted = type_name(&source.name, kind, options.singular);
            types.record(
                wanted,
                if source.kind == Kind::Table {
                    "Table"
                } else {
                    "View"
                },
            )
        }
    };
    let mut values = BTreeMap::new();
    for column in source.columns.iter().filter(|column| column.spec.values) {
        let field = record
            .as_ref()
            .and_then(|record| record.field(&column.name));
        let is = field.and_then(|field| list_of(&field.ty)).filter(|name| {
            parsed.is_some_and(|parsed| parsed.enums().any(|item| item.ident == name))
        });
        let name = is.unwrap_or_else(|| {
            // The two parts together stay within the length of one name.
            let table = short(type_name(&source.name, kind, false).unwrap_or_default());
            let column = type_name(&column.name, "list", false).map(short);
            types.other(format!(
                "{table}{}",
                column.unwrap_or_else(|| "List".to_owned())
            ))
        });
        values.insert(column.name.clone(), name);
    }
    let key = record.as_deref().and_then(Struct::key);
    let has_own_key = key.is_some_and(|key| key.ty != plain_key(source.kind));
    let wants_key = options.key_types && !has_own_key && !name.is_empty();
    Names {
        key: wants_key.then(|| types.other(format!("{name}Id"))),
        record: name,
        values,
    }
}

fn short(name: String) -> String {
    name.chars().take(26).collect()
}

/// Returns the file of each source.
fn files(
    sources: &[Source],
    found: &BTreeMap<usize, ExistingBlock>,
    existing: &BTreeMap<PathBuf, String>,
) -> Vec<PathBuf> {
    let is_there = |index: usize| found.get(&index).map(|there| &there.file);
    let wanted: Vec<Option<String>> = sources
        .iter()
        .enumerate()
        .filter(|(index, _)| is_there(*index).is_none())
        .map(|(_, source)| module_name(&source.name, source.kind.word()))
        .collect();
    // Only generated files count as taken: a file of the user with the same name is reported as an error.
    let generated = existing
        .keys()
        .filter(|path| found.values().any(|there| there.file == **path));
    let taken = generated.map(|path| path.with_extension("").display().to_string());
    let mut names = Distinct::taken(taken)
        .name_all(&wanted, "unnamed")
        .into_iter();
    (0..sources.len())
        .map(|index| match is_there(index) {
            Some(file) => file.clone(),
            None => PathBuf::from(names.next().unwrap_or_default() + ".rs"),
        })
        .collect()
}
