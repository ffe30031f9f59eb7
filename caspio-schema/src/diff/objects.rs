//! Tables and views that come, go and differ.

use super::{Change, ObjectName, fields};
use crate::{ObjectDefinition, Schema};

impl Schema {
    /// What became of this schema in `other`: with the file's schema asked about the account's, what
    /// changed in the account since the file was written.
    ///
    /// Names are compared without case, and another case is a change by itself. A moved field is told
    /// only where the others do not move. Left out are: notes, which the account does not tell in its
    /// lists; the keys of list values, which the account gives by itself; the fields of a view that has
    /// none on one side, as v2 tells it. v4 does not tell descriptions, `unique_allow_nulls` and the
    /// rules of attachments: compare schemas that were read over the same version.
    ///
    /// ```
    /// use caspio_schema::{Schema, ObjectDefinition};
    ///
    /// let before = Schema::new(vec![ObjectDefinition::new("Cats", vec![])], vec![]);
    /// let changes = before.diff(&Schema::default());
    /// assert_eq!(changes[0].to_string(), r#"table "Cats" was removed"#);
    /// ```
    #[must_use]
    pub fn diff(&self, other: &Self) -> Vec<Change> {
        let mut changes = Vec::new();
        tables(&self.tables, &other.tables, &mut changes);
        views(self, other, &mut changes);
        changes
    }
}

fn tables(before: &[ObjectDefinition], after: &[ObjectDefinition], changes: &mut Vec<Change>) {
    for pair in pairs(before, after, |table| &table.name) {
        match pair {
            Pair::Removed(table) => changes.push(Change::Removed {
                object: ObjectName::Table(table.name.clone()),
            }),
            Pair::Added(table) => changes.push(Change::Added {
                object: ObjectName::Table(table.name.clone()),
                fields: table.fields.len(),
            }),
            Pair::Both(before, after) => {
                let object = ObjectName::Table(after.name.clone());
                renamed(&before.name, &object, changes);
                fields::compare(&object, &before.fields, &after.fields, changes);
                if before.relationships != after.relationships {
                    changes.push(Change::RelationshipsChanged { object });
                }
            }
        }
    }
}

fn views(before: &Schema, after: &Schema, changes: &mut Vec<Change>) {
    for pair in pairs(&before.views, &after.views, |view| &view.name) {
        match pair {
            Pair::Removed(view) => changes.push(Change::Removed {
                object: ObjectName::View(view.name.clone()),
            }),
            Pair::Added(view) => changes.push(Change::Added {
                object: ObjectName::View(view.name.clone()),
                fields: view.fields.len(),
            }),
            Pair::Both(before, after) => {
                let object = ObjectName::View(after.name.clone());
                renamed(&before.name, &object, changes);
                if !before.fields.is_empty() && !after.fields.is_empty() {
                    fields::compare(&object, &before.fields, &after.fields, changes);
                }
            }
        }
    }
}

fn renamed(before: &str, object: &ObjectName, changes: &mut Vec<Change>) {
    if before != object.name() {
        changes.push(Change::Renamed {
            object: object.clone(),
            from: before.to_owned(),
        });
    }
}

/// What has the same name on two sides, or a name that is on one side only.
pub(super) enum Pair<'a, T> {
    Removed(&'a T),
    Both(&'a T, &'a T),
    Added(&'a T),
}

/// All of both sides: first what was there before, in its order, then what was added.
pub(super) fn pairs<'a, T>(
    before: &'a [T],
    after: &'a [T],
    name: fn(&T) -> &str,
) -> Vec<Pair<'a, T>> {
    let find = |side: &'a [T], wanted: &T| {
        let wanted = name(wanted).to_lowercase();
        side.iter().find(|one| name(one).to_lowercase() == wanted)
    };
    let kept = before.iter().map(|one| match find(after, one) {
        Some(other) => Pair::Both(one, other),
        None => Pair::Removed(one),
    });
    let added = after.iter().filter(|one| find(before, one).is_none());
    kept.chain(added.map(Pair::Added)).collect()
}
