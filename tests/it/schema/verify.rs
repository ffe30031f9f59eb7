//! Comparing structs with the definitions of their tables and views.

use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind};
use caspio_tests::{Contact, Order, TestEnv, on_every_version};

/// A struct with every kind of mismatch, and columns that fit between them.
#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
#[allow(dead_code, reason = "never read")]
struct Wrong {
    #[caspio(pk)]
    pk_id: i64,
    frist_name: String,
    balance: Option<f64>,
    score: Option<Decimal>,
    joined: Option<String>,
    active: Option<i32>,
    interests: String,
    secret: Option<String>,
    favourite_colour: Option<String>,
}

#[derive(CaspioView)]
#[caspio(view = "Order_Details")]
#[allow(dead_code, reason = "never read")]
struct Detail {
    #[caspio(pk)]
    pk_id: String,
    total: Option<Decimal>,
}

#[derive(CaspioTable)]
#[caspio(table = "City")]
#[allow(dead_code, reason = "never read")]
struct City {
    #[caspio(pk)]
    pk_id: i64,
    population: Option<i32>,
}

#[derive(CaspioRecord)]
#[caspio(of = Order)]
#[allow(dead_code, reason = "never read")]
struct PerStatus {
    status: String,
    #[caspio(expr = "COUNT(*)")]
    orders: u64,
    #[caspio(sum = total)]
    total: Option<Decimal>,
}

#[derive(CaspioTable)]
#[caspio(table = "Cats")]
#[allow(dead_code, reason = "never read")]
struct Cat {
    #[caspio(pk)]
    pk_id: i64,
    name: String,
}

on_every_version! {
    async fn a_matching_record_reports_possible_surprises(version) {
        let env = TestEnv::start().version(version).await;

        let contact = env.caspio.verify::<Contact>().await.expect("it fits");
        env.caspio.verify::<PerStatus>().await.expect("it fits");

        assert_eq!(contact.may_be_null, ["First_Name", "Last_Name"]);
        assert!(contact.not_writable.is_empty());
    }

    async fn all_mismatches_are_reported_together(version) {
        let env = TestEnv::start().version(version).await;

        let error = env.caspio.verify::<Wrong>().await.expect_err("it does not fit");

        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(error.resource(), Some("table \"Contacts\""));
        assert_eq!(
            error.message(),
            "the struct `Wrong` does not fit: \
             field `frist_name`: there is no column \"Frist_Name\", did you mean \"First_Name\"?; \
             field `balance`: column \"Balance\" is CURRENCY, which `Option<f64>` does not hold; use `Decimal`; \
             field `joined`: column \"Joined\" is DATE/TIME, which `Option<String>` does not hold; use `DateTime`; \
             field `active`: column \"Active\" is YES/NO, which `Option<i32>` does not hold; use `bool`; \
             field `interests`: column \"Interests\" is LIST-STRING, which `String` does not hold; use `List`; \
             field `secret`: column \"Secret\" is a password, which Caspio never returns; \
             field `favourite_colour`: there is no column \"Favourite_Colour\""
        );
    }

    async fn a_missing_table_names_the_struct(version) {
        let env = TestEnv::start().version(version).await;

        let error = env.caspio.verify::<Cat>().await.expect_err("no such table");

        assert!(error.is_not_found());
        assert!(error.to_string().contains("`Cat`"), "{error}");
    }
}

#[tokio::test]
async fn a_view_is_verified_too_and_on_v2_refused() {
    let v3 = TestEnv::start().await;
    v3.caspio.verify::<Detail>().await.expect("it fits");

    let v2 = TestEnv::start().version(ApiVersion::V2).await;
    let error = v2
        .caspio
        .verify::<Detail>()
        .await
        .expect_err("v2 does not report the fields");
    assert_eq!(error.kind(), ErrorKind::Refused);
}

#[tokio::test]
async fn verify_reads_the_current_schema() {
    let env = TestEnv::start().await;
    env.caspio.verify::<City>().await.expect("it fits");

    let contacts = env.caspio.table::<Contact>();
    contacts
        .delete_field("Score")
        .await
        .expect_err("a formula is built on it");
    let cities = env.caspio.table::<City>();
    cities.delete_field("Population").await.expect("deleted");

    let error = env
        .caspio
        .verify::<City>()
        .await
        .expect_err("it no longer fits");
    assert_eq!(error.field(), Some("Population"));
}

#[tokio::test]
async fn connecting_verifies_every_record_with_one_call_each() {
    let env = TestEnv::start().await;
    let builder = Client::builder()
        .account(env.emulator.url())
        .credentials(env.emulator.client_id(), env.emulator.client_secret())
        .verify_on_start::<(Contact, Order)>();

    let caspio = builder.connect().await.expect("all fit");

    assert_eq!(env.emulator.calls().total(), 3);
    assert_eq!(
        caspio.table::<Contact>().count().await.expect("a count"),
        200
    );
}

#[tokio::test]
async fn connecting_names_every_record_that_does_not_fit() {
    let env = TestEnv::start().await;
    let builder = Client::builder()
        .account(env.emulator.url())
        .credentials(env.emulator.client_id(), env.emulator.client_secret())
        .verify_on_start::<(Wrong, Contact)>()
        .verify_on_start::<Cat>();

    let error = builder.connect().await.expect_err("two do not fit");

    let text = error.to_string();
    assert!(text.contains("`Wrong`") && text.contains("`Cat`"), "{text}");
}

#[tokio::test]
async fn building_with_records_to_verify_is_refused() {
    let builder = Client::builder()
        .account("b3poa")
        .credentials("id", "secret")
        .verify_on_start::<Contact>();

    let error = builder.build().expect_err("it takes a call");

    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("connect().await"), "{error}");
}
