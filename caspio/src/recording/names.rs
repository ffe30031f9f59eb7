//! Stand-ins for names and keys: `Table1`, `Field3`.

use std::collections::HashMap;
use std::fmt;

/// What a name or key belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Table,
    View,
    Field,
    Key,
    File,
    Folder,
    Directory,
    User,
    Webhook,
    Event,
    Task,
    Application,
    Page,
}

/// How many names of one kind have a stand-in of their own, and how long such a name is at most: memory is bounded.
const MOST_NAMES: u32 = 10_000;
const LONGEST_NAME: usize = 256;

const KEY: &str = "PK_ID";
/// The beginning of the names of a view's fields with the keys of its tables.
const KEY_OF_TABLE: &str = "_PK_ID_";

/// The names that were met, with their stand-ins. Names are compared without case.
#[derive(Default)]
pub(super) struct Names {
    stand_ins: HashMap<(Kind, String), u32>,
    counts: HashMap<Kind, u32>,
    /// Whether a name that looks like a stand-in is one.
    keeps_stand_ins: bool,
}

impl Names {
    /// Returns names of which those that look like a stand-in are kept: a recording is compared with another one.
    pub(super) fn of_replay() -> Self {
        Self {
            keeps_stand_ins: true,
            ..Self::default()
        }
    }

    /// Returns the stand-in of a name.
    pub(super) fn stand_in(&mut self, kind: Kind, name: &str) -> String {
        if kind == Kind::Field
            && let Some(known) = self.system_field(name)
        {
            return known;
        }
        if self.keeps_stand_ins && is_stand_in(kind, name) {
            return name.to_owned();
        }
        let folded = name.to_lowercase();
        if let Some(number) = self.stand_ins.get(&(kind, folded.clone())) {
            return format!("{kind}{number}");
        }
        let count = self.counts.entry(kind).or_default();
        if *count >= MOST_NAMES || folded.len() > LONGEST_NAME {
            return format!("{{{kind}}}");
        }
        *count += 1;
        self.stand_ins.insert((kind, folded), *count);
        format!("{kind}{count}")
    }

    /// Gives an id the stand-in of a name.
    pub(super) fn alias(&mut self, kind: Kind, id: &str, name: &str) {
        // What already has a stand-in keeps it, because earlier lines use it.
        let (known, new) = match self.stand_ins.contains_key(&(kind, id.to_lowercase())) {
            true => (id, name),
            false => (name, id),
        };
        self.stand_in(kind, known);
        let number = self.stand_ins.get(&(kind, known.to_lowercase())).copied();
        if let Some(number) = number.filter(|_| new.len() <= LONGEST_NAME) {
            let entry = self.stand_ins.entry((kind, new.to_lowercase()));
            entry.or_insert(number);
        }
    }

    /// Returns whether a name was met before.
    pub(super) fn has(&self, kind: Kind, name: &str) -> bool {
        let is_kept = self.keeps_stand_ins && is_stand_in(kind, name);
        is_kept || self.stand_ins.contains_key(&(kind, name.to_lowercase()))
    }

    /// Returns the stand-in of a name that was met before.
    pub(super) fn known(&self, name: &str) -> Option<String> {
        let folded = name.to_lowercase();
        let kinds = [Kind::Field, Kind::Table, Kind::View];
        let found = kinds.into_iter().find_map(|kind| {
            let number = self.stand_ins.get(&(kind, folded.clone()))?;
            Some(format!("{kind}{number}"))
        });
        let is_kept = |kind: &Kind| self.keeps_stand_ins && is_stand_in(*kind, name);
        found.or_else(|| kinds.iter().any(is_kept).then(|| name.to_owned()))
    }

    /// Returns what a field that the service itself names is called.
    fn system_field(&mut self, name: &str) -> Option<String> {
        if name.eq_ignore_ascii_case(KEY) {
            return Some(KEY.to_owned());
        }
        let (beginning, table) = name.split_at_checked(KEY_OF_TABLE.len())?;
        let is_key = beginning.eq_ignore_ascii_case(KEY_OF_TABLE) && !table.is_empty();
        is_key.then(|| format!("{KEY_OF_TABLE}{}", self.stand_in(Kind::Table, table)))
    }
}

fn is_stand_in(kind: Kind, name: &str) -> bool {
    let digits = name.strip_prefix(kind.word());
    digits.is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Table => "Table",
            Self::View => "View",
            Self::Field => "Field",
            Self::Key => "Key",
            Self::File => "File",
            Self::Folder => "Folder",
            Self::Directory => "Directory",
            Self::User => "User",
            Self::Webhook => "Webhook",
            Self::Event => "Event",
            Self::Task => "Task",
            Self::Application => "Application",
            Self::Page => "Page",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_stand_in_in_any_case() {
        let mut names = Names::default();

        assert_eq!(names.stand_in(Kind::Field, "Salary"), "Field1");
        assert_eq!(names.stand_in(Kind::Field, "Name"), "Field2");
        assert_eq!(names.stand_in(Kind::Field, "SALARY"), "Field1");
        assert_eq!(names.stand_in(Kind::Table, "Salary"), "Table1");
        assert_eq!(names.stand_in(Kind::Field, "pk_id"), "PK_ID");
        assert_eq!(names.stand_in(Kind::Field, "_PK_ID_Pay"), "_PK_ID_Table2");
        assert_eq!(names.known("name"), Some("Field2".to_owned()));
        assert_eq!(names.known("Ann"), None);
    }

    #[test]
    fn an_id_has_the_stand_in_of_its_name() {
        let mut names = Names::default();
        names.stand_in(Kind::Table, "Pay");
        names.stand_in(Kind::Table, "b2c3d4");

        names.alias(Kind::Table, "x2y7pe", "Pay");
        names.alias(Kind::Table, "b2c3d4", "Pets");

        assert_eq!(names.stand_in(Kind::Table, "x2y7pe"), "Table1");
        assert_eq!(names.stand_in(Kind::Table, "Pets"), "Table2");
    }

    #[test]
    fn memory_is_bounded() {
        let mut names = Names::default();
        for number in 0..MOST_NAMES {
            names.stand_in(Kind::Key, &number.to_string());
        }

        assert_eq!(names.stand_in(Kind::Key, "another"), "{Key}");
        assert_eq!(names.stand_in(Kind::Key, "0"), "Key1");
        assert_eq!(names.stand_in(Kind::Field, &"a".repeat(300)), "{Field}");
    }
}
