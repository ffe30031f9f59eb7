//! What a run found.

use crate::fact::Known;
use serde::Serialize;
use serde_json::Value;

/// What a run found. As JSON it has no names of the account's objects, no values and no secrets.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The version of this crate, whose facts were probed.
    pub facts_of: &'static str,
    /// How many calls were made.
    pub calls: u64,
    /// Whether records that probes wrote may be left in the scratch tables.
    pub records_left: bool,
    /// What was found, in the order of the plan.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Returns the facts with which the account differs.
    pub fn differences(&self) -> impl Iterator<Item = &Finding> {
        let findings = self.findings.iter();
        findings.filter(|finding| matches!(finding.outcome, Outcome::Differs(_)))
    }
}

/// What was found about a fact in a version.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The fact's id.
    pub fact: String,
    /// The version of the API.
    pub version: &'static str,
    /// How the fact is known.
    pub known: Known,
    /// Whether it holds.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// Whether a fact holds.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// The responses are as the fact says.
    Agrees,
    /// A response differs.
    Differs(Difference),
    /// The probe was not run, or not to its end.
    NotRun {
        /// Why.
        reason: String,
    },
}

/// How a response differs from a fact.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The step of the probe, from 1.
    pub step: usize,
    /// What the fact says of the response.
    pub expected: String,
    /// What the response has instead.
    pub got: String,
    /// The status of the response.
    pub status: u16,
    /// The code of the error in the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The types of the members of the response.
    pub shape: Value,
    /// The value that the response has instead, if it comes from a record of a probe. It is not part of the JSON.
    #[serde(skip)]
    pub value: Option<String>,
}
