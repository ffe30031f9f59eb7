//! Which facts are probed, and how many calls that takes.

use crate::catalog::facts;
use crate::fact::{Fact, Needs};
use crate::{scratch, spelling};
use caspio::{ApiVersion, Error, ErrorKind, Result};
use caspio_core::error::ErrorContext as _;

/// What to probe, and on which objects.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Choice {
    /// The versions of the API.
    pub versions: Vec<ApiVersion>,
    /// A table to read from.
    pub table: Option<String>,
    /// A view to read from.
    pub view: Option<String>,
    /// The beginning of the names of the tables that are made and written to. Without it nothing is written.
    pub scratch: Option<String>,
    /// The ids of the only facts to probe; all, if empty.
    pub only: Vec<String>,
    /// The most calls that may be made.
    pub max_calls: Option<u64>,
}

impl Choice {
    /// Probes the facts of every version that only need an account.
    #[must_use]
    pub fn of_every_version() -> Self {
        Self::new(spelling::VERSIONS)
    }

    /// Probes the facts of these versions that only need an account.
    #[must_use]
    pub fn new(versions: impl IntoIterator<Item = ApiVersion>) -> Self {
        Self {
            versions: versions.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// A fact in a version, which is probed or not.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Planned {
    /// The fact.
    pub fact: &'static Fact,
    /// The version.
    pub version: ApiVersion,
    /// How many calls its probe takes.
    pub calls: u64,
    /// Why it is not probed; `None` if it is.
    pub left_out: Option<String>,
}

/// Which facts are probed.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) choice: Choice,
    planned: Vec<Planned>,
    preparation: u64,
}

impl Plan {
    /// Chooses the probes. Makes no call.
    ///
    /// # Errors
    ///
    /// `Config`: a fact of `only` is unknown, or the names of the scratch tables would be invalid.
    pub fn new(choice: Choice) -> Result<Self> {
        let facts = facts().map_err(|error| config(error.to_string()))?;
        let unknown = |id: &&String| !facts.iter().any(|fact| fact.id == **id);
        if let Some(id) = choice.only.iter().find(unknown) {
            let hint = "a dry run lists the ids of all facts";
            return Err(config(format!("there is no fact `{id}`")).with_hint(hint));
        }
        if let Some(prefix) = &choice.scratch
            && !scratch::is_prefix(prefix)
        {
            let message = format!("{prefix:?} cannot begin the name of a table");
            let hint = "use up to 20 letters, digits and underscores, with a letter first";
            return Err(config(message).with_hint(hint));
        }
        let mut plan = Self {
            planned: planned(facts, &choice),
            preparation: 0,
            choice,
        };
        plan.preparation = plan.preparation_calls();
        plan.keep_within_budget();
        Ok(plan)
    }

    /// Returns the facts in the order in which they are probed, with those that are not.
    #[must_use]
    pub fn planned(&self) -> &[Planned] {
        &self.planned
    }

    /// Returns how many calls a run makes at most: for a token, to find and to make tables, for the probes, and to
    /// empty the tables.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.preparation + self.probes().map(|planned| planned.calls).sum::<u64>()
    }

    /// Returns whether a probe of a version needs this.
    pub(crate) fn needs(&self, version: ApiVersion, needs: Needs) -> bool {
        self.probes()
            .any(|planned| planned.version == version && planned.fact.needs == needs)
    }

    pub(crate) fn writes(&self) -> bool {
        self.probes()
            .any(|planned| planned.fact.needs == Needs::Scratch)
    }

    fn probes(&self) -> impl Iterator<Item = &Planned> {
        let planned = self.planned.iter();
        planned.filter(|planned| planned.left_out.is_none())
    }

    /// The calls besides those of the probes.
    fn preparation_calls(&self) -> u64 {
        const TOKEN: u64 = 1;
        let of_scratch = if self.writes() { scratch::CALLS } else { 0 };
        let ids = self.choice.versions.iter().map(|version| {
            if !spelling::has_ids(*version) {
                return 0;
            }
            let tables = self.needs(*version, Needs::Table) || self.needs(*version, Needs::Scratch);
            u64::from(tables) + u64::from(self.needs(*version, Needs::View))
        });
        TOKEN + of_scratch + ids.sum::<u64>()
    }

    /// Leaves out the probes for which too few calls are left.
    fn keep_within_budget(&mut self) {
        let Some(most) = self.choice.max_calls else {
            return;
        };
        let mut calls = self.preparation;
        for planned in &mut self.planned {
            if planned.left_out.is_some() {
                continue;
            }
            calls += planned.calls;
            if calls > most {
                calls -= planned.calls;
                planned.left_out = Some("more calls than are permitted".to_owned());
            }
        }
    }
}

fn planned(facts: &'static [Fact], choice: &Choice) -> Vec<Planned> {
    let mut all = Vec::new();
    for version in &choice.versions {
        let chosen = |fact: &&Fact| {
            let is_named = choice.only.is_empty() || choice.only.contains(&fact.id);
            is_named && fact.versions.contains(version)
        };
        all.extend(facts.iter().filter(chosen).map(|fact| Planned {
            fact,
            version: *version,
            calls: fact.calls(*version),
            left_out: left_out(fact, choice),
        }));
    }
    all
}

fn left_out(fact: &Fact, choice: &Choice) -> Option<String> {
    if let Some(reason) = fact.unprobed() {
        return Some(format!("no probe: {reason}"));
    }
    let (has, reason) = match fact.needs {
        Needs::Account => return None,
        Needs::Table => (choice.table.is_some(), "no table to read is named"),
        Needs::View => (choice.view.is_some(), "no view to read is named"),
        Needs::Scratch => (choice.scratch.is_some(), "no tables to write to are named"),
    };
    (!has).then(|| reason.to_owned())
}

fn config(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Config, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice() -> Choice {
        let mut choice = Choice::new([ApiVersion::default()]);
        choice.scratch = Some("Probe".to_owned());
        choice
    }

    #[test]
    fn a_budget_leaves_probes_out() {
        let all = Plan::new(choice()).expect("a plan");
        let mut small = choice();
        small.max_calls = Some(all.calls() - 1);

        let small = Plan::new(small).expect("a plan");

        assert!(small.calls() < all.calls());
        assert!(small.planned().len() == all.planned().len());
    }

    #[test]
    fn what_cannot_be_probed_is_an_error() {
        let mut unknown = choice();
        unknown.only = vec!["no-such-fact".to_owned()];
        let mut prefix = choice();
        prefix.scratch = Some("a-b".to_owned());

        assert!(Plan::new(unknown).is_err());
        assert!(Plan::new(prefix).is_err());
    }
}
