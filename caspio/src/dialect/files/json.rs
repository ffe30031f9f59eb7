//! The members of files and folders in responses.
//!
//! Names are compared without case, because those that v4 has in lists are inferred, fact `names-in-v4`. A member that
//! is null, missing or of another type is none.

use serde::de::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// What v2 and v3, and v4, call the id of a file or folder.
const FILE_ID: [&str; 3] = ["fileId", "externalKey", "id"];
const FOLDER_ID: [&str; 3] = ["folderId", "externalKey", "id"];

/// The members of a response that hold its content.
const ENVELOPES: [&str; 2] = ["Result", "data"];

/// A file in a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FileJson {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) size: Option<u64>,
    pub(crate) content_type: Option<String>,
    pub(crate) created: Option<String>,
    pub(crate) modified: Option<String>,
    /// Only uploads in v4 are known to report it.
    pub(crate) path: Option<String>,
}

/// A folder in a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FolderJson {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) created: Option<String>,
}

/// The files and folders of a folder, as v2 lists them.
#[derive(Debug)]
pub(crate) struct TogetherJson {
    pub(crate) files: Vec<FileJson>,
    pub(crate) folders: Vec<FolderJson>,
}

/// The result of one file of an upload.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct UploadedJson {
    pub(crate) file: FileJson,
    /// The status and the reason of a file that was not stored, in the form of v4's other bulk writes.
    pub(crate) status: Option<u16>,
    pub(crate) reason: Option<Value>,
}

/// An object whose members are looked up by name, without case.
struct Members(Map<String, Value>);

impl Members {
    fn get(&self, name: &str) -> Option<&Value> {
        let mut members = self.0.iter();
        let found = members.find(|(member, _)| member.eq_ignore_ascii_case(name));
        found
            .map(|(_, value)| value)
            .filter(|value| !value.is_null())
    }

    fn text(&self, name: &str) -> Option<String> {
        match self.get(name)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    fn first_text(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.text(name))
    }

    fn number(&self, name: &str) -> Option<u64> {
        match self.get(name)? {
            Value::Number(number) => number.as_u64(),
            Value::String(digits) => digits.trim().parse().ok(),
            _ => None,
        }
    }

    fn file(&self) -> FileJson {
        FileJson {
            id: self.first_text(&FILE_ID),
            name: self.text("name"),
            size: self.number("size"),
            content_type: self.text("contentType"),
            created: self.text("dateCreated"),
            modified: self.text("lastModified"),
            path: self.text("fullFilePath"),
        }
    }

    fn folder(&self) -> FolderJson {
        FolderJson {
            id: self.first_text(&FOLDER_ID),
            name: self.text("name"),
            created: self.text("dateCreated"),
        }
    }
}

impl<'de> Deserialize<'de> for FileJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(|members| Members(members).file())
    }
}

impl<'de> Deserialize<'de> for FolderJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(|members| Members(members).folder())
    }
}

impl<'de> Deserialize<'de> for TogetherJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = Members(Map::deserialize(deserializer)?);
        let list = |name| match members.get(name) {
            Some(list) => Vec::deserialize(list.clone()).map_err(serde::de::Error::custom),
            None => Ok(Vec::new()),
        };
        let objects = |name| -> Result<Vec<Members>, D::Error> {
            Ok(list(name)?.into_iter().map(Members).collect())
        };
        Ok(Self {
            files: objects("Files")?.iter().map(Members::file).collect(),
            folders: objects("Folders")?.iter().map(Members::folder).collect(),
        })
    }
}

/// Returns the file that a response describes, in an envelope or without one.
pub(crate) fn one_file(body: &[u8]) -> Option<FileJson> {
    Some(object(body)?.file())
}

/// Returns the folder that a response describes.
pub(crate) fn one_folder(body: &[u8]) -> Option<FolderJson> {
    Some(object(body)?.folder())
}

fn object(body: &[u8]) -> Option<Members> {
    match content(body)? {
        Value::Object(members) => Some(Members(members)),
        _ => None,
    }
}

/// Returns the content of a response without its envelope. Those of single objects of v4 have none, which is inferred,
/// fact `objects-without-envelope`.
fn content(body: &[u8]) -> Option<Value> {
    let Value::Object(mut members) = serde_json::from_slice(body).ok()? else {
        return None;
    };
    let envelope = members
        .keys()
        .find(|name| {
            ENVELOPES
                .iter()
                .any(|known| known.eq_ignore_ascii_case(name))
        })
        .cloned();
    match envelope {
        Some(name) => members.remove(&name),
        None => Some(Value::Object(members)),
    }
}

/// Returns the files that an upload reports: a list for new files, one object for one that was replaced.
pub(crate) fn uploaded(body: &[u8]) -> Vec<UploadedJson> {
    let items = match content(body) {
        Some(Value::Array(items)) => items,
        Some(item @ Value::Object(_)) => vec![item],
        _ => Vec::new(),
    };
    items.into_iter().filter_map(uploaded_item).collect()
}

fn uploaded_item(item: Value) -> Option<UploadedJson> {
    let Value::Object(members) = item else {
        return None;
    };
    let members = Members(members);
    let status = members.number("status");
    Some(UploadedJson {
        file: members.file(),
        status: status.and_then(|status| status.try_into().ok()),
        reason: members.get("error").cloned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_in_every_spelling_and_may_be_absent() {
        let all = r#"{"Name":"a.png","ExternalKey":"k","Size":7,"ContentType":"image/png",
            "DateCreated":"2026-01-02T03:04:05","LastModified":"1/2/2026 3:04:05 AM","Extra":[1]}"#;
        let of_v4 = r#"{"name":"a.png","fileId":"k","externalKey":"other","id":9,"size":"7",
            "contentType":"image/png","dateCreated":"2026-01-02T03:04:05",
            "lastModified":"1/2/2026 3:04:05 AM"}"#;
        let none =
            r#"{"Name":null,"ExternalKey":"k","Size":null,"ContentType":{},"DateCreated":null}"#;

        let read = |json: &str| serde_json::from_str::<FileJson>(json).expect("a file");

        assert_eq!(read(all), read(of_v4));
        assert_eq!(read(all).size, Some(7));
        let nothing = FileJson {
            id: Some("k".to_owned()),
            ..FileJson::default()
        };
        assert_eq!(read(none), nothing);
        assert_eq!(read("{}"), FileJson::default());
    }

    #[test]
    fn one_object_has_an_envelope_or_none() {
        for body in [
            r#"{"Result":{"Name":"a","ExternalKey":"k"}}"#,
            r#"{"data":{"name":"a","fileId":"k"}}"#,
            r#"{"name":"a","fileId":"k"}"#,
        ] {
            let file = one_file(body.as_bytes()).expect(body);
            assert_eq!(
                (file.name.as_deref(), file.id.as_deref()),
                (Some("a"), Some("k"))
            );
        }
        for body in [
            "",
            "null",
            "[]",
            r#"{"Result":null}"#,
            r#"{"Result":[]}"#,
            "<html>",
        ] {
            assert_eq!(one_file(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn uploads_report_a_list_an_object_or_nothing() {
        let names = |body: &str| {
            let files = uploaded(body.as_bytes()).into_iter();
            files
                .map(|one| one.file.name.unwrap_or_default())
                .collect::<Vec<_>>()
        };

        assert_eq!(
            names(r#"{"Result":[{"Name":"a"},{"Name":"b"}]}"#),
            ["a", "b"]
        );
        assert_eq!(names(r#"{"Result":{"Name":"a"}}"#), ["a"]);
        assert_eq!(names(r#"{"name":"a","fileId":"k"}"#), ["a"]);
        for body in ["", "{\"Result\":null}", "[1]", "{\"data\":[1,null]}"] {
            assert_eq!(names(body), [""; 0], "{body}");
        }
        let partial = br#"{"data":[{"name":"a","status":409,"error":"there is one"}]}"#;
        assert_eq!(uploaded(partial)[0].status, Some(409));
    }

    #[test]
    fn v2_lists_both_kinds_of_which_either_may_be_null() {
        let read = |json: &str| serde_json::from_str::<TogetherJson>(json).expect("a list");

        let both = read(r#"{"Folders":[{"Name":"A","ExternalKey":"k"}],"Files":null}"#);
        assert_eq!((both.folders.len(), both.files.len()), (1, 0));
        assert!(serde_json::from_str::<TogetherJson>(r#"{"Files":{}}"#).is_err());
        assert!(serde_json::from_str::<TogetherJson>("[]").is_err());
    }
}
