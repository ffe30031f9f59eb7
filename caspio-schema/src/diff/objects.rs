//! Tables and views that were added, removed or changed.

use super::pairs::{Pair, pairs};
use super::{Change, ObjectName, fields};
use crate::{ObjectDefinition, ObjectKind, Property, Schema};

impl Schema {
    /// Returns the changes from this schema to `other`: called on the file's schema with the account's, the
    /// changes in the account since the file was written.
    ///
    /// Names are compared without case, and a change of case alone is reported. A field counts as moved only if
    /// its order relative to the others changed.
    ///
    /// These are not compared: notes, which the API does not include in its lists; the keys of list values, which
    /// Caspio assigns; and the fields of a view that has none on one side, because v2 reports views without them.
    /// Properties that one side does not report, such as descriptions on v4, and relationships, if the sides were read
    /// through different versions, are not compared either.
    ///
    /// ```
    /// use caspio_schema::{ObjectDefinition, Schema};
    ///
    /// let before = Schema::new(vec![ObjectDefinition::new("Cats", vec![])], vec![]);
    /// let changes = before.diff(&Schema::default());
    /// assert_eq!(changes[0].to_string(), r#"table "Cats" was removed"#);
    /// ```
    #[must_use]
    pub fn diff(&self, other: &Self) -> Vec<Change> {
        let mut changes = Vec::new();
        let ignored = Ignored {
            properties: &self.unreported_by_either(other),
            // v4 alone reports relationships.
            relationships: self.unreported != other.unreported,
        };
        for kind in [ObjectKind::Table, ObjectKind::View] {
            let (before, after) = (self.objects(kind), other.objects(kind));
            for pair in pairs(before, after, |object| &object.name) {
                compare(kind, pair, &ignored, &mut changes);
            }
        }
        changes
    }

    /// Returns the properties that this schema or another does not report.
    pub(crate) fn unreported_by_either(&self, other: &Self) -> Vec<Property> {
        let both = self.unreported.iter().chain(&other.unreported);
        both.copied().collect()
    }
}

/// What is not compared.
struct Ignored<'a> {
    properties: &'a [Property],
    relationships: bool,
}

fn compare(
    kind: ObjectKind,
    pair: Pair<'_, ObjectDefinition>,
    ignored: &Ignored<'_>,
    changes: &mut Vec<Change>,
) {
    match pair {
        Pair::Removed(object) => changes.push(Change::Removed {
            object: ObjectName::new(kind, &object.name),
        }),
        Pair::Added(object) => changes.push(Change::Added {
            object: ObjectName::new(kind, &object.name),
            fields: object.fields.len(),
        }),
        Pair::Both(before, after) => compare_one(kind, before, after, ignored, changes),
    }
}

fn compare_one(
    kind: ObjectKind,
    before: &ObjectDefinition,
    after: &ObjectDefinition,
    ignored: &Ignored<'_>,
    changes: &mut Vec<Change>,
) {
    let object = ObjectName::new(kind, &after.name);
    if before.name != after.name {
        changes.push(Change::Renamed {
            object: object.clone(),
            from: before.name.clone(),
        });
    }
    // v2 reports views without their fields.
    let is_listed = |object: &ObjectDefinition| !object.fields.is_empty();
    if kind == ObjectKind::Table || is_listed(before) && is_listed(after) {
        fields::compare(
            &object,
            &before.fields,
            &after.fields,
            ignored.properties,
            changes,
        );
    }
    if !ignored.relationships && before.relationships != after.relationships {
        changes.push(Change::RelationshipsChanged { object });
    }
}
