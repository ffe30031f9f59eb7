//! The members of an object whose JSON differs in names between the versions, and may have nulls anywhere.

use crate::value::reported_date;
use jiff::civil::DateTime;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The members of an object. They are found by several names, in any case: v4 begins the names of v2 and v3 with a
/// small letter, fact `names-in-v4`.
///
/// A member that is missing, null or an empty text is absent. One of another type is an error that names it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Members(BTreeMap<String, Value>);

impl Members {
    fn take(&mut self, names: &[&str]) -> Option<(String, Value)> {
        names.iter().find_map(|name| {
            let mut known = self.0.keys();
            let spelled = known
                .find(|known| known.eq_ignore_ascii_case(name))?
                .clone();
            let value = self.0.remove(&spelled)?;
            (!value.is_null()).then_some((spelled, value))
        })
    }

    /// Removes a text; a number is one as well.
    pub(crate) fn text(&mut self, names: &[&str]) -> Result<Option<String>, String> {
        match self.take(names) {
            None => Ok(None),
            Some((_, Value::String(text))) => Ok(Some(text).filter(|text| !text.is_empty())),
            Some((_, Value::Number(number))) => Ok(Some(number.to_string())),
            Some((name, _)) => Err(format!("`{name}` is not a text")),
        }
    }

    /// Removes a date and time.
    pub(crate) fn date(&mut self, names: &[&str]) -> Result<Option<DateTime>, String> {
        let Some(text) = self.text(names)? else {
            return Ok(None);
        };
        let at = reported_date(&text);
        at.map(Some)
            .ok_or_else(|| format!("`{}` is not a date and time: {text:?}", names[0]))
    }

    /// Removes true or false.
    pub(crate) fn flag(&mut self, names: &[&str]) -> Result<Option<bool>, String> {
        match self.take(names) {
            None => Ok(None),
            Some((_, Value::Bool(flag))) => Ok(Some(flag)),
            Some((name, _)) => Err(format!("`{name}` is neither true nor false")),
        }
    }

    /// Removes a whole number, which may be a text.
    pub(crate) fn count(&mut self, names: &[&str]) -> Result<Option<u64>, String> {
        let Some((name, value)) = self.take(names) else {
            return Ok(None);
        };
        let count = match &value {
            Value::String(digits) => digits.trim().parse().ok(),
            value => value.as_u64(),
        };
        count
            .map(Some)
            .ok_or_else(|| format!("`{name}` is not a whole number"))
    }

    /// Removes an object.
    pub(crate) fn object(&mut self, names: &[&str]) -> Result<Self, String> {
        match self.take(names) {
            None => Ok(Self::default()),
            Some((_, Value::Object(members))) => Ok(Self(members.into_iter().collect())),
            Some((name, _)) => Err(format!("`{name}` is not an object")),
        }
    }

    /// Removes an array of objects that are read by `T`.
    pub(crate) fn list<T: serde::de::DeserializeOwned>(
        &mut self,
        names: &[&str],
    ) -> Result<Vec<T>, String> {
        match self.take(names) {
            None => Ok(Vec::new()),
            Some((name, list)) => {
                serde_json::from_value(list).map_err(|error| format!("`{name}`: {error}"))
            }
        }
    }

    /// Returns all members that are left.
    pub(crate) fn rest(self) -> BTreeMap<String, Value> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(json: &str) -> Members {
        serde_json::from_str(json).expect("an object")
    }

    #[test]
    fn members_are_found_in_any_case_and_by_any_of_their_names() {
        let mut v3 = members(r#"{"ExternalKey":"a","Note":"","Success":true,"Count":"7"}"#);
        let mut v4 = members(r#"{"taskId":12,"note":null,"success":false,"count":7}"#);

        for (of, id, success) in [(&mut v3, "a", true), (&mut v4, "12", false)] {
            assert_eq!(of.text(&["ExternalKey", "taskId"]), Ok(Some(id.to_owned())));
            assert_eq!(of.text(&["Note"]), Ok(None));
            assert_eq!(of.flag(&["Success"]), Ok(Some(success)));
            assert_eq!(of.count(&["Count"]), Ok(Some(7)));
            assert_eq!(of.date(&["LastRunTime"]), Ok(None));
        }
    }

    #[test]
    fn a_member_of_another_type_is_named() {
        let mut wrong = members(
            r#"{"Name":["a"],"Success":"yes","DataPagesCount":-1,"LastRunTime":"soon","Hint":[]}"#,
        );

        let errors = [
            wrong.text(&["Name"]).err(),
            wrong.flag(&["Success"]).err(),
            wrong.count(&["DataPagesCount"]).err(),
            wrong.date(&["LastRunTime"]).err(),
            wrong.object(&["Hint"]).err(),
        ];

        for (error, name) in
            errors
                .into_iter()
                .zip(["Name", "Success", "DataPagesCount", "LastRunTime", "Hint"])
        {
            let error = error.expect(name);
            assert!(error.starts_with(&format!("`{name}` is n")), "{error}");
        }
    }
}
