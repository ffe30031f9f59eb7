//! v4's lists of tables and views, and its API profile.

use super::FieldJson;
use serde::Deserialize;
use serde_json::Value;

/// A table or view in the list of names. The member that holds a view's id is not documented, so it may have any
/// of these names: fact `view-ids`.
#[derive(Debug, Deserialize)]
pub(crate) struct NameJson {
    #[serde(alias = "tableId", alias = "viewId")]
    pub(crate) id: String,
    #[serde(alias = "Name")]
    pub(crate) name: String,
}

/// A table or view in the list of schemas.
#[derive(Debug, Deserialize)]
pub(crate) struct SchemaJson {
    #[serde(alias = "Name")]
    pub(crate) name: String,
    #[serde(default, alias = "Note")]
    pub(crate) note: Option<String>,
    #[serde(alias = "Fields")]
    pub(crate) fields: Vec<FieldJson>,
    #[serde(default, alias = "Relationships")]
    pub(crate) relationships: Option<Value>,
}

/// The API profile.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProfileJson {
    pub(crate) ws_profile_name: Option<String>,
    pub(crate) rate_limit: Option<RateLimitJson>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RateLimitJson {
    pub(crate) limit: u64,
    pub(crate) window_seconds: u64,
}
