//! What a fact is.

use crate::expect::{Capture, Expect};
use caspio::ApiVersion;
use caspio::raw::{HeaderName, HeaderValue, Method};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// Something about the service that the SDK or the emulator rests on.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fact {
    /// Its name, which never changes: words joined by hyphens.
    pub id: String,
    /// The part of the API that it is about: the name of its file.
    pub subject: &'static str,
    /// What is true.
    pub statement: String,
    /// The versions of the API in which it is true.
    pub versions: Vec<ApiVersion>,
    /// How it is known.
    pub known: Known,
    /// Where it was read or seen.
    pub source: String,
    /// What its probe needs.
    pub needs: Needs,
    pub(crate) probe: Probe,
}

impl Fact {
    /// Returns why the fact has no probe; `None` if it has one.
    #[must_use]
    pub fn unprobed(&self) -> Option<&str> {
        match &self.probe {
            Probe::Impossible(reason) => Some(reason),
            Probe::Steps(_) => None,
        }
    }

    /// Returns how many calls the probe takes in a version; none if it has no probe there.
    #[must_use]
    pub fn calls(&self, version: ApiVersion) -> u64 {
        let steps = self.steps(version).iter();
        let sent = steps.filter(|step| step.request.sender != Sender::Recorded);
        sent.count() as u64
    }

    pub(crate) fn steps(&self, version: ApiVersion) -> &[Step] {
        match &self.probe {
            Probe::Steps(steps) => steps.get(&version).map_or(&[], Vec::as_slice),
            Probe::Impossible(_) => &[],
        }
    }
}

/// How a fact is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Known {
    /// Caspio has published it.
    Documented,
    /// It was seen in responses of the service, or programs in production rely on it.
    Observed,
    /// It follows from other facts, or sources disagree.
    Inferred,
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Documented => "documented",
            Self::Observed => "observed",
            Self::Inferred => "inferred",
        })
    }
}

/// What a probe needs besides the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Needs {
    /// Nothing: it reads what every account has.
    Account,
    /// A table to read from.
    Table,
    /// A view to read from.
    View,
    /// Tables of its own, to which it writes.
    Scratch,
}

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Account => "an account",
            Self::Table => "a table to read",
            Self::View => "a view to read",
            Self::Scratch => "tables to write to",
        })
    }
}

/// How a fact is tested.
#[derive(Clone, Debug)]
pub(crate) enum Probe {
    Steps(BTreeMap<ApiVersion, Vec<Step>>),
    /// It cannot be tested, for this reason.
    Impossible(String),
}

/// A request, and what must hold of its response.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) request: Request,
    pub(crate) expect: Expect,
    /// What later steps use, by the names of their placeholders.
    pub(crate) captures: Vec<(String, Capture)>,
}

/// A request of a probe. Its texts may contain placeholders.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// The path below the URL of the version, or with a slash at its start below the host.
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Option<Body>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) sender: Sender,
    /// The length to which the URL is extended by a parameter that the service does not know.
    pub(crate) url_length: Option<usize>,
}

/// The body of a request.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// JSON.
    Json(String),
    Form(Vec<(String, String)>),
}

/// Who sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sender {
    /// The client, with the account's token.
    Account,
    /// Somebody without a token.
    Nobody,
    /// Somebody with a token that the service has not issued.
    Stranger,
    /// Nobody: the response is that of the client's own request for a token.
    Recorded,
}
