//! Paths: which parts are words of the API, and which are names and keys.

use super::names::{Kind, Names};
use caspio_core::http::Uri;
use percent_encoding::percent_decode_str;

/// A path with stand-ins, and what it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) path: String,
    pub(super) resource: Resource,
}

/// What a path leads to, as far as it decides what a body has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resource {
    /// Records, or users of a directory: the members of their bodies are fields.
    Records,
    /// Records of a bulk write.
    BulkRecords,
    /// The list of tables or views, or of both with their fields.
    Objects(Kind),
    /// The fields of a table or view.
    Fields,
    /// What a file contains.
    Content,
    Other,
}

/// The words of paths that are followed by a name or key, unless one of the words follows that are listed with them.
const COLLECTIONS: &[(&str, Kind, &[&str])] = &[
    ("tables", Kind::Table, &[]),
    ("views", Kind::View, &[]),
    ("fields", Kind::Field, &[]),
    ("passwordFields", Kind::Field, &[]),
    ("attachments", Kind::Field, &[]),
    ("records", Kind::Key, &["bulk"]),
    ("files", Kind::File, &["bulk", "folders", "path", "search"]),
    ("folders", Kind::Folder, &["search"]),
    ("directories", Kind::Directory, &[]),
    ("users", Kind::User, &["activate", "bulk"]),
    ("outgoingWebhooks", Kind::Webhook, &[]),
    ("events", Kind::Event, &[]),
    ("dataImportExportTasks", Kind::Task, &[]),
    ("tasks", Kind::Task, &[]),
    ("applications", Kind::Application, &[]),
    ("bridgeApplications", Kind::Application, &[]),
    ("flexApplications", Kind::Application, &[]),
    ("datapages", Kind::Page, &["bulk", "deployment"]),
];

/// The other words of paths.
const WORDS: &[&str] = &[
    "activate",
    "aiManifest",
    "bulk",
    "deployment",
    "documentation",
    "errors",
    "fileAssets",
    "fileInfo",
    "integrations",
    "me",
    "oauth",
    "path",
    "regenerateSecret",
    "rest",
    "run",
    "schemas",
    "search",
    "swagger",
    "token",
    "v2",
    "v3",
    "v4",
];

/// What is written for a part of a path that is not known.
const UNKNOWN: &str = "{segment}";

/// What may follow a part of a path.
#[derive(Clone, Copy)]
enum Next {
    Word,
    /// A name, or one of the words.
    Name(Kind, &'static [&'static str]),
}

/// Returns a path with stand-ins. Only words of the API are kept, and only where a name cannot be.
pub(super) fn route(path: &str, names: &mut Names) -> Route {
    let mut shown = String::new();
    let mut trail: Vec<&'static str> = Vec::new();
    let mut next = Next::Word;
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        shown.push('/');
        let word = match next {
            Next::Word => word(segment),
            Next::Name(_, words) => find(words, segment),
        };
        match (word, next) {
            (Some(word), _) => {
                shown.push_str(word);
                next = after(word, &trail);
                trail.push(word);
            }
            (None, Next::Name(kind, _)) => {
                let name = percent_decode_str(segment).decode_utf8_lossy();
                shown.push_str(&names.stand_in(kind, &name));
                next = match trail.last() {
                    // v3 has the key of the record behind the field.
                    Some(&"attachments") => Next::Name(Kind::Key, &["fileInfo"]),
                    _ => Next::Word,
                };
                trail.push(NAME);
            }
            (None, Next::Word) => {
                shown.push_str(UNKNOWN);
                trail.push(UNKNOWN);
            }
        }
    }
    Route {
        resource: resource(&trail),
        path: shown,
    }
}

/// Returns the path of a URL, or of the part of one, with stand-ins.
pub(super) fn location(url: &str, names: &mut Names) -> String {
    match url.parse::<Uri>() {
        Ok(uri) => route(uri.path(), names).path,
        Err(_) => UNKNOWN.to_owned(),
    }
}

/// A name in the trail of words.
const NAME: &str = "{name}";

fn after(word: &'static str, trail: &[&'static str]) -> Next {
    let is_list = trail.last() == Some(&"schemas");
    let collection = COLLECTIONS.iter().find(|(known, ..)| *known == word);
    match collection {
        Some(&(_, kind, words)) if !is_list => Next::Name(kind, words),
        _ => Next::Word,
    }
}

fn word(segment: &str) -> Option<&'static str> {
    let collections = COLLECTIONS.iter().map(|(word, ..)| *word);
    let mut words = collections.chain(WORDS.iter().copied());
    words.find(|word| word.eq_ignore_ascii_case(segment))
}

fn find(words: &'static [&'static str], segment: &str) -> Option<&'static str> {
    let mut words = words.iter().copied();
    words.find(|word| word.eq_ignore_ascii_case(segment))
}

fn resource(trail: &[&'static str]) -> Resource {
    match trail {
        [.., "fileInfo"] => Resource::Other,
        [.., "attachments", NAME] | [.., "attachments", NAME, NAME] => Resource::Content,
        [.., "files", NAME] | [.., "files", "path"] => Resource::Content,
        [.., "records" | "users", "bulk"] => Resource::BulkRecords,
        [.., "records" | "users"] | [.., "records" | "users", NAME] => Resource::Records,
        [.., "tables"] => Resource::Objects(Kind::Table),
        [.., "views"] => Resource::Objects(Kind::View),
        [.., "tables" | "views", NAME, "fields"] => Resource::Fields,
        _ => Resource::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_keys_have_stand_ins() {
        for (path, shown, resource) in [
            ("/oauth/token", "/oauth/token", Resource::Other),
            (
                "/integrations/rest/v3/tables/records/records",
                "/integrations/rest/v3/tables/Table1/records",
                Resource::Records,
            ),
            (
                "/rest/v2/tables/A%20B/passwordFields/Pass",
                "/rest/v2/tables/Table1/passwordFields/Field1",
                Resource::Other,
            ),
            (
                "/v4/tables/x2y7pe/records/bulk",
                "/v4/tables/Table1/records/bulk",
                Resource::BulkRecords,
            ),
            (
                "/v4/tables/x2y7pe/records/17",
                "/v4/tables/Table1/records/Key1",
                Resource::Records,
            ),
            (
                "/v4/schemas/tables",
                "/v4/schemas/tables",
                Resource::Objects(Kind::Table),
            ),
            (
                "/v3/tables/t/attachments/Photo/17",
                "/v3/tables/Table1/attachments/Field1/Key1",
                Resource::Content,
            ),
            (
                "/v3/tables/t/attachments/Photo/fileInfo",
                "/v3/tables/Table1/attachments/Field1/fileInfo",
                Resource::Other,
            ),
            (
                "/v3/views/fields/fields",
                "/v3/views/View1/fields",
                Resource::Fields,
            ),
            (
                "/v3/salaries/of/Ann",
                "/v3/{segment}/{segment}/{segment}",
                Resource::Other,
            ),
            (
                "/v3/tables/t/Ann/records",
                "/v3/tables/Table1/{segment}/records",
                Resource::Records,
            ),
        ] {
            let route = route(path, &mut Names::default());
            assert_eq!((route.path.as_str(), route.resource), (shown, resource));
        }
    }

    #[test]
    fn a_location_has_no_host() {
        let shown = location(
            "https://b3poa.caspio.com/integrations/rest/v3/tables/Pay/records/9",
            &mut Names::default(),
        );
        assert_eq!(shown, "/integrations/rest/v3/tables/Table1/records/Key1");
    }
}
