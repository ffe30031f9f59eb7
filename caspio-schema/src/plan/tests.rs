//! Tests: plans that turn one schema into another.

use crate::{DataType, FieldDefinition, ObjectDefinition, Plan, Property, Schema};
use serde_json::json;

fn field(name: &str, data_type: DataType) -> FieldDefinition {
    FieldDefinition::new(name, data_type)
}

fn pets(fields: Vec<FieldDefinition>) -> Schema {
    Schema {
        tables: vec![ObjectDefinition::new("Pets", fields)],
        ..Schema::default()
    }
}

fn lines(plan: &Plan) -> Vec<String> {
    plan.to_string().lines().map(str::to_owned).collect()
}

#[test]
fn equal_schemas_need_no_steps() {
    let schema = pets(vec![field("Name", DataType::Text255)]);

    let plan = Plan::between(&schema, &schema);

    assert!(plan.is_empty() && !plan.is_destructive());
    assert_eq!(plan.to_string(), "nothing to do");
}

#[test]
fn tables_are_created_first_and_fields_deleted_last() {
    let have = pets(vec![
        field("Old", DataType::Text255),
        field("Age", DataType::Integer),
    ]);
    let mut want = pets(vec![
        field("AGE", DataType::Number),
        field("New", DataType::YesNo),
    ]);
    want.tables.push(ObjectDefinition::new(
        "Vets",
        vec![field("Name", DataType::Text255)],
    ));

    let plan = Plan::between(&have, &want);

    assert_eq!(
        lines(&plan),
        [
            "create table \"Vets\" with Name",
            "table \"Pets\": add field \"New\" (YES/NO)",
            "table \"Pets\": change field \"Age\" to name \"AGE\"; type NUMBER",
            "table \"Pets\": delete field \"Old\" (may lose data)",
        ]
    );
    assert!(plan.is_destructive());
}

#[test]
fn a_type_that_holds_less_loses_data_and_one_that_holds_more_does_not() {
    let step = |from: DataType, to: DataType| {
        let (have, want) = (pets(vec![field("F", from)]), pets(vec![field("F", to)]));
        Plan::between(&have, &want).is_destructive()
    };

    assert!(!step(DataType::Text255, DataType::Text64000));
    assert!(!step(DataType::Integer, DataType::Number));
    assert!(step(DataType::Text64000, DataType::Text255));
    assert!(step(DataType::Number, DataType::Integer));
    assert!(step(DataType::ListText, DataType::Text255));
}

#[test]
fn taking_values_from_a_list_loses_data_and_adding_some_does_not() {
    let list = |values: &[&str]| {
        let mut kind = field("Kind", DataType::ListText);
        kind.list = (1..).zip(values.iter().map(|value| json!(value))).collect();
        pets(vec![kind])
    };

    assert!(!Plan::between(&list(&["Cat"]), &list(&["Dog", "Cat"])).is_destructive());
    assert!(Plan::between(&list(&["Cat", "Dog"]), &list(&["Cat"])).is_destructive());
    assert!(Plan::between(&list(&["Cat", "Dog"]), &list(&["Dog", "Cat"])).is_empty());
}

#[test]
fn changes_that_the_api_cannot_make_are_refused_with_a_reason() {
    let mut have = pets(vec![field("Sum", DataType::Number)]);
    have.tables.push(ObjectDefinition::new("Old", vec![]));
    have.views = vec![ObjectDefinition::new(
        "All",
        vec![field("Name", DataType::Text255)],
    )];
    let mut sum = field("Sum", DataType::Number);
    sum.formula = true;
    let mut want = pets(vec![sum, field("Id", DataType::Autonumber)]);
    want.tables[0].name = "PETS".to_owned();
    want.views = vec![ObjectDefinition::new("New", vec![])];

    let plan = Plan::between(&have, &want);

    assert!(plan.steps().is_empty(), "{plan}");
    assert_eq!(
        lines(&plan),
        [
            "cannot be done: table \"PETS\" was called \"Pets\" (the API cannot rename a table or a view)",
            "cannot be done: table \"Old\" was removed (the API cannot delete a table or a view)",
            "cannot be done: view \"All\" was removed (the API cannot delete a table or a view)",
            "cannot be done: view \"New\" was added, with 0 fields (the API cannot create a view)",
            "cannot be done: table \"Pets\": field \"Sum\" is a formula on one side only (the API cannot set or remove a formula)",
            "cannot be done: table \"Pets\": field \"Id\" (AUTONUMBER) (a field of this type must be unique: set `unique`)",
        ]
    );
    assert!(plan.without_refused().is_empty());
}

#[test]
fn two_fields_of_one_name_are_refused_and_neither_is_dropped() {
    let twice = pets(vec![
        field("a", DataType::Text255),
        field("A", DataType::Integer),
    ]);
    let have = pets(vec![field("a", DataType::Text255)]);

    for have in [have, Schema::default()] {
        let plan = Plan::between(&have, &twice);

        assert!(plan.steps().is_empty(), "{plan}");
        assert_eq!(
            lines(&plan),
            [
                "cannot be done: table \"Pets\": fields \"a\" and \"A\" (names of fields that differ in case only are the same)"
            ]
        );
    }
}

#[test]
fn a_new_table_without_fields_is_refused() {
    let plan = Plan::between(&Schema::default(), &pets(vec![]));

    assert!(plan.steps().is_empty(), "{plan}");
    assert_eq!(
        lines(&plan),
        ["cannot be done: table \"Pets\" (a table needs a field)"]
    );
}

#[test]
fn a_new_table_is_created_without_its_formulas() {
    let mut sum = field("Sum", DataType::Number);
    sum.formula = true;
    let want = pets(vec![field("Name", DataType::Text255), sum]);

    let plan = Plan::between(&Schema::default(), &want);

    assert_eq!(plan.steps().len(), 1);
    assert_eq!(plan.refused().len(), 1);
    assert_eq!(lines(&plan)[0], "create table \"Pets\" with Name");
}

#[test]
fn what_one_side_does_not_report_is_never_written() {
    let mut reported = field("Code", DataType::Text255);
    reported.unique = true;
    reported.unique_allow_nulls = true;
    reported.description = "The code".to_owned();
    reported.label = "Code".to_owned();
    let mut unreported = field("Code", DataType::Text255);
    unreported.unique = true;
    let full = pets(vec![reported]);
    let mut partial = pets(vec![unreported]);
    partial.unreported = vec![Property::Description, Property::UniqueAllowNulls];

    for (have, want) in [(&full, &partial), (&partial, &full)] {
        let plan = Plan::between(have, want);
        assert_eq!(plan.steps().len(), 1, "{plan}");
        assert!(plan.to_string().contains("label"), "{plan}");
        assert!(!plan.to_string().contains("description"), "{plan}");
        assert!(!plan.to_string().contains("nulls"), "{plan}");
        assert_eq!(have.diff(want).len(), 1);
    }
    let read = Schema::from_json(&partial.to_json()).expect("a schema");
    assert_eq!(read, partial);
}

#[test]
fn names_are_compared_without_case_beyond_ascii() {
    let have = Schema::new(
        vec![ObjectDefinition::new(
            "Ärzte",
            vec![field("Größe", DataType::Number)],
        )],
        vec![],
    );
    let want = Schema::new(
        vec![ObjectDefinition::new(
            "ärzte",
            vec![field("GRÖßE", DataType::Number)],
        )],
        vec![],
    );

    let plan = Plan::between(&have, &want);

    assert!(!plan.is_destructive(), "{plan}");
    assert!(!plan.to_string().contains("create table"), "{plan}");
    assert!(
        have.table("ÄRZTE")
            .is_some_and(|table| table.field("größe").is_some())
    );
}
