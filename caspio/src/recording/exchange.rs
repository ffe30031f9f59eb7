//! A line of a recording.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A request and its response, without values and names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Exchange {
    /// The client that made the call. Only the names in lines of one client have the same stand-ins.
    pub client: String,
    /// When the request was sent, in milliseconds after the client was created.
    pub at_ms: u64,
    /// How long it took until the end of the response, in milliseconds.
    pub took_ms: u64,
    /// The method.
    pub method: String,
    /// The path, with stand-ins for names and keys.
    pub path: String,
    /// The parameters of the URL.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub query: Vec<(String, String)>,
    /// The headers of the request that matter.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub request_headers: BTreeMap<String, String>,
    /// The body of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Content>,
    /// The status of the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why there is no response, or only a part of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// The headers of the response that matter.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The body of the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<Content>,
    /// The errors in the response.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ErrorText>,
    /// Whether the records are in the order of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// The fields of a table or view, if the response lists them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
}

/// A body.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// Its size in KiB, rounded up. An exact one would be that of a single value.
    pub kib: u64,
    /// What it is, if it is not JSON: `empty`, `form`, `not JSON` or `not read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is: Option<String>,
    /// The shape of JSON, or of a form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<Shape>,
    /// The condition of a bulk write, which is a part of its body.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
}

/// What values a place of a body has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shape {
    /// The kinds of the scalars; `absent` if some objects do not have the member.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub is: BTreeSet<String>,
    /// The arrays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub array: Option<Elements>,
    /// The members of the objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<BTreeMap<String, Shape>>,
}

/// The elements of arrays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elements {
    /// How many the shortest array has.
    pub least: usize,
    /// How many the longest array has.
    pub most: usize,
    /// What they are.
    pub of: Box<Shape>,
}

/// An error in a response.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ErrorText {
    /// The code, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The text, of which only words of the service's own messages are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Whether the records of a response are in the order that the request names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// They are, as far as it can be told: texts are compared by the service's collation, which is not known here.
    Kept,
    /// They are not.
    Broken,
}

/// A field of a table or view.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Field {
    /// The stand-in of its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub data_type: String,
    /// Whether its values are unique.
    pub unique: bool,
    /// Whether the service computes it.
    pub formula: bool,
}
