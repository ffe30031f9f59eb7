//! Creating tables, changing fields, and applying plans.

use caspio::schema::{
    AllowDestructive, AttachmentRules, DataType, FieldDefinition, FieldUpdate, ObjectDefinition,
    Plan, Schema,
};
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::Emulator;
use caspio_tests::{TestEnv, on_every_version};
use serde_json::json;

async fn empty(version: ApiVersion) -> TestEnv {
    TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await
}

fn field(name: &str, data_type: DataType) -> FieldDefinition {
    FieldDefinition::new(name, data_type)
}

/// A table with every type that the API can create, except attachments, which v4 does not document.
fn pets() -> ObjectDefinition {
    let mut number = field("Number", DataType::PrefixedAutonumber);
    (number.unique, number.format, number.prefix) = (true, Some("001".into()), Some("P-".into()));
    let mut code = field("Code", DataType::RandomId);
    (code.unique, code.format, code.length) = (true, Some("0U".into()), Some(9));
    let mut id = field("Id", DataType::Autonumber);
    id.unique = true;
    let mut stamp = field("Updated", DataType::Timestamp);
    (stamp.on_update, stamp.time_zone) = (true, Some("Pacific Standard Time".into()));
    let mut kind = field("Kind", DataType::ListText);
    kind.list = [(1, json!("Cat")), (2, json!("Dog"))].into();
    let mut lucky = field("Lucky", DataType::ListNumber);
    lucky.list = [(1, json!(3)), (2, json!(7.5))].into();
    let mut name = field("Name", DataType::Text255);
    name.label = "What it is called".into();
    let fields = vec![
        id,
        name,
        field("Notes", DataType::Text64000),
        field("Weight", DataType::Number),
        field("Age", DataType::Integer),
        field("Price", DataType::Currency),
        field("Born", DataType::DateTime),
        field("Tame", DataType::YesNo),
        number,
        code,
        stamp,
        kind,
        lucky,
    ];
    ObjectDefinition::new("Pets", fields)
}

/// `fields` without the properties that only some versions return.
fn comparable(mut fields: Vec<FieldDefinition>) -> Vec<FieldDefinition> {
    for field in &mut fields {
        field.editable = None;
    }
    fields
}

on_every_version! {
    async fn a_created_table_matches_its_definition(version) {
        let env = empty(version).await;

        env.caspio.create_table(&pets()).await.expect("made");

        let fields = env.caspio.table_named("Pets").fields().await.expect("fields");
        let mut wanted = pets().fields;
        // The emulator returns an empty prefix as an empty text.
        wanted.iter_mut().for_each(|field| field.editable = None);
        assert_eq!(comparable(fields), wanted);
    }

    async fn fields_are_added_changed_and_deleted(version) {
        let env = empty(version).await;
        env.caspio.create_table(&pets()).await.expect("made");
        let pets = env.caspio.table_named("Pets");

        pets.add_field(&field("Owner", DataType::Text255)).await.expect("added");
        let update = FieldUpdate::new().rename("Owner_Name").label("Owner").unique(true);
        pets.change_field("owner", &update).await.expect("changed");
        let more = FieldUpdate::new().list(["Cat", "Dog", "Frog"]);
        pets.change_field("Kind", &more).await.expect("changed");
        pets.delete_field("Notes").await.expect("deleted");

        let fields = pets.fields().await.expect("fields");
        let find = |name: &str| fields.iter().find(|field| field.name == name);
        let owner = find("Owner_Name").expect("renamed");
        assert!(owner.unique && owner.label == "Owner");
        assert_eq!(find("Kind").expect("Kind").list[&3], json!("Frog"));
        assert!(find("Notes").is_none() && find("Owner").is_none());
    }

    async fn what_caspio_refuses_is_refused_without_a_call(version) {
        let env = empty(version).await;
        let pets = env.caspio.table_named("Pets");
        let mut formula = field("Sum", DataType::Number);
        formula.formula = true;
        let table = ObjectDefinition::new("Pets", vec![field("Id", DataType::Guid)]);

        let errors = [
            env.caspio.create_table(&table).await.expect_err("not unique"),
            pets.add_field(&formula).await.expect_err("a formula"),
            pets.add_field(&field("pk_id", DataType::Integer)).await.expect_err("the key"),
            pets.change_field("Name", &FieldUpdate::new()).await.expect_err("nothing"),
            pets.delete_field(" ").await.expect_err("no name"),
        ];

        for error in &errors {
            assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
            assert_eq!(error.resource(), Some("table \"Pets\""));
        }
        assert_eq!(errors[0].field(), Some("Id"));
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn a_name_that_exists_is_a_conflict(version) {
        let env = empty(version).await;
        env.caspio.create_table(&pets()).await.expect("made");
        let table = env.caspio.table_named("Pets");

        let errors = [
            env.caspio.create_table(&pets()).await.expect_err("a table of the name"),
            table.add_field(&field("NAME", DataType::Text255)).await.expect_err("a field of the name"),
        ];

        for error in errors {
            assert_eq!((error.kind(), error.code()), (ErrorKind::Conflict, Some("ObjectExists")), "{error}");
            assert!(!error.hint().expect("a hint").contains("body"), "{error}");
        }
    }

    async fn a_table_without_fields_or_with_two_of_one_name_is_refused_without_a_call(version) {
        let env = empty(version).await;
        let fields = ["a", "b", "A"].map(|name| field(name, DataType::Text255));

        for table in [ObjectDefinition::new("Q", vec![]), ObjectDefinition::new("Q", fields.to_vec())] {
            let error = env.caspio.create_table(&table).await.expect_err("no such table");
            assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        }
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn an_unknown_field_or_table_comes_with_the_nearest_name(version) {
        let env = empty(version).await;
        env.caspio.create_table(&pets()).await.expect("made");
        let table = env.caspio.table_named("Pets");
        let update = FieldUpdate::new().label("x");

        table.fields().await.expect("fields");
        let deleted = table.delete_field("Nmae").await.expect_err("no such field");
        table.fields().await.expect("fields");
        let changed = table.change_field("Nmae", &update).await.expect_err("no such field");
        for error in [deleted, changed] {
            assert_eq!(error.field(), Some("Nmae"), "{error}");
            assert_eq!(error.hint(), Some("did you mean `Name`?"), "{error}");
        }

        let error = env.caspio.schema().tables(["Pest"]).await.expect_err("no such table");
        assert!(error.hint().expect("a hint").contains("did you mean `Pets`?"), "{error}");
    }

    async fn a_plan_gives_an_account_the_schema_of_a_file(version) {
        let env = empty(version).await;
        let mut want = Schema::default();
        let vets = vec![field("Name", DataType::Text255)];
        want.tables = vec![pets(), ObjectDefinition::new("Vets", vets)];
        let want = Schema::from_json(&want.to_json()).expect("a file");

        let have = env.caspio.schema().await.expect("empty");
        let plan = Plan::between(&have, &want);
        assert!(!plan.is_destructive());
        env.caspio.apply(&plan, AllowDestructive::No).await.expect("applied");

        let now = env.caspio.schema().await.expect("made");
        assert_eq!(want.diff(&now), [], "{version}");
        assert!(Plan::between(&now, &want).is_empty());
    }

    async fn a_destructive_plan_needs_permission(version) {
        let env = empty(version).await;
        env.caspio.create_table(&pets()).await.expect("made");
        let have = env.caspio.schema().await.expect("made");
        let mut want = have.clone();
        want.tables[0].fields.retain(|field| field.name != "Notes");
        let plan = Plan::between(&have, &want);
        env.emulator.reset_calls();

        let refused = env.caspio.apply(&plan, AllowDestructive::No).await.expect_err("not allowed");
        assert_eq!(refused.error().kind(), ErrorKind::Refused);
        assert!(refused.to_string().contains("delete field \"Notes\""), "{refused}");
        assert_eq!(env.emulator.calls().total(), 0);

        env.caspio.apply(&plan, AllowDestructive::Yes).await.expect("allowed");
        let now = env.caspio.schema().await.expect("changed");
        assert_eq!(want.diff(&now), []);
    }

    async fn a_plan_stops_at_the_first_failure_and_reports_what_was_done(version) {
        let env = empty(version).await;
        env.caspio.create_table(&pets()).await.expect("made");
        let have = env.caspio.schema().await.expect("made");
        let mut want = have.clone();
        want.tables[0].fields.push(field("Owner", DataType::Text255));
        want.tables[0].fields.retain(|field| field.name != "Notes" && field.name != "Tame");
        let plan = Plan::between(&have, &want);
        // Another client was faster.
        env.caspio.table_named("Pets").delete_field("Notes").await.expect("deleted");

        let failed = env.caspio.apply(&plan, AllowDestructive::Yes).await.expect_err("no such field");

        assert_eq!((failed.done().len(), failed.not_done().len()), (1, 2));
        assert!(failed.done()[0].to_string().contains("add field \"Owner\""));
        let error = caspio::Error::from(failed);
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(error.to_string().contains("1 of 3 steps were done"), "{error}");
    }
}

#[tokio::test]
async fn rules_of_attachments_are_set_on_v3_and_refused_on_v4() {
    let mut photo = field("Photo", DataType::Attachment);
    let mut rules = AttachmentRules::default();
    rules.permitted_file_types = vec!["png".into()];
    rules.max_file_size = Some(500);
    photo.attachment = Some(rules);
    let table = ObjectDefinition::new("Pets", vec![photo.clone()]);

    let v3 = empty(ApiVersion::V3).await;
    v3.caspio.create_table(&table).await.expect("made");
    let fields = v3
        .caspio
        .table_named("Pets")
        .fields()
        .await
        .expect("fields");
    assert_eq!(comparable(fields), vec![photo]);

    let v4 = empty(ApiVersion::V4).await;
    let error = v4
        .caspio
        .create_table(&table)
        .await
        .expect_err("not documented");
    assert!(
        error.to_string().contains("AttachmentPermittedFileTypes"),
        "{error}"
    );
    assert!(
        error.hint().is_some_and(|hint| hint.contains("v3")),
        "{error}"
    );
    assert_eq!(v4.emulator.calls().total(), 0);
}

#[tokio::test]
async fn a_plan_with_an_impossible_step_is_refused_completely() {
    let env = empty(ApiVersion::V3).await;
    env.caspio.create_table(&pets()).await.expect("made");
    let have = env.caspio.schema().await.expect("made");
    let plan = Plan::between(&have, &Schema::default());

    let refused = env
        .caspio
        .apply(&plan, AllowDestructive::Yes)
        .await
        .expect_err("a table");

    assert!(
        refused.to_string().contains("cannot delete a table"),
        "{refused}"
    );
}
