//! What must hold of a value in a response.

use crate::answer::kind;
use crate::template::{Values, filled};
use serde_json::Value;
use std::fmt;

/// A condition on a value; `None` is a value that is absent.
#[derive(Clone, Debug)]
pub(crate) enum Check {
    /// It has one of these types, or is `absent`.
    Is(Vec<String>),
    /// It is this value; a text may contain placeholders.
    Equals(Value),
    /// It is one of these values.
    OneOf(Vec<Value>),
    /// It is a text that contains this one.
    Contains(String),
    /// It is an array or object with so many elements.
    Count(Count),
    /// It is an object with these members and no others.
    Members(Vec<String>),
    /// It is an array of objects, and the values of a member meet a condition.
    Pluck(String, Box<Check>),
    /// It is an array without this value.
    Lacks(Value),
    /// It is an array of numbers, each greater than the one before.
    Ascending,
}

/// A number of elements.
#[derive(Clone, Debug)]
pub(crate) enum Count {
    Exactly(usize),
    /// The number that a placeholder stands for.
    Filled(String),
    AtLeast(usize),
    AtMost(usize),
}

impl Check {
    pub(crate) fn holds(&self, value: Option<&Value>, values: &Values) -> bool {
        let Some(value) = value else {
            return matches!(self, Self::Is(kinds) if kinds.iter().any(|kind| kind == ABSENT));
        };
        match self {
            Self::Is(kinds) => kinds.iter().any(|wanted| wanted == kind(value)),
            Self::Equals(wanted) => same(value, wanted, values),
            Self::OneOf(wanted) => wanted.iter().any(|wanted| same(value, wanted, values)),
            Self::Contains(part) => value
                .as_str()
                .is_some_and(|text| text.contains(&filled(part, values))),
            Self::Count(count) => length(value).is_some_and(|length| count.fits(length, values)),
            Self::Members(names) => value.as_object().is_some_and(|members| {
                members.len() == names.len() && names.iter().all(|name| members.contains_key(name))
            }),
            Self::Pluck(member, check) => value.as_array().is_some_and(|items| {
                let plucked = items.iter().map(|item| item.get(member).cloned());
                let plucked = plucked.map(Option::unwrap_or_default).collect();
                check.holds(Some(&Value::Array(plucked)), values)
            }),
            Self::Lacks(unwanted) => value
                .as_array()
                .is_some_and(|items| !items.iter().any(|item| same(item, unwanted, values))),
            Self::Ascending => value.as_array().is_some_and(|items| {
                let numbers: Option<Vec<f64>> = items.iter().map(Value::as_f64).collect();
                numbers.is_some_and(|numbers| numbers.is_sorted_by(|a, b| a < b))
            }),
        }
    }
}

/// The type of a value that is absent.
pub(crate) const ABSENT: &str = "absent";

impl Count {
    fn fits(&self, length: usize, values: &Values) -> bool {
        match self {
            Self::Exactly(count) => length == *count,
            Self::Filled(count) => length.to_string() == filled(count, values),
            Self::AtLeast(count) => length >= *count,
            Self::AtMost(count) => length <= *count,
        }
    }
}

fn length(value: &Value) -> Option<usize> {
    let members = || value.as_object().map(serde_json::Map::len);
    value.as_array().map(Vec::len).or_else(members)
}

/// Returns whether two values are the same: `5` and `5.0` are, and placeholders are replaced.
fn same(value: &Value, wanted: &Value, values: &Values) -> bool {
    match (value, wanted) {
        (Value::Number(value), Value::Number(wanted)) => value.as_f64() == wanted.as_f64(),
        // A captured key is a number in the response, and a text in the file of facts.
        (Value::Number(value), Value::String(wanted)) if wanted.contains('{') => {
            value.to_string() == filled(wanted, values)
        }
        (Value::String(value), Value::String(wanted)) => *value == filled(wanted, values),
        (Value::Array(value), Value::Array(wanted)) => {
            value.len() == wanted.len()
                && value
                    .iter()
                    .zip(wanted)
                    .all(|(value, wanted)| same(value, wanted, values))
        }
        _ => value == wanted,
    }
}

impl fmt::Display for Check {
    /// Writes the condition as in the file of facts: placeholders stay as they are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(kinds) => write!(f, "is {}", kinds.join(" or ")),
            Self::Equals(value) => write!(f, "is {value}"),
            Self::OneOf(values) => {
                let values: Vec<_> = values.iter().map(Value::to_string).collect();
                write!(f, "is {}", values.join(" or "))
            }
            Self::Contains(part) => write!(f, "contains {part:?}"),
            Self::Count(Count::Exactly(count)) => write!(f, "has {count} elements"),
            Self::Count(Count::Filled(count)) => write!(f, "has {count} elements"),
            Self::Count(Count::AtLeast(count)) => write!(f, "has at least {count} elements"),
            Self::Count(Count::AtMost(count)) => write!(f, "has at most {count} elements"),
            Self::Members(names) => write!(f, "has the members {}", names.join(", ")),
            Self::Pluck(member, check) => write!(f, "of the members `{member}` {check}"),
            Self::Lacks(value) => write!(f, "does not have {value}"),
            Self::Ascending => f.write_str("ascends"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn holds(check: &Check, value: Value) -> bool {
        let values = Values::from([("key".to_owned(), "7".to_owned())]);
        check.holds(Some(&value), &values)
    }

    #[test]
    fn each_check_holds_and_fails() {
        let pluck = |check| Check::Pluck("K".to_owned(), Box::new(check));
        let cases = [
            (Check::Is(vec!["text".into()]), json!("a"), json!(1)),
            (Check::Equals(json!(5)), json!(5.0), json!(6)),
            (Check::Equals(json!("{key}")), json!(7), json!(8)),
            (
                Check::Equals(json!(["a", null])),
                json!(["a", null]),
                json!(["a"]),
            ),
            (Check::OneOf(vec![json!(1), json!(2)]), json!(2), json!(3)),
            (Check::Contains("b".into()), json!("abc"), json!("ac")),
            (Check::Count(Count::Exactly(1)), json!([1]), json!([])),
            (
                Check::Count(Count::AtLeast(1)),
                json!({ "a": 1 }),
                json!({}),
            ),
            (Check::Count(Count::AtMost(1)), json!([]), json!([1, 2])),
            (
                Check::Members(vec!["a".into()]),
                json!({ "a": 1 }),
                json!({ "a": 1, "b": 1 }),
            ),
            (Check::Lacks(json!("a")), json!(["b"]), json!(["a"])),
            (Check::Ascending, json!([1, 2]), json!([1, 1])),
            (
                pluck(Check::Ascending),
                json!([{ "K": 1 }, { "K": 2 }]),
                json!([{ "K": 1 }, {}]),
            ),
        ];
        for (check, good, bad) in cases {
            assert!(holds(&check, good), "{check}");
            assert!(!holds(&check, bad), "{check}");
        }
    }

    #[test]
    fn only_a_value_that_may_be_absent_can_be() {
        let values = Values::new();

        assert!(Check::Is(vec![ABSENT.into()]).holds(None, &values));
        assert!(!Check::Lacks(json!(1)).holds(None, &values));
    }
}
