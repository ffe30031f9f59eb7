//! The definitions in a response: which ids belong to which names, and the fields of a table.

use super::exchange::Field;
use super::names::{Kind, Names};
use super::shape::RawMembers;
use caspio_schema::DataType;
use serde_json::value::RawValue;

/// Gives the ids of tables or views in a list the stand-ins of their names.
pub(super) fn learn_ids(body: &[u8], kind: Kind, names: &mut Names) {
    for item in items(body) {
        let id = text(&item, &["tableId", "viewId"]);
        let name = text(&item, &["name"]);
        if let (Some(id), Some(name)) = (id, name) {
            names.alias(kind, &id, &name);
        }
    }
}

/// Returns the fields in a list.
pub(super) fn fields(body: &[u8], names: &mut Names) -> Vec<Field> {
    let mut fields = Vec::new();
    for item in items(body).into_iter().take(MOST_FIELDS) {
        let name = text(&item, &["name"]);
        let (Some(name), Some(data_type)) = (name, text(&item, &["type", "dataType"])) else {
            continue;
        };
        let data_type = match DataType::from_name(&data_type) {
            DataType::Unknown(_) => UNKNOWN.to_owned(),
            known => known.name().to_owned(),
        };
        fields.push(Field {
            name: names.stand_in(Kind::Field, &name),
            data_type,
            unique: is_true(&item, "unique"),
            formula: is_true(&item, "isFormula"),
        });
    }
    fields
}

/// A type that is not known.
const UNKNOWN: &str = "{type}";

/// How many fields of a table are kept.
const MOST_FIELDS: usize = 1_000;

/// Returns the objects of a list.
fn items(body: &[u8]) -> Vec<RawMembers<'_>> {
    let Ok(members) = serde_json::from_slice::<RawMembers<'_>>(body) else {
        return Vec::new();
    };
    let Some(list) = members.get("Result").or_else(|| members.get("data")) else {
        return Vec::new();
    };
    let items: Vec<&RawValue> = serde_json::from_str(list.get()).unwrap_or_default();
    let items = items.into_iter();
    items
        .filter_map(|item| serde_json::from_str(item.get()).ok())
        .collect()
}

fn member<'m>(item: &'m RawMembers<'_>, name: &str) -> Option<&'m str> {
    let mut members = item.iter();
    let (_, value) = members.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some(value.get())
}

fn text(item: &RawMembers<'_>, names: &[&str]) -> Option<String> {
    let json = names.iter().find_map(|name| member(item, name))?;
    serde_json::from_str(json).ok()
}

fn is_true(item: &RawMembers<'_>, name: &str) -> bool {
    member(item, name) == Some("true")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_types() {
        let body = br#"{"Result":[{"Name":"Pay","Type":"CURRENCY","Unique":true},{"Name":"X","Type":"Ann"}]}"#;

        let fields = fields(body, &mut Names::default());

        let shown: Vec<_> = fields
            .iter()
            .map(|field| (&*field.name, &*field.data_type, field.unique))
            .collect();
        assert_eq!(
            shown,
            [("Field1", "CURRENCY", true), ("Field2", "{type}", false)]
        );
    }

    #[test]
    fn ids_have_the_stand_ins_of_their_names() {
        let mut names = Names::default();
        names.stand_in(Kind::Table, "Pets");

        learn_ids(
            br#"{"data":[{"tableId":"x2y7pe","name":"Pets"}]}"#,
            Kind::Table,
            &mut names,
        );

        assert_eq!(names.stand_in(Kind::Table, "x2y7pe"), "Table1");
    }
}
