//! The requests and responses of Bridge applications, their DataPages, and Flex applications.

use super::url::{push_query, push_segment};
use super::{Members, delete_without_body, without_body};
use caspio_core::{Operation, Request, Url};
use jiff::civil::DateTime;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The requests of one version of the API.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ApplicationRequests {
    /// The first segment of the paths.
    collection: &'static str,
    /// The segment below an application that leads to its DataPages, and those below that to the deployment of all of
    /// them.
    pages: &'static str,
    all_pages: &'static [&'static str],
    deploying: Deploying,
    /// The letters of the deployment methods.
    pub(crate) methods: &'static str,
    /// The first segment of the paths of Flex applications, if there are any.
    flex: Option<&'static str>,
}

pub(super) const V2: ApplicationRequests = ApplicationRequests {
    collection: "applications",
    pages: "datapages",
    all_pages: &["deployment"],
    deploying: Deploying::ByMethod,
    methods: "IFULENPAXBYZ",
    flex: None,
};
pub(super) const V3: ApplicationRequests = ApplicationRequests {
    collection: "bridgeApplications",
    deploying: Deploying::ByMember("Deployed"),
    methods: "IUEN",
    ..V2
};
/// The name of the member and the deployment methods are inferred: facts `names-in-v4` and `deployment-methods-in-v4`.
pub(super) const V4: ApplicationRequests = ApplicationRequests {
    pages: "dataPages",
    all_pages: &["bulk", "deployment"],
    deploying: Deploying::ByMember("deployed"),
    flex: Some("flexApplications"),
    ..V3
};

/// How a DataPage is deployed and undeployed.
#[derive(Clone, Copy, Debug)]
enum Deploying {
    /// By PUT and DELETE.
    ByMethod,
    /// By PUT, with this member of the body true or false.
    ByMember(&'static str),
}

/// The DataPages that a request is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pages<'a> {
    One(&'a str),
    All,
}

/// Words that are the names of operations where the key of a DataPage is in other paths.
const OPERATIONS: [&str; 2] = ["bulk", "deployment"];

impl ApplicationRequests {
    /// The URL that lists the applications.
    pub(crate) fn list_url(self, base: &Url) -> Url {
        with(base.clone(), &[self.collection])
    }

    /// The URL of one application.
    pub(crate) fn url(self, base: &Url, id: &str) -> Url {
        with(self.list_url(base), &[id])
    }

    /// The URL that lists the DataPages of an application.
    pub(crate) fn pages_url(self, base: &Url, id: &str) -> Url {
        with(self.url(base, id), &[self.pages])
    }

    /// The URL of one DataPage.
    pub(crate) fn page_url(self, base: &Url, id: &str, key: &str) -> Url {
        with(self.pages_url(base, id), &[key])
    }

    /// Whether the path with this key would be that of another operation.
    pub(crate) fn is_operation(key: &str) -> bool {
        OPERATIONS.iter().any(|name| key.eq_ignore_ascii_case(name))
    }

    /// The URL that returns the code of a DataPage for a deployment method.
    pub(crate) fn code_url(self, base: &Url, id: &str, key: &str, method: char) -> Url {
        let mut url = with(self.page_url(base, id, key), &["deployment"]);
        push_query(&mut url, "method", method.encode_utf8(&mut [0; 4]));
        url
    }

    /// Deploys or undeploys DataPages. Doing it twice has the same effect as doing it once.
    pub(crate) fn deploy(
        self,
        base: &Url,
        id: &str,
        pages: Pages<'_>,
        deployed: bool,
        operation: Operation,
    ) -> Request {
        let url = match pages {
            Pages::One(key) => with(self.page_url(base, id, key), &["deployment"]),
            Pages::All => with(self.pages_url(base, id), self.all_pages),
        };
        match self.deploying {
            Deploying::ByMember(member) => {
                Request::put(url, operation).json(json!({ member: deployed }).to_string())
            }
            Deploying::ByMethod if deployed => without_body(Request::put(url, operation)),
            Deploying::ByMethod => delete_without_body(url, operation),
        }
    }

    /// The URL that lists the Flex applications; `None` if the version has no such operation.
    pub(crate) fn flex_url(self, base: &Url) -> Option<Url> {
        Some(with(base.clone(), &[self.flex?]))
    }

    /// The URL of one Flex application.
    pub(crate) fn one_flex_url(self, base: &Url, id: &str) -> Option<Url> {
        Some(with(self.flex_url(base)?, &[id]))
    }

    /// Reads the code of a DataPage: a bare JSON text, or one in the envelope of the version.
    pub(crate) fn code(body: &[u8], envelope: &str) -> Option<String> {
        match serde_json::from_slice(body).ok()? {
            Value::String(code) => Some(code),
            Value::Object(mut members) => match members.remove(envelope)? {
                Value::String(code) => Some(code),
                _ => None,
            },
            _ => None,
        }
    }
}

fn with(mut url: Url, segments: &[&str]) -> Url {
    for segment in segments {
        push_segment(&mut url, segment);
    }
    url
}

/// A Bridge application. v4 has its `name`; that its other names follow those of v3 is inferred, fact `names-in-v4`.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Members")]
pub(crate) struct ApplicationJson {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) data_pages: Option<u64>,
    pub(crate) created: Option<DateTime>,
    pub(crate) modified: Option<DateTime>,
    pub(crate) has_default_icon: Option<bool>,
    pub(crate) icon_file: Option<String>,
}

impl TryFrom<Members> for ApplicationJson {
    type Error = String;

    fn try_from(mut members: Members) -> Result<Self, String> {
        Ok(Self {
            id: members.text(&["ExternalKey", "appId"])?,
            name: members.text(&["AppName", "name"])?,
            data_pages: members.count(&["DataPagesCount"])?,
            created: members.date(&["DateCreated"])?,
            modified: members.date(&["DateModified"])?,
            has_default_icon: members.flag(&["DefaultIcon"])?,
            icon_file: members.text(&["IconFileName"])?,
        })
    }
}

/// A DataPage.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Members")]
pub(crate) struct DataPageJson {
    pub(crate) key: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) application: Option<String>,
    pub(crate) folder: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) created: Option<DateTime>,
    pub(crate) modified: Option<DateTime>,
    pub(crate) created_by: Option<String>,
    pub(crate) modified_by: Option<String>,
    pub(crate) note: Option<String>,
}

impl TryFrom<Members> for DataPageJson {
    type Error = String;

    fn try_from(mut members: Members) -> Result<Self, String> {
        Ok(Self {
            key: members.text(&["AppKey"])?,
            name: members.text(&["Name"])?,
            application: members.text(&["AppName"])?,
            folder: members.text(&["Path"])?,
            kind: members.text(&["Type"])?,
            created: members.date(&["DateCreated"])?,
            modified: members.date(&["DateModified"])?,
            created_by: members.text(&["CreatedBy"])?,
            modified_by: members.text(&["ModifiedBy"])?,
            note: members.text(&["Note"])?,
        })
    }
}

/// A Flex application. Its members are not recorded; it is inferred that it has those of a Bridge application that
/// every object has: fact `flex-applications`.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Members")]
pub(crate) struct FlexJson {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) others: BTreeMap<String, Value>,
}

impl TryFrom<Members> for FlexJson {
    type Error = String;

    fn try_from(mut members: Members) -> Result<Self, String> {
        Ok(Self {
            id: members.text(&["appId"])?,
            name: members.text(&["name"])?,
            others: members.rest(),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::{ApplicationRequests, Pages, of};
    use caspio_core::{ApiVersion, Operation, Request, Url};

    fn deploy(version: ApiVersion, pages: Pages<'_>, deployed: bool) -> Request {
        let base = Url::parse("http://127.0.0.1/rest").expect("a url");
        let operation = Operation::new("datapages.deploy");
        let requests = of(version).applications();
        requests.deploy(&base, "app", pages, deployed, operation)
    }

    #[test]
    fn pages_are_deployed_as_each_version_does() {
        let shown = |request: &Request| format!("{} {}", request.method(), request.url().path());
        for (version, one, all, undeploy) in [
            (
                ApiVersion::V2,
                "PUT /rest/applications/app/datapages/key/deployment",
                "PUT /rest/applications/app/datapages/deployment",
                "DELETE /rest/applications/app/datapages/key/deployment",
            ),
            (
                ApiVersion::V3,
                "PUT /rest/bridgeApplications/app/datapages/key/deployment",
                "PUT /rest/bridgeApplications/app/datapages/deployment",
                "PUT /rest/bridgeApplications/app/datapages/key/deployment",
            ),
            (
                ApiVersion::V4,
                "PUT /rest/bridgeApplications/app/dataPages/key/deployment",
                "PUT /rest/bridgeApplications/app/dataPages/bulk/deployment",
                "PUT /rest/bridgeApplications/app/dataPages/key/deployment",
            ),
        ] {
            assert_eq!(shown(&deploy(version, Pages::One("key"), true)), one);
            assert_eq!(shown(&deploy(version, Pages::All, true)), all);
            assert_eq!(shown(&deploy(version, Pages::One("key"), false)), undeploy);
        }
    }

    #[test]
    fn a_code_is_a_bare_text_or_in_an_envelope() {
        let code = |body: &str| ApplicationRequests::code(body.as_bytes(), "Result");

        assert_eq!(code(r#""<a>""#).as_deref(), Some("<a>"));
        assert_eq!(code(r#"{"Result":"<a>"}"#).as_deref(), Some("<a>"));
        for wrong in ["", "7", "null", "[]", r#"{"Result":7}"#, r#"{"a":"b"}"#] {
            assert_eq!(code(wrong), None, "{wrong}");
        }
    }
}
