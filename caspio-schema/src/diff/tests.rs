//! Tests: differences between two schemas.

use crate::{DataType, FieldDefinition, ObjectDefinition, Schema};
use serde_json::json;

fn text(name: &str) -> FieldDefinition {
    FieldDefinition::new(name, DataType::Text255)
}

fn list(values: &[(i64, &str)]) -> FieldDefinition {
    let mut field = FieldDefinition::new("Kind", DataType::ListText);
    let values = values.iter().map(|(key, value)| (*key, json!(value)));
    field.list = values.collect();
    field
}

fn of(tables: Vec<ObjectDefinition>) -> Schema {
    Schema {
        tables,
        ..Schema::default()
    }
}

fn pets(fields: Vec<FieldDefinition>) -> Schema {
    of(vec![ObjectDefinition::new("Pets", fields)])
}

fn changes(before: &Schema, after: &Schema) -> Vec<String> {
    before.diff(after).iter().map(ToString::to_string).collect()
}

#[test]
fn equal_schemas_have_no_differences() {
    let schema = pets(vec![text("Name"), list(&[(1, "Cat")])]);

    assert!(schema.diff(&schema).is_empty());
}

#[test]
fn tables_whose_names_differ_in_case_only_are_not_compared_with_each_other() {
    let both = |first, second| {
        of(vec![
            ObjectDefinition::new("Time_Off", vec![text(first)]),
            ObjectDefinition::new("Time_off", vec![text(second)]),
        ])
    };
    assert!(both("A", "B").diff(&both("A", "B")).is_empty());
    let one = of(vec![ObjectDefinition::new("Time_off", vec![text("B")])]);
    assert_eq!(
        changes(&both("A", "B"), &one),
        ["table \"Time_Off\" was removed"],
        "the other is unchanged"
    );
}

#[test]
fn a_table_is_the_pair_of_one_other_only() {
    let tables = |names: &[&str]| {
        let table = |name: &&str| ObjectDefinition::new(*name, vec![]);
        of(names.iter().map(table).collect())
    };
    let renamed = "table \"FOO\" was called \"Foo\"";
    assert_eq!(
        changes(&tables(&["Foo"]), &tables(&["FOO", "foo"])),
        [renamed, "table \"foo\" was added, with 0 fields"]
    );
    assert_eq!(
        changes(&tables(&["Foo", "foo"]), &tables(&["FOO"])),
        [renamed, "table \"foo\" was removed"]
    );
    assert_eq!(
        changes(&tables(&["Foo", "fOO"]), &tables(&["FOO", "foo"])),
        [renamed, "table \"foo\" was called \"fOO\""]
    );
}

#[test]
fn added_and_removed_tables_and_views_are_reported() {
    let mut before = of(vec![ObjectDefinition::new("Cats", vec![])]);
    before.views = vec![ObjectDefinition::new("Old", vec![])];
    let mut after = of(vec![ObjectDefinition::new("Dogs", vec![text("Name")])]);
    after.views = vec![ObjectDefinition::new("New", vec![text("A"), text("B")])];

    assert_eq!(
        changes(&before, &after),
        [
            "table \"Cats\" was removed",
            "table \"Dogs\" was added, with 1 field",
            "view \"Old\" was removed",
            "view \"New\" was added, with 2 fields",
        ]
    );
}

#[test]
fn added_removed_and_changed_fields_are_reported() {
    let mut age = FieldDefinition::new("Age", DataType::Integer);
    let before = pets(vec![text("Name"), age.clone(), text("Old")]);
    age.data_type = DataType::Number;
    age.label = "How old".to_owned();
    age.unique = true;
    let after = pets(vec![text("Name"), age, text("Email")]);

    assert_eq!(
        changes(&before, &after),
        [
            "table \"Pets\": field \"Age\" changed its type from INTEGER to NUMBER",
            "table \"Pets\": field \"Age\" is now unique",
            "table \"Pets\": field \"Age\" changed its label from nothing to \"How old\"",
            "table \"Pets\": field \"Old\" was removed (STRING)",
            "table \"Pets\": field \"Email\" was added (STRING)",
        ]
    );
}

#[test]
fn a_name_in_another_case_is_a_change_of_the_same_item() {
    let before = of(vec![ObjectDefinition::new("PETS", vec![text("name")])]);
    let after = pets(vec![text("Name")]);

    assert_eq!(
        changes(&before, &after),
        [
            "table \"Pets\" was called \"PETS\"",
            "table \"Pets\": field \"Name\" changed its name from \"name\" to \"Name\"",
        ]
    );
}

#[test]
fn list_values_are_compared_without_their_keys() {
    let before = pets(vec![list(&[(1, "Cat"), (2, "Dog")])]);
    let after = pets(vec![list(&[(5, "Dog"), (6, "Frog"), (7, "Newt")])]);

    assert_eq!(
        changes(&before, &after),
        [
            "table \"Pets\": field \"Kind\" no longer offers \"Cat\"",
            "table \"Pets\": field \"Kind\" now offers \"Frog\", \"Newt\"",
        ]
    );
}

#[test]
fn only_the_field_that_moved_is_reported() {
    let before = pets(["A", "B", "C", "D"].map(text).to_vec());

    let forward = pets(["D", "A", "B", "C"].map(text).to_vec());
    let back = pets(["B", "C", "A", "D"].map(text).to_vec());
    let inserted = pets(["New", "A", "B", "D"].map(text).to_vec());

    assert_eq!(
        changes(&before, &forward),
        ["table \"Pets\": field \"D\" moved to the front"]
    );
    assert_eq!(
        changes(&before, &back),
        ["table \"Pets\": field \"A\" moved after \"C\""]
    );
    assert_eq!(
        changes(&before, &inserted),
        [
            "table \"Pets\": field \"C\" was removed (STRING)",
            "table \"Pets\": field \"New\" was added (STRING)",
        ]
    );
}

#[test]
fn a_formula_without_a_type_on_v4_is_unchanged() {
    let formula = |data_type| {
        let mut field = FieldDefinition::new("Sum", data_type);
        field.formula = true;
        pets(vec![field])
    };

    assert!(
        formula(DataType::Number)
            .diff(&formula(DataType::Formula))
            .is_empty()
    );
    assert_eq!(
        formula(DataType::Number)
            .diff(&formula(DataType::Text255))
            .len(),
        1
    );
}

#[test]
fn facts_that_a_version_does_not_report_are_not_changes() {
    let view = |fields| Schema {
        views: vec![ObjectDefinition::new("All", fields)],
        ..Schema::default()
    };
    let mut editable = text("Name");
    editable.editable = Some(true);

    assert!(view(vec![text("Name")]).diff(&view(vec![])).is_empty());
    assert!(
        pets(vec![text("Name")])
            .diff(&pets(vec![editable]))
            .is_empty()
    );
}
