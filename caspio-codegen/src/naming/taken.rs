//! Unique names.

use super::{is_ident, number};
use std::collections::BTreeSet;

/// Type names that generated files use, and those of the preludes.
const USED: &[&str] = &[
    "AsMut",
    "AsRef",
    "Box",
    "CaspioInsert",
    "CaspioRecord",
    "CaspioTable",
    "CaspioValue",
    "CaspioView",
    "Client",
    "Clone",
    "Column",
    "Copy",
    "Date",
    "DateTime",
    "Debug",
    "Decimal",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "Error",
    "ExactSizeIterator",
    "Extend",
    "Field",
    "FieldType",
    "Filter",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Hash",
    "Into",
    "IntoIterator",
    "Iterator",
    "Key",
    "List",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Password",
    "Patch",
    "Query",
    "RecordMap",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "StreamExt",
    "String",
    "Sync",
    "Table",
    "ToOwned",
    "ToSpan",
    "ToString",
    "TryFrom",
    "TryInto",
    "TryStreamExt",
    "Unpin",
    "Uuid",
    "Vec",
    "View",
];

/// The type names of all generated files, which must be unique.
#[derive(Debug, Default)]
pub(crate) struct TypeNames {
    taken: BTreeSet<String>,
}

impl TypeNames {
    /// Reserves a name that a file uses already.
    pub(crate) fn take(&mut self, name: &str) {
        self.taken.insert(name.to_owned());
    }

    /// Reserves a record name that a file uses already, and the names derived from it.
    pub(crate) fn take_record(&mut self, name: &str) {
        self.taken.extend(of_record(name));
    }

    /// Returns a name for a record that is free together with the names derived from it, and reserves them.
    pub(crate) fn record(&mut self, wanted: Option<String>, kind: &str) -> String {
        let wanted = wanted.filter(|name| is_ident(name) || name == "Self");
        let name = match wanted {
            Some(name) if USED.contains(&name.as_str()) => name + "Record",
            Some(name) => name,
            None => return self.first_free(1, |n| format!("{kind}{n}"), of_record),
        };
        let free = |names: &Self| of_record(&name).iter().all(|name| names.is_free(name));
        if free(self) {
            self.take_record(&name);
            return name;
        }
        self.first_free(2, |n| number(&name, n), of_record)
    }

    /// Returns a free name for any other type, and reserves it.
    pub(crate) fn other(&mut self, name: String) -> String {
        if self.is_free(&name) {
            self.take(&name);
            return name;
        }
        self.first_free(2, |n| number(&name, n), |name| vec![name.to_owned()])
    }

    fn first_free(
        &mut self,
        from: usize,
        numbered: impl Fn(usize) -> String,
        all: impl Fn(&str) -> Vec<String>,
    ) -> String {
        let mut n = from;
        loop {
            let name = numbered(n);
            let names = all(&name);
            if names.iter().all(|name| self.is_free(name)) {
                self.taken.extend(names);
                return name;
            }
            n += 1;
        }
    }

    fn is_free(&self, name: &str) -> bool {
        !self.taken.contains(name) && !USED.contains(&name)
    }
}

/// Returns the record's name, the insert's, and the name that the derive gives to the columns.
fn of_record(name: &str) -> Vec<String> {
    vec![
        name.to_owned(),
        format!("New{name}"),
        format!("{name}Columns"),
    ]
}

/// Gives distinct names to a sequence of items.
#[derive(Debug, Default)]
pub(crate) struct Distinct {
    taken: BTreeSet<String>,
}

impl Distinct {
    /// Starts with names that are in use already.
    pub(crate) fn taken(names: impl IntoIterator<Item = String>) -> Self {
        Self {
            taken: names.into_iter().collect(),
        }
    }

    /// Returns the names in the order of the items. The first item that wants a name gets it and the
    /// others get a number, so that a later item never changes the name of an earlier one. Items
    /// without a name become `fallback_1`, `fallback_2`.
    pub(crate) fn name_all(mut self, wanted: &[Option<String>], fallback: &str) -> Vec<String> {
        let own: Vec<bool> = wanted
            .iter()
            .map(|name| {
                name.as_ref()
                    .is_some_and(|name| self.taken.insert(name.clone()))
            })
            .collect();
        let names = wanted.iter().zip(own);
        names
            .map(|(name, own)| match name {
                Some(name) if own => name.clone(),
                Some(name) => self.numbered(name, 2),
                None => self.numbered(fallback, 1),
            })
            .collect()
    }

    fn numbered(&mut self, name: &str, from: usize) -> String {
        let mut n = from;
        while !self.taken.insert(number(name, n)) {
            n += 1;
        }
        number(name, n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(names: &[&str]) -> Vec<Option<String>> {
        let some = |name: &&str| Some((*name).to_owned()).filter(|name| !name.is_empty());
        names.iter().map(some).collect()
    }

    #[test]
    fn the_later_of_two_equal_names_gets_a_number() {
        let names = Distinct::default().name_all(&wanted(&["a", "a", "b", "a"]), "field");

        assert_eq!(names, ["a", "a_2", "b", "a_3"]);
    }

    #[test]
    fn numbered_names_skip_names_in_use() {
        let names = Distinct::default().name_all(&wanted(&["a", "a", "a_2", ""]), "field");

        assert_eq!(names, ["a", "a_3", "a_2", "field_1"]);
    }

    #[test]
    fn record_names_avoid_the_prelude_inserts_and_columns() {
        let mut names = TypeNames::default();
        let mut record = |name: &str| names.record(Some(name.to_owned()), "Table");

        assert_eq!(record("Option"), "OptionRecord");
        assert_eq!(record("Contact"), "Contact");
        assert_eq!(record("NewContact"), "NewContact2");
        assert_eq!(record("ContactColumns"), "ContactColumns2");
        // `NewContact2` is taken, and would be the insert of `Contact2`.
        assert_eq!(record("Contact"), "Contact3");
        assert_eq!(names.record(None, "View"), "View1");
    }
}
