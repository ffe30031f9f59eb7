//! The ids by which v4 identifies tables.

use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind, RecordMap, RetryPolicy};
use caspio_emulator::{Fault, Faults, Rule};
use caspio_tests::TestEnv;
use caspio_tests::scripted::client_of;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A client of v4 whose lists of tables are made by a function from the call's URL.
fn tables(list: impl Fn(&str) -> String + Send + Sync + 'static) -> Client {
    client_of(ApiVersion::V4, move |url| match url.contains("/records") {
        true => r#"{"data":[],"pagination":{"totalCount":0}}"#.to_owned(),
        false => list(url),
    })
}

fn names(range: std::ops::Range<usize>, total: usize) -> String {
    let name = |at| format!(r#"{{"tableId":"id{at}","name":"T{at}"}}"#);
    let names: Vec<String> = range.map(name).collect();
    let names = names.join(",");
    format!(r#"{{"data":[{names}],"pagination":{{"totalCount":{total}}}}}"#)
}

#[tokio::test]
async fn a_list_of_tables_is_read_to_its_total_though_pages_are_short() {
    let caspio = tables(|url| {
        let number = url.split("pageNumber=").nth(1).expect("a page");
        let number: usize = number
            .split('&')
            .next()
            .expect("digits")
            .parse()
            .expect("a number");
        let from = (number - 1) * 100;
        names(from..(from + 100).min(250), 250)
    });

    assert_eq!(caspio.tables().await.expect("the names").len(), 250);
    caspio
        .table_named("T249")
        .collect()
        .await
        .expect("a table of the last page");
}

#[tokio::test]
async fn a_list_of_tables_that_ends_before_its_total_is_an_error() {
    for list in [
        |_: &str| names(0..100, 250),
        |url: &str| {
            let is_first = url.contains("pageNumber=1&") || url.ends_with("pageNumber=1");
            names(if is_first { 0..100 } else { 0..0 }, 250)
        },
    ] {
        let error = tables(list).tables().await.expect_err("100 of 250");
        assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
    }
}

#[tokio::test]
async fn a_table_that_was_made_again_is_found_after_one_error() {
    let is_new = Arc::new(AtomicBool::new(false));
    let replaced = Arc::clone(&is_new);
    let caspio = client_of(ApiVersion::V4, move |url| {
        let id = if replaced.load(Ordering::Relaxed) {
            "new111"
        } else {
            "old111"
        };
        if !url.contains("/records") {
            return format!(r#"{{"data":[{{"tableId":"{id}","name":"Pets"}}]}}"#);
        }
        match url.contains(id) {
            true => r#"{"data":[]}"#.to_owned(),
            false => r#"{"Code":"TableNotFound","Message":"no such table"}"#.to_owned(),
        }
    });
    let pets = caspio.table_named("Pets");
    pets.collect().await.expect("the first table");
    is_new.store(true, Ordering::Relaxed);

    let error = pets.collect().await.expect_err("its id is unknown");
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    pets.collect().await.expect("the new table");
}

#[tokio::test]
async fn a_list_of_tables_that_is_not_found_is_an_error() {
    for code in ["TableNotFound", "ObjectNotFound"] {
        let answer = format!(r#"{{"Code":"{code}","Message":"no such object"}}"#);
        let caspio = tables(move |_| answer.clone());
        let read = caspio.table_named("Pets").collect();

        let read = tokio::time::timeout(std::time::Duration::from_secs(10), read).await;

        let error = read.expect("no endless wait").expect_err("not found");
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    }
}

#[tokio::test]
async fn a_name_that_is_not_listed_is_an_error_of_the_call_with_the_nearest_name() {
    for version in [ApiVersion::V2, ApiVersion::V3, ApiVersion::V4] {
        let env = TestEnv::start().version(version).await;
        let table = env.caspio.table_named("Contcts");
        let row = RecordMap::from([("Last_Name", "A")]);
        let many = table
            .insert_many([&row, &row])
            .await
            .expect_err("no such table");
        let mut errors = vec![(many, "records.insert_many")];
        if version == ApiVersion::V4 {
            let read = table.collect().await.expect_err("no such table");
            let insert = table.insert(&row).await.expect_err("no such table");
            let delete = table.delete(1).await.expect_err("no such table");
            errors.push((read, "records.list"));
            errors.push((insert, "records.insert"));
            errors.push((delete, "records.delete"));
        }
        for (error, operation) in errors {
            assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
            assert_eq!(error.operation(), Some(operation), "{version}: {error}");
            let hint = error.hint().expect("a hint");
            assert!(hint.contains("did you mean `Contacts`?"), "{hint}");
            assert!(hint.contains("not a view"), "{hint}");
        }
    }
}

#[tokio::test]
async fn a_read_of_the_list_that_is_not_polled_holds_no_other_call_up() {
    let env = TestEnv::start().version(ApiVersion::V4).await;
    env.caspio.test_connection().await.expect("a token");
    let slow = Faults::none().latency(Duration::from_millis(100));
    env.emulator.set_faults(slow);
    let mut contacts = env.caspio.table_named("Contacts").stream();
    assert!(futures::poll!(contacts.try_next()).is_pending());
    env.emulator.reset_calls();

    let count = env.caspio.table_named("Contacts").count();
    let count = tokio::time::timeout(Duration::from_secs(20), count).await;

    count.expect("no endless wait").expect("a count");
    let first = contacts.try_next().await.expect("a read");
    first.expect("a contact");
    assert_eq!(env.emulator.calls().operation("ListTables"), 1);
}

async fn read_at_once(env: &TestEnv, table: &str) -> Vec<caspio::Error> {
    let tasks = (0..16).map(|_| {
        let table = env.caspio.table_named(table);
        async move {
            table
                .collect()
                .await
                .expect_err("no list, or no such table")
        }
    });
    futures::future::join_all(tasks).await
}

#[tokio::test]
async fn a_list_that_cannot_be_read_fails_for_all_who_wait_for_it() {
    let env = TestEnv::start().version(ApiVersion::V4).await;
    let fails = Rule::new(Fault::InternalError).operation("ListTables");
    env.emulator
        .set_faults(Faults::none().rule(fails.rate(1.0)));

    let errors = read_at_once(&env, "Contacts").await;

    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Server, "{error}");
    }
    assert_eq!(env.emulator.calls().operation("ListTables"), 1);
    env.emulator.set_faults(Faults::none());
    let contacts = env.caspio.table_named("Contacts").count().await;
    contacts.expect("the list is read again");
}

#[tokio::test]
async fn a_table_that_is_not_listed_is_looked_for_once_by_all_who_wait() {
    let env = TestEnv::start().version(ApiVersion::V4).await;

    let errors = read_at_once(&env, "Nothing").await;

    for error in errors {
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    }
    // Those who came during the first reading need one that began after they came.
    let calls = env.emulator.calls().operation("ListTables");
    assert!(calls <= 2, "{calls}");
}

/// A client of v4 that gives up a call after 0.3 seconds of rate limits, and a bulk write after 20.
async fn env_with_a_rate_limit(operation: &str) -> TestEnv {
    let env = TestEnv::start().version(ApiVersion::V4).await;
    let refused = Rule::new(Fault::RateLimit).operation(operation);
    env.emulator
        .set_faults(Faults::none().rule(refused.rate(1.0)));
    let policy = RetryPolicy::default()
        .deadline(Duration::from_millis(300))
        .rate_limit_backoff(Duration::from_millis(20), Duration::from_millis(50))
        .bulk_rate_limit_wait(Duration::from_secs(20));
    let caspio = Client::builder()
        .account(env.emulator.url())
        .credentials(env.emulator.client_id(), env.emulator.client_secret())
        .api_version(ApiVersion::V4)
        .retry(policy)
        .build()
        .expect("a client");
    TestEnv { caspio, ..env }
}

/// Reads a record while a bulk write waits for the same list, and ends the rate limit when the read has failed.
async fn reads_beside_a_bulk_write(env: &TestEnv, read: impl Future<Output = caspio::Result<()>>) {
    let people = env.caspio.table_named("Contacts");
    let rows = [RecordMap::from([("Last_Name", "New")])];
    let write = async { people.insert_many(&rows).await };
    let read = async {
        let failed = tokio::time::timeout(Duration::from_secs(2), read).await;
        env.emulator.set_faults(Faults::none());
        failed
    };

    let (read, written) = futures::join!(read, write);

    let error = read.expect("its own time limit").expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::RateLimited, "{error}");
    let report = written.expect("the write waited");
    assert_eq!(report.inserted, 1);
}

#[tokio::test]
async fn a_bulk_write_does_not_share_the_failure_of_a_call_that_waits_for_less_time() {
    let env = env_with_a_rate_limit("ListTables").await;
    let contacts = env.caspio.table_named("Contacts");
    reads_beside_a_bulk_write(&env, async { contacts.get(1).await.map(drop) }).await;
}
