//! Reading the definitions of tables and views.

use caspio::prelude::*;
use caspio::schema::{DataType, ObjectDefinition, Schema};
use caspio::{ApiVersion, Capability};
use caspio_emulator::{DataType as FieldType, FieldDef, TableDef};
use caspio_tests::{Order, TestEnv, on_every_version};
use futures::future::try_join_all;
use serde_json::json;

#[derive(Debug, CaspioRecord)]
#[caspio(of = Order)]
struct PerStatus {
    #[expect(dead_code, reason = "only the read matters")]
    status: String,
}

on_every_version! {
    async fn every_field_type_is_recognized(version) {
        let env = TestEnv::start().version(version).await;

        let fields = env.caspio.table_named("Contacts").fields().await.expect("fields");

        let field = |name: &str| fields.iter().find(|field| field.name == name).expect(name);
        assert!(fields.iter().all(|field| field.name != "PK_ID"));
        assert_eq!(fields[0].name, "Contact_ID");
        assert_eq!(field("First_Name").data_type, DataType::Text255);
        assert_eq!(field("First_Name").label, "First name");
        assert_eq!(field("Number").data_type, DataType::PrefixedAutonumber);
        assert_eq!(field("Number").prefix.as_deref(), Some("C-"));
        assert_eq!(field("Code").length, Some(8));
        assert!(field("Updated").on_insert && field("Updated").on_update);
        assert_eq!(field("Updated").time_zone.as_deref(), Some("UTC"));
        assert!(field("Full_Name").formula && !field("Full_Name").is_writable());
        assert_eq!(field("Lucky_Numbers").list[&2], json!(7));
    }

    async fn a_capability_is_what_its_calls_can_do(version) {
        let env = TestEnv::start().version(version).await;
        let view_fields = env.caspio.view_named("Active_Contacts").fields().await;
        let pets = TableDef::new("Pets").field(FieldDef::new("Photo", FieldType::Attachment));
        env.emulator.create_table(pets).expect("a table");
        env.emulator.insert("Pets", json!({})).expect("a pet");
        let pets = env.caspio.table_named("Pets");
        let attachment = pets.attachment(1, |_| "Photo").info().await;
        let groups = env.caspio.table::<Order>().query().select::<PerStatus>().group_by(|o| o.status);
        let restricted = groups.having(|o| o.quantity.count().gt(0)).collect().await;

        let supports = |capability| env.caspio.supports(capability);
        assert_eq!(supports(Capability::ViewFields), view_fields.is_ok());
        assert_eq!(supports(Capability::Attachments), attachment.is_ok());
        assert_eq!(supports(Capability::GroupConditions), restricted.is_ok());
    }

    async fn the_whole_account_is_read(version) {
        let env = TestEnv::start().version(version).await;

        let schema = env.caspio.schema().await.expect("the account");

        let tables = env.caspio.tables().await.expect("names");
        assert_eq!(schema.tables.len(), tables.len());
        assert_eq!(schema.table("orders").expect("Orders").name, "Orders");
        let view = schema.view("Active_Contacts").expect("the view");
        assert_eq!(view.fields.is_empty(), version == ApiVersion::V2);
        assert_eq!(Schema::from_json(&schema.to_json()).expect("its own text"), schema);
    }

    async fn tables_and_views_are_read_by_name_in_any_case(version) {
        let env = TestEnv::start().version(version).await;

        let schema = env.caspio.schema().tables(["ORDERS", "Contacts"]).await.expect("two");
        let both = env.caspio.schema().tables(["City"]).views(["active_contacts"]).await.expect("both");

        let names: Vec<_> = schema.tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["Contacts", "Orders"]);
        assert!(schema.views.is_empty());
        assert_eq!((both.tables.len(), both.views.len()), (1, 1));
    }

    async fn all_unknown_names_are_reported_together(version) {
        let env = TestEnv::start().version(version).await;

        let asked = env.caspio.schema().tables(["Contacts", "Cats", "Dogs"]).await;

        let error = asked.expect_err("two are missing");
        assert!(error.is_not_found());
        assert_eq!(error.resource(), Some("table \"Cats\", \"Dogs\""));
        assert_eq!(env.emulator.calls().operation("ListTableFields"), 0);
    }
}

#[tokio::test]
async fn on_v4_the_whole_account_is_two_calls_and_one_for_each_with_lists() {
    let env = TestEnv::start().version(ApiVersion::V4).await;
    env.caspio.tables().await.expect("a token");
    env.emulator.reset_calls();

    let schema = env.caspio.schema().await.expect("the account");

    let tables = schema.tables.iter().map(|table| &table.fields);
    let views = schema.views.iter().map(|view| &view.fields);
    let has_list = |fields: &&Vec<_>| {
        fields
            .iter()
            .any(|field: &caspio::schema::FieldDefinition| field.data_type.is_list())
    };
    let with_lists = tables.chain(views).filter(has_list).count();
    assert!(with_lists > 0);
    assert_eq!(env.emulator.calls().total(), 2 + with_lists as u64);
}

#[tokio::test]
async fn on_v3_the_whole_account_is_one_call_for_each_and_two_for_the_names() {
    let env = TestEnv::start().await;
    env.caspio.tables().await.expect("a token");
    env.emulator.reset_calls();

    let schema = env.caspio.schema().await.expect("the account");

    let objects = schema.tables.len() + schema.views.len();
    assert_eq!(env.emulator.calls().total(), 2 + objects as u64);
}

#[tokio::test]
async fn v3_and_v4_report_the_same_keys_of_list_values() {
    let v3 = TestEnv::start().await;
    let v4 = TestEnv::start().version(ApiVersion::V4).await;

    let requests = [&v3.caspio, &v4.caspio].map(|caspio| caspio.schema());
    let schemas = try_join_all(requests).await.expect("both");

    let lists = |schema: &Schema| {
        let fields = schema.table("Contacts").expect("Contacts").fields.clone();
        let lists = fields.into_iter().map(|field| (field.name, field.list));
        lists.collect::<Vec<_>>()
    };
    assert_eq!(lists(&schemas[0]), lists(&schemas[1]));
}

#[tokio::test]
async fn the_fields_of_a_view_name_their_table_fields() {
    let env = TestEnv::start().await;

    let schema = env
        .caspio
        .schema()
        .views(["Order_Details"])
        .await
        .expect("the view");

    let view: &ObjectDefinition = schema.view("Order_Details").expect("the view");
    let field = view.field("Total").expect("Total");
    assert_eq!(field.table_field.as_deref(), Some("Orders.Total"));
}

#[tokio::test]
async fn v2_refuses_the_fields_of_a_view_without_a_call() {
    let env = TestEnv::start().version(ApiVersion::V2).await;

    let asked = env.caspio.view_named("Active_Contacts").fields().await;

    let error = asked.expect_err("v2 has no such operation");
    assert!(error.to_string().contains("v3 or v4"), "{error}");
    assert_eq!(env.emulator.calls().total(), 0);
}
