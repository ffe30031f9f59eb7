//! Rows that are checked before they are sent.

use caspio::ErrorKind;
use caspio::prelude::*;
use caspio_tests::{TestEnv, on_every_version};
use serde_json::json;

on_every_version! {
    async fn a_row_is_checked_without_being_sent(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table_named("Contacts");
        let before = env.emulator.count("Contacts").expect("a count");
        let right = RecordMap::from([("First_Name", json!("Ann")), ("Age", json!(30))]);
        let wrong = RecordMap::from([("First_Name", json!("x".repeat(256))), ("Nonsense", json!(1))]);
        env.emulator.reset_calls();

        contacts.check(&right).await.expect("nothing wrong");
        let calls = env.emulator.calls().total();
        for _ in 0..3 {
            let error = contacts.check(&wrong).await.expect_err("refused");
            assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("First_Name, Nonsense")));
        }

        assert_eq!(env.emulator.calls().total(), calls, "the fields are read once");
        assert_eq!(env.emulator.count("Contacts").expect("a count"), before);
    }

    async fn rows_are_checked_against_fields_that_were_read(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table_named("Contacts");
        contacts.fields().await.expect("the fields");
        let wrong = RecordMap::from([("First_Name", json!("x".repeat(256)))]);

        let error = contacts.insert(&wrong).await.expect_err("refused");

        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        assert_eq!(env.emulator.calls().operation("CreateTableRecord"), 0);
    }

    async fn all_violations_of_a_map_are_reported_together(version) {
        let env = TestEnv::start().version(version).await;
        let caspio = Client::builder()
            .account(env.emulator.url())
            .credentials(env.emulator.client_id(), env.emulator.client_secret())
            .api_version(version)
            .write_checks(caspio::WriteChecks::Always)
            .build()
            .expect("a client");
        let new = RecordMap::from([
            ("First_Name", json!("x".repeat(256))),
            ("Age", json!(0.5)),
            ("Full_Name", json!("computed")),
            ("Guid", json!("generated")),
            ("Resume", json!("a.pdf")),
            ("Joined", json!("")),
            ("Balance", json!("much")),
            ("Active", json!("yes")),
            ("Nonsense", json!(1)),
            ("Interests", json!(["Nonsense"])),
            ("Last_Name", json!("right")),
        ]);
        env.emulator.reset_calls();

        let error = caspio.table_named("Contacts").insert(&new).await.expect_err("refused");

        let faulty = "First_Name, Age, Full_Name, Guid, Resume, Joined, Balance, Active, Nonsense, Interests";
        assert_eq!(error.field(), Some(faulty), "{error}");
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert_eq!(env.emulator.calls().operation("CreateTableRecord"), 0);
    }
}
