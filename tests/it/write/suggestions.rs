//! Errors of writes name an unknown column and suggest a near one.

use caspio::prelude::*;
use caspio_tests::{Contact, TestEnv, on_every_version};
use serde_json::json;

fn has_hint(error: &caspio::Error, hint: &str) -> bool {
    error.hint().is_some_and(|found| found.contains(hint))
}

on_every_version! {
    async fn an_unknown_column_of_a_condition_is_named(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();

        for known in [false, true] {
            if known {
                contacts.fields().await.expect("fields");
            }
            let delete = contacts.delete_where_raw("Emial = 'x'", ()).await.expect_err("refused");
            let update = contacts.update_where_raw("Emial = 'x'", ()).set(|c| c.last_name.to("Rome"));
            let update = update.await.expect_err("refused");
            for error in [delete, update] {
                assert_eq!(error.field(), Some("Emial"), "{error}");
                assert!(has_hint(&error, "did you mean `Email`?"), "{error}");
            }
        }
        let far = contacts.delete_where_raw("Zzzzzzzz = 'x'", ()).await.expect_err("refused");
        assert!(has_hint(&far, "the columns of table \"Contacts\" are `"), "{far}");
    }

    async fn a_misspelt_column_that_identifies_rows_is_named(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table_named("Contacts");
        let row = RecordMap::from([("Email", json!("a@b.c")), ("First_Name", json!("Ann"))]);

        let insert = contacts.insert(&row).unique_by(|_| "Emial").await.expect_err("refused");
        let sync = contacts.sync_many(|_| "Emial", [&row]).await.expect_err("refused");

        for error in [insert, sync] {
            assert!(has_hint(&error, "did you mean `Email`?"), "{error}");
        }
    }
}
