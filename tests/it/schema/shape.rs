//! An emulator with the schema of an account.

use caspio::ApiVersion;
use caspio::schema::{DataType, FieldDefinition, ObjectDefinition, Schema};
use caspio_emulator::{Emulator, EmulatorErrorKind};
use caspio_tests::{Contact, TestEnv, on_every_version};
use serde_json::json;

async fn shaped(schema: &Schema, version: ApiVersion) -> TestEnv {
    TestEnv::with(Emulator::builder().schema(schema))
        .version(version)
        .await
}

on_every_version! {
    async fn an_emulator_has_the_schema_of_the_account(version) {
        let account = TestEnv::with(Emulator::builder()).version(version).await;
        let shape = account.caspio.schema().await.expect("the account");

        let twin = shaped(&shape, version).await;

        let copy = twin.caspio.schema().await.expect("its twin");
        let changes: Vec<_> = shape.diff(&copy).iter().map(ToString::to_string).collect();
        let left_out = twin.emulator.views_left_out();
        let left_out: Vec<_> = left_out.iter().map(|view| format!("view {view:?} was removed")).collect();
        assert_eq!(changes, left_out);
        assert_eq!(twin.emulator.count("Contacts").expect("a count"), 0);
    }
}

#[tokio::test]
async fn views_of_several_tables_are_left_out_and_named() {
    let account = TestEnv::start().await;
    let shape = account.caspio.schema().await.expect("the account");

    let twin = shaped(&shape, ApiVersion::V3).await;

    assert_eq!(twin.emulator.views_left_out(), ["Order_Details"]);
    let view = twin.caspio.view_named("Active_Contacts");
    let fields = view.fields().await.expect("fields");
    assert_eq!(
        fields,
        shape.view("Active_Contacts").expect("the view").fields
    );
}

#[tokio::test]
async fn records_of_that_schema_are_written_and_read() {
    let account = TestEnv::start().await;
    let shape = account.caspio.schema().await.expect("the account");
    let twin = shaped(&shape, ApiVersion::V3).await;

    let record = json!({ "First_Name": "Ann", "Last_Name": "Lee", "Interests": [1, 2] });
    twin.emulator.insert("Contacts", record).expect("inserted");

    let contacts = twin
        .caspio
        .table::<Contact>()
        .collect()
        .await
        .expect("records");
    assert_eq!(contacts[0].first_name, "Ann");
    assert_eq!(contacts[0].full_name, None);
    assert_eq!(contacts[0].interests.len(), 2);
    twin.caspio.verify::<Contact>().await.expect("it fits");
}

#[tokio::test]
async fn a_schema_file_defines_the_tables() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("caspio.schema.json");
    let mut schema = Schema::default();
    let name = FieldDefinition::new("Name", DataType::Text255);
    schema.tables = vec![ObjectDefinition::new("Pets", vec![name])];
    schema.save(&file).expect("written");

    let twin = TestEnv::with(Emulator::builder().schema_file(&file))
        .version(ApiVersion::V3)
        .await;

    assert_eq!(twin.caspio.tables().await.expect("names"), ["Pets"]);
}

#[tokio::test]
async fn an_unknown_type_names_the_field() {
    let mut schema = Schema::default();
    let place = FieldDefinition::new("Place", DataType::from_name("GEO-POINT"));
    schema.tables = vec![ObjectDefinition::new("Pets", vec![place])];

    let error = Emulator::builder()
        .schema(&schema)
        .start()
        .await
        .expect_err("not known");

    assert_eq!(error.kind(), EmulatorErrorKind::Load);
    let text = error.to_string();
    assert!(
        text.contains("'Place'") && text.contains("GEO-POINT"),
        "{text}"
    );
}
