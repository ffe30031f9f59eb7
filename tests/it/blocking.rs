//! The SDK in a program that is not asynchronous.

use caspio::prelude::*;
use caspio::{BlockingRuntime, ErrorKind};
use caspio_tests::TestEnv;
use serde_json::json;

#[test]
fn a_program_that_is_not_asynchronous_reads_and_writes() {
    let runtime = BlockingRuntime::new().expect("a runtime");
    let env = runtime.wait(TestEnv::start());
    let contacts = env.caspio.table_named("Contacts");

    let key = runtime
        .wait(contacts.insert(&RecordMap::from_iter([(
            "Last_Name".to_owned(),
            json!("Lee"),
        )])))
        .expect("a new record");
    let all = runtime.wait(contacts.query()).expect("all records");
    let streamed: Result<Vec<_>, _> = runtime
        .iter(contacts.query().page_size(7).stream())
        .collect();
    let of_query: Result<Vec<_>, _> = runtime.iter(contacts.query()).collect();
    let of_reference: Result<Vec<_>, _> = runtime.iter(&contacts.query()).collect();
    let of_table: Result<Vec<_>, _> = runtime.iter(&contacts).collect();
    let some: Vec<_> = runtime.iter(contacts.clone()).take(3).collect();
    runtime.wait(contacts.delete(key)).expect("deleted");
    runtime.wait(env.caspio.settle());

    assert!(all.len() > 7);
    for read in [streamed, of_query, of_reference, of_table] {
        assert_eq!(read.expect("all records"), all);
    }
    assert_eq!(some.len(), 3);
    let missing = runtime.wait(contacts.get(key)).expect("a response");
    assert_eq!(missing, None);
}

#[test]
fn the_error_of_a_stream_is_an_item() {
    let runtime = BlockingRuntime::new().expect("a runtime");
    let env = runtime.wait(TestEnv::start());

    let items: Vec<_> = runtime
        .iter(env.caspio.table_named("Nothing").query().stream())
        .collect();

    assert_eq!(items.len(), 1);
    let error = items[0].as_ref().expect_err("there is no such table");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}
