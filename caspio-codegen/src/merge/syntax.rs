//! Parses a block into its parts, with their positions in the text.

use super::attributes::{Docs, derives, docs, table_type, text_of, value_of, words};
use crate::error::Error;
use crate::markers::{COLUMN, ColumnMarker};
use crate::naming::RenameRule;
use caspio_schema::is_same_name;
use std::ops::Range;
use std::rc::Rc;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Ident, Item, ItemEnum, ItemStruct};

/// A parsed block.
pub(crate) struct Parsed {
    pub(crate) items: Vec<Item>,
    pub(crate) columns: Vec<ColumnMarker>,
    record: Option<Rc<Struct>>,
    insert: Option<Rc<Struct>>,
}

/// A struct with named fields.
#[derive(Debug)]
pub(crate) struct Struct {
    pub(crate) ident: String,
    pub(crate) range: Range<usize>,
    pub(crate) docs: Docs,
    pub(crate) rule: RenameRule,
    /// The value of `#[caspio(table = ...)]`, where it is a type.
    pub(crate) table: Option<(String, Range<usize>)>,
    /// Each word of `#[derive(...)]`, with the range of its attribute.
    pub(crate) derives: Vec<(String, Range<usize>)>,
    /// The position after the opening brace.
    pub(crate) open: usize,
    pub(crate) fields: Vec<Field>,
}

/// A field of a struct.
#[derive(Debug)]
pub(crate) struct Field {
    /// Its name, not raw.
    pub(crate) name: String,
    pub(crate) name_range: Range<usize>,
    pub(crate) ty: String,
    pub(crate) ty_range: Range<usize>,
    pub(crate) role: Role,
    pub(crate) docs: Docs,
    /// Its `#[caspio(...)]` attributes, with their ranges and words.
    pub(crate) words: Vec<(Range<usize>, Vec<String>)>,
    /// Whether it has other attributes.
    pub(crate) other_attributes: bool,
    /// From its first attribute to its type.
    pub(crate) range: Range<usize>,
    /// The position after its comma.
    pub(crate) comma: Option<usize>,
}

/// The role of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Key,
    Skipped,
    Column(String),
}

impl Parsed {
    /// Parses a block; `line` is its first line in the file.
    pub(crate) fn of(text: &str, line: usize) -> Result<Self, Error> {
        let file = syn::parse_file(text).map_err(|error| {
            let at = line + error.span().start().line.saturating_sub(1);
            Error::new(format!("this is not Rust: {error}")).at_line(at)
        })?;
        let markers = text.lines().enumerate();
        let columns = markers
            .filter(|(_, text)| text.trim().starts_with(COLUMN))
            .map(|(index, text)| {
                ColumnMarker::read(text).ok_or_else(|| {
                    Error::new("this column marker cannot be read: delete the line")
                        .at_line(line + index)
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            record: record(&file.items).map(Rc::new),
            insert: insert(&file.items).map(Rc::new),
            items: file.items,
            columns,
        })
    }

    /// Returns the record: the struct that names its table or view in quotes.
    pub(crate) fn record(&self) -> Option<Rc<Struct>> {
        self.record.clone()
    }

    /// Returns the struct for inserts.
    pub(crate) fn insert(&self) -> Option<Rc<Struct>> {
        self.insert.clone()
    }

    /// Returns the enums.
    pub(crate) fn enums(&self) -> impl Iterator<Item = &ItemEnum> {
        self.items.iter().filter_map(|item| match item {
            Item::Enum(item) => Some(item),
            _ => None,
        })
    }

    /// Returns the end of the last item, if there is any.
    pub(crate) fn end(&self) -> Option<usize> {
        self.items.last().map(|item| item.span().byte_range().end)
    }
}

fn record(items: &[Item]) -> Option<Struct> {
    let names = |word: &String| {
        let value = value_of(word, "table").or_else(|| value_of(word, "view"));
        value.is_some_and(|value| value.starts_with(['"', 'r']) && text_of(value).is_some())
    };
    find(items, |item| {
        let words = words(&item.attrs);
        words.iter().flat_map(|(_, words)| words).any(names)
    })
}

fn insert(items: &[Item]) -> Option<Struct> {
    find(items, |item| {
        let derives = derives(&item.attrs);
        derives.iter().any(|(derive, _)| derive == "CaspioInsert")
    })
}

fn find(items: &[Item], is: impl Fn(&ItemStruct) -> bool) -> Option<Struct> {
    items.iter().find_map(|item| match item {
        Item::Struct(item) if is(item) => Struct::of(item),
        _ => None,
    })
}

impl Struct {
    fn of(item: &ItemStruct) -> Option<Self> {
        let syn::Fields::Named(fields) = &item.fields else {
            return None;
        };
        let words = words(&item.attrs);
        let words: Vec<&String> = words.iter().flat_map(|(_, words)| words).collect();
        let value = |key: &str| words.iter().find_map(|word| value_of(word, key));
        let rule = value("rename_all").and_then(text_of);
        let rule = rule.and_then(|rule| RenameRule::from_name(&rule));
        let rule = rule.unwrap_or_default();
        Some(Self {
            ident: item.ident.unraw().to_string(),
            range: item.span().byte_range(),
            docs: docs(&item.attrs),
            rule,
            table: table_type(&item.attrs),
            derives: derives(&item.attrs),
            open: fields.brace_token.span.open().byte_range().end,
            fields: fields
                .named
                .pairs()
                .filter_map(|pair| {
                    let comma = pair.punct().map(|comma| comma.span().byte_range().end);
                    Field::of(pair.value(), comma, rule)
                })
                .collect(),
        })
    }

    /// Returns the field of the key.
    pub(crate) fn key(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.role == Role::Key)
    }

    /// Returns the field of a column.
    pub(crate) fn field(&self, column: &str) -> Option<&Field> {
        self.fields.iter().find(|field| match &field.role {
            Role::Column(name) => is_same_name(name, column),
            Role::Key | Role::Skipped => false,
        })
    }
}

impl Field {
    fn of(field: &syn::Field, comma: Option<usize>, rule: RenameRule) -> Option<Self> {
        let ident = field.ident.as_ref()?;
        let name = ident.unraw().to_string();
        let words = words(&field.attrs);
        let all: Vec<&String> = words.iter().flat_map(|(_, words)| words).collect();
        let has = |word: &str| all.iter().any(|other| *other == word);
        let renamed = all.iter().find_map(|word| value_of(word, "rename"));
        let role = if has("pk") {
            Role::Key
        } else if has("skip") {
            Role::Skipped
        } else {
            let renamed = renamed.and_then(text_of);
            Role::Column(renamed.unwrap_or_else(|| rule.apply(&name)))
        };
        let ty = field.ty.span();
        Some(Self {
            name,
            name_range: ident.span().byte_range(),
            ty: ty.source_text().unwrap_or_default(),
            ty_range: ty.byte_range(),
            role,
            docs: docs(&field.attrs),
            other_attributes: field
                .attrs
                .iter()
                .any(|attr| !attr.path().is_ident("doc") && !attr.path().is_ident("caspio")),
            words,
            range: field.span().byte_range(),
            comma,
        })
    }

    /// Returns the position after the field and its comma.
    pub(crate) fn end(&self) -> usize {
        self.comma.unwrap_or(self.range.end)
    }
}

/// Returns the item type of a list: `Cat` for `List<Cat>` and `Patch<List<Cat>>`.
pub(crate) fn list_of(ty: &str) -> Option<String> {
    let (outer, inner) = ty.split_once("List")?;
    let inner = inner.trim_start().strip_prefix('<')?;
    let (inner, _) = inner.split_once('>')?;
    let inner = syn::parse_str::<Ident>(inner.trim()).ok()?;
    let whole_word = !outer.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    whole_word.then(|| inner.to_string())
}
