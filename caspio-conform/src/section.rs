//! Reads a table of TOML member by member, and reports where a member is wrong.

use serde_json::Value as Json;
use std::fmt;
use toml::{Table, Value};

/// A mistake in a file of facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactError {
    place: String,
    problem: String,
}

impl FactError {
    pub(crate) fn new(place: &str, problem: impl Into<String>) -> Self {
        Self {
            place: place.to_owned(),
            problem: problem.into(),
        }
    }
}

impl fmt::Display for FactError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

impl std::error::Error for FactError {}

/// A table whose members are taken one by one; what is left at the end is a mistake.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) place: String,
    members: Table,
    /// The names that were asked for.
    known: Vec<&'static str>,
}

impl Section {
    pub(crate) fn new(place: impl Into<String>, members: Table) -> Self {
        Self {
            place: place.into(),
            members,
            known: Vec::new(),
        }
    }

    pub(crate) fn error(&self, problem: impl Into<String>) -> FactError {
        FactError::new(&self.place, problem)
    }

    pub(crate) fn take(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        self.members.remove(name)
    }

    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, FactError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.error(format!("`{name}` is not a text"))),
        }
    }

    pub(crate) fn required(&mut self, name: &'static str) -> Result<String, FactError> {
        let text = self.text(name)?.filter(|text| !text.trim().is_empty());
        text.ok_or_else(|| self.error(format!("`{name}` is missing")))
    }

    /// Returns one text or several.
    pub(crate) fn texts(&mut self, name: &'static str) -> Result<Vec<String>, FactError> {
        let items = match self.take(name) {
            None => Vec::new(),
            Some(Value::Array(items)) => items,
            Some(one) => vec![one],
        };
        let texts = items.into_iter().map(|item| match item {
            Value::String(text) => Ok(text),
            _ => Err(self.error(format!("`{name}` has something that is not a text"))),
        });
        texts.collect()
    }

    pub(crate) fn number(&mut self, name: &'static str) -> Result<Option<usize>, FactError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Integer(number)) => usize::try_from(number)
                .map(Some)
                .map_err(|_| self.error(format!("`{name}` is negative"))),
            Some(_) => Err(self.error(format!("`{name}` is not a number"))),
        }
    }

    pub(crate) fn flag(&mut self, name: &'static str) -> Result<bool, FactError> {
        match self.take(name) {
            None => Ok(false),
            Some(Value::Boolean(flag)) => Ok(flag),
            Some(_) => Err(self.error(format!("`{name}` is not true or false"))),
        }
    }

    pub(crate) fn table(&mut self, name: &'static str) -> Result<Table, FactError> {
        match self.take(name) {
            None => Ok(Table::new()),
            Some(Value::Table(table)) => Ok(table),
            Some(_) => Err(self.error(format!("`{name}` is not a table"))),
        }
    }

    /// Returns the members of a table of texts.
    pub(crate) fn pairs(&mut self, name: &'static str) -> Result<Vec<(String, String)>, FactError> {
        let pairs = self
            .table(name)?
            .into_iter()
            .map(|(key, value)| match value {
                Value::String(text) => Ok((key, text)),
                Value::Integer(number) => Ok((key, number.to_string())),
                _ => Err(self.error(format!("`{key}` in `{name}` is not a text"))),
            });
        pairs.collect()
    }

    /// Checks that nothing is left.
    pub(crate) fn finish(self) -> Result<(), FactError> {
        match self.members.keys().next() {
            None => Ok(()),
            Some(name) => {
                let known = self.known.join(", ");
                Err(self.error(format!("`{name}` is unknown; known are {known}")))
            }
        }
    }
}

/// Converts a value to JSON; dates are texts.
pub(crate) fn to_json(value: Value) -> Json {
    match value {
        Value::String(text) => text.into(),
        Value::Integer(number) => number.into(),
        Value::Float(number) => number.into(),
        Value::Boolean(flag) => flag.into(),
        Value::Datetime(date) => date.to_string().into(),
        Value::Array(items) => items.into_iter().map(to_json).collect(),
        Value::Table(members) => {
            let members = members.into_iter();
            Json::Object(
                members
                    .map(|(name, value)| (name, to_json(value)))
                    .collect(),
            )
        }
    }
}
