//! What errors about columns, types and conditions contain: the column as the account spells it, and what to do.

use caspio::prelude::*;
use caspio::{CaspioInsert, CaspioRecord, Error, ErrorKind};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::{TestEnv, on_every_version};
use futures::FutureExt;

/// Columns of `Contacts`, one misspelt, one that the table does not have, and one with another type.
#[allow(dead_code, reason = "only its columns are used")]
#[derive(Clone, Debug, CaspioTable)]
#[caspio(table = "Contacts")]
struct Wrong {
    #[caspio(pk)]
    pk_id: i64,
    frist_name: String,
    country_of_birth: String,
    #[caspio(rename = "Age")]
    age_as_text: String,
    email: Option<String>,
}

#[derive(Clone, Debug, CaspioInsert)]
#[caspio(table = Wrong)]
struct NewWrong {
    email: Option<String>,
}

#[allow(dead_code, reason = "only its columns are used")]
#[derive(Debug, CaspioRecord)]
#[caspio(of = caspio_tests::Contact)]
struct PerLastName {
    last_name: String,
    #[caspio(count)]
    people: u64,
}

fn hint(error: &Error) -> &str {
    error.hint().unwrap_or_default()
}

async fn warm(env: &TestEnv) {
    let contacts = env.caspio.table_named("Contacts");
    contacts.fields().await.expect("the fields");
}

on_every_version! {
    async fn a_write_by_an_unknown_column_names_it_and_what_was_meant(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Wrong>();
        for (is_warm, expected) in [(false, "compare the struct"), (true, "did you mean `First_Name`?")] {
            if is_warm {
                warm(&env).await;
            }
            let delete = contacts.delete_where(|c| c.frist_name.eq("x")).await.expect_err("unknown");
            let update = contacts.update_where(|c| c.frist_name.eq("x")).set(|c| c.email.to("a"));
            let update = update.await.expect_err("unknown");
            let read = contacts.filter(|c| c.frist_name.eq("x")).collect().await.expect_err("unknown");
            for error in [delete, update, read] {
                assert_eq!(error.field(), Some("Frist_Name"), "{error}");
                assert!(hint(&error).contains(expected), "{error}");
            }
        }
        let raw = contacts.delete_where_raw("Emial = 'x'", ()).await.expect_err("unknown");
        assert_eq!(hint(&raw), "did you mean `Email`?");
    }

    async fn a_column_without_a_near_name_has_a_hint_warm_and_cold(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Wrong>();
        for is_warm in [false, true] {
            if is_warm {
                warm(&env).await;
            }
            let typed = contacts.filter(|c| c.country_of_birth.eq("x")).count().await.expect_err("unknown");
            assert!(hint(&typed).contains("compare the struct"), "{typed}");
            let raw = env.caspio.table_named("Contacts").filter_raw("Town = 'x'", ());
            let raw = raw.collect().await.expect_err("unknown");
            let expected = if is_warm { "`First_Name`" } else { "not their labels" };
            assert!(hint(&raw).contains(expected), "{raw}");
        }
    }

    async fn a_value_of_another_type_than_the_column_has_a_hint(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Wrong>();

        let read = contacts.filter(|c| c.age_as_text.eq("abc")).count().await.expect_err("no number");
        let write = contacts.delete_where(|c| c.age_as_text.eq("abc")).await.expect_err("no number");

        for error in [read, write] {
            assert!(hint(&error).contains("type") && hint(&error).contains("verify"), "{error}");
        }
    }

    async fn a_misspelt_column_of_unique_by_is_named_with_those_of_the_row(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Wrong>();
        let row = NewWrong { email: Some("a@b.c".to_owned()) };
        for (column, expected) in [("Emial", "did you mean `Email`?"), ("Town", "the columns of the row are `Email`")] {
            let insert = contacts.insert(&row).unique_by(move |_| column).await.expect_err("no such column");
            let many = contacts.insert_many([&row]).unique_by(move |_| column).await.expect("a report");
            let many = many.into_result().expect_err("no such column");
            let sync = contacts.sync_many(move |_| column, [&row]).await.expect_err("no such column");
            for error in [insert, many, sync] {
                assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some(column)), "{error}");
                assert!(hint(&error).contains(expected), "{error}");
                assert!(!error.to_string().contains("Currency"), "{error}");
            }
        }
    }

    async fn attachments_and_passwords_of_an_unknown_column_have_a_hint(version) {
        let env = TestEnv::start().version(version).await;
        warm(&env).await;
        let contacts = env.caspio.table_named("Contacts");

        let error = contacts.set_password(1, |_| "Emial", "x").await.expect_err("unknown");

        let text = error.to_string();
        assert!(!text.contains("[REDACTED]"), "{text}");
        assert!(hint(&error).contains("did you mean `Email`?"), "{text}");
    }

    async fn a_struct_without_its_groups_gets_the_call_that_makes_them(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<caspio_tests::Contact>();

        let ungrouped = contacts.query().select::<PerLastName>().collect().await.expect_err("no groups");
        assert_eq!(ungrouped.field(), Some("Last_Name"), "{ungrouped}");
        assert!(hint(&ungrouped).contains("`.group_by(|c| c.last_name)`"), "{ungrouped}");

        let unselected = contacts.query().group_by(|c| c.last_name).collect().await.expect_err("no struct");
        assert!(hint(&unselected).contains("`.select::<T>()`"), "{unselected}");
    }

    async fn an_error_does_not_contain_the_text_of_a_condition(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Wrong>();

        let always = contacts.delete_where(|c| c.email.eq("ann@example.com") | c.pk_id.gt(0));
        let always = always.await.expect_err("refused");
        let open = contacts.filter_raw("Email = 'ann@example.com", ()).count().await.expect_err("refused");

        for error in [always, open] {
            let text = format!("{error} {error:?}");
            assert!(!text.contains("example.com"), "{text}");
        }
    }

    async fn counts_are_grammatical_and_empty_conditions_are_refused(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Wrong>();

        let marks = contacts.filter_raw("Email = ?", ()).count().await.expect_err("refused");
        assert!(marks.message().contains("1 question mark and 0 values"), "{marks}");
        let count = contacts.delete_where(|c| c.email.is_not_null() & c.pk_id.gt(2)).expect_count(1);
        let count = count.await.expect_err("refused");
        assert!(count.message().contains("1 record,"), "{count}");
        for text in ["", " ", "/* nothing */"] {
            let calls = env.emulator.calls().total();
            let empty = contacts.filter_raw(text, ()).count().await.expect_err("refused");
            assert_eq!(empty.kind(), ErrorKind::Refused, "{empty}");
            assert_eq!(env.emulator.calls().total(), calls);
        }
        let limited = contacts.query().limit(3).min(|c| c.email).await.expect_err("refused");
        assert!(limited.message().starts_with("`min` is not"), "{limited}");
    }

    async fn refused_rows_name_columns_as_the_account_spells_them(version) {
        let env = TestEnv::with(Emulator::builder().empty()).version(version).await;
        let table = TableDef::new("Parts")
            .field(FieldDef::new("SKU", DataType::Text255))
            .field(FieldDef::new("Contact_ID", DataType::Integer));
        env.emulator.create_table(table).expect("a table");
        let parts = env.caspio.table_named("Parts");
        parts.fields().await.expect("the fields");

        let row = RecordMap::from([("Contact_Id", "abc")]);
        let error = parts.insert(&row).await.expect_err("refused");
        assert_eq!(error.field(), Some("Contact_ID"), "{error}");
        assert!(error.message().contains("Contact_ID: expected"), "{error}");

        let rows = [RecordMap::from([("Sku", "A1")]), RecordMap::from([("Sku", "A1 ")])];
        let error = parts.sync_many(|_| "Sku", &rows).await.expect_err("refused");
        assert_eq!(error.field(), Some("SKU"), "{error}");
    }
}

#[tokio::test]
async fn a_view_that_may_be_a_table_has_a_hint() {
    let env = TestEnv::start().await;
    let error = env.caspio.view_named("Contacts").query().count().await;
    let error = error.expect_err("no such view");
    assert!(hint(&error).contains("not a table"), "{error}");
}

#[test]
fn a_call_outside_a_runtime_is_an_error() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let env = runtime.block_on(async { TestEnv::start().await });
    let contacts = env.caspio.table::<Wrong>();
    let later = std::time::Duration::from_secs(9);
    let reads = [
        contacts.query().count().now_or_never(),
        contacts.query().deadline(later).count().now_or_never(),
    ];
    for read in reads {
        let error = read.expect("at once").expect_err("no runtime");
        assert_eq!(error.kind(), ErrorKind::Config, "{error}");
        assert!(error.to_string().contains("tokio runtime"), "{error}");
    }
    let upload = caspio::attachment::Upload::file("Cargo.toml");
    let error = upload
        .now_or_never()
        .expect("at once")
        .expect_err("no runtime");
    assert_eq!(error.kind(), ErrorKind::Config);
}
