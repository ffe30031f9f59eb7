//! Tasks, applications and directories, which are stored as documents.

use super::document::Document;
use serde::{Deserialize, Serialize};

/// A data import or export task.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Task {
    pub(crate) name: String,
    pub(crate) external_key: String,
    pub(crate) status: String,
    pub(crate) task_time_zone: String,
    pub(crate) frequency: String,
    pub(crate) note: String,
    /// The time of the last run, UTC; only v2 reports it.
    pub(crate) last_run: Option<String>,
}

/// A Bridge application.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Application {
    pub(crate) name: String,
    pub(crate) external_key: String,
    pub(crate) created: String,
    pub(crate) modified: String,
    pub(crate) icon: Option<String>,
    pub(crate) data_pages: Vec<DataPage>,
}

/// A DataPage of an application.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DataPage {
    pub(crate) name: String,
    pub(crate) app_key: String,
    pub(crate) path: String,
    pub(crate) kind: String,
    pub(crate) created: String,
    pub(crate) modified: String,
    pub(crate) created_by: String,
    pub(crate) modified_by: String,
    pub(crate) note: String,
    pub(crate) deployed: bool,
}

/// A directory of end users; its users are the records of the table of the same name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Directory {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) created: String,
    pub(crate) updated: String,
    pub(crate) created_by: String,
    pub(crate) updated_by: String,
}

impl Document for Task {
    const KIND: &'static str = "task";

    fn key(&self) -> &str {
        &self.external_key
    }
}

impl Document for Application {
    const KIND: &'static str = "application";

    fn key(&self) -> &str {
        &self.external_key
    }
}

impl Document for Directory {
    const KIND: &'static str = "directory";

    fn key(&self) -> &str {
        &self.id
    }
}
