//! Queries that are restricted step by step, awaited, and read at the same time.

use caspio::ErrorKind;
use caspio::prelude::*;
use caspio_tests::{Contact, Order, TestEnv, on_every_version};

fn adults(contacts: Vec<Contact>) -> usize {
    contacts.iter().filter(|c| c.age >= Some(18)).count()
}

on_every_version! {
    async fn conditions_are_added_in_an_if(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();
        let all = contacts.collect().await.expect("a read").len();
        let expected = adults(contacts.collect().await.expect("a read"));

        for (min_age, found) in [(Some(18), expected), (None, all)] {
            let mut query = contacts.query();
            if let Some(age) = min_age {
                query = query.filter(|c| c.age.ge(age));
            }
            assert_eq!(query.await.expect("a read").len(), found);

            let optional = contacts.filter(|c| min_age.map(|age| c.age.ge(age)));
            assert_eq!(optional.await.expect("a read").len(), found);

            let c = Contact::COLUMNS;
            let filter = Filter::all([min_age.map(|age| c.age.ge(age)), None]);
            assert_eq!(contacts.filter_by(filter).count().await.expect("a count"), found as u64);
        }
    }

    async fn reads_of_dropped_handles_run_concurrently(version) {
        let env = TestEnv::start().version(version).await;

        let (contacts, orders, first) = tokio::try_join!(
            env.caspio.table::<Contact>().collect(),
            env.caspio.table::<Order>().count(),
            env.caspio.table::<Contact>().get(1),
        )
        .expect("three reads");

        assert!(!contacts.is_empty() && orders == 10_000);
        assert_eq!(first.map(|contact| contact.pk_id), Some(1));
    }

    async fn a_write_for_every_record_is_refused_before_any_call(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();
        let c = Contact::COLUMNS;
        env.emulator.reset_calls();

        for everything in [
            Filter::all([None]),
            c.pk_id.gt(0),
            c.email.is_null() | c.email.is_not_null(),
            !Filter::any([]),
        ] {
            let error = contacts.delete_where_by(everything).await.expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        }
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn an_unknown_column_is_named_with_the_nearest_one(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();
        let misspelt = contacts.filter_raw("First_Nmae = ?", ("Ann",));

        let stopped = misspelt.clone().collect().await.expect_err("no such column");
        let uncounted = misspelt.count().await.expect_err("no such column");

        for error in [stopped, uncounted] {
            assert_eq!(error.field(), Some("First_Nmae"), "{error}");
            assert_eq!(error.hint(), Some("did you mean `First_Name`?"), "{error}");
        }
    }
}
