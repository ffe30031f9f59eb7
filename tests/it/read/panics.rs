//! A panic in the program's own code while a page is decoded, after which the program goes on.

use caspio::ErrorKind;
use caspio::field::{Deserializer, Field, FieldType, kind};
use caspio::prelude::*;
use caspio::read::RecordStream;
use caspio_tests::{TestEnv, on_every_version};
use futures::FutureExt;
use serde_json::json;
use std::panic::AssertUnwindSafe;

/// Text that cannot be read if it is [`TRAP`].
struct Fragile;

const TRAP: &str = "trap";

impl FieldType for Fragile {
    type Kind = kind::Text;
    type Value = Self;
    const EXPECTED: &'static str = "text";
}

impl<'de> Field<'de> for Fragile {
    fn read<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        let text = String::read(value)?;
        assert_ne!(text, TRAP);
        Ok(Self)
    }
}

#[derive(CaspioTable)]
#[caspio(table = "Orders")]
struct FragileOrder {
    #[caspio(pk)]
    pk_id: i64,
    quantity: i64,
    #[caspio(read_only)]
    #[allow(dead_code, reason = "it panics when it is read")]
    status: Fragile,
}

fn set_status(env: &TestEnv, status: &str) {
    let updated = env
        .emulator
        .update("Orders", "PK_ID = 1500", json!({ "Status": status }));
    assert_eq!(updated.expect("an update"), 1);
}

/// Reads on after panics. Returns how many records came before the error that ends the stream, and its kind.
async fn read_on(stream: &mut RecordStream<FragileOrder>) -> (usize, Option<ErrorKind>) {
    let mut read = 0;
    loop {
        match AssertUnwindSafe(stream.try_next()).catch_unwind().await {
            Ok(Ok(Some(_))) => read += 1,
            Ok(Ok(None)) => return (read, None),
            Ok(Err(error)) => return (read, Some(error.kind())),
            Err(_) => {}
        }
    }
}

on_every_version! {
    async fn no_record_after_a_page_that_was_not_decoded_is_delivered(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<FragileOrder>();
        for concurrency in [1, 4] {
            set_status(&env, TRAP);
            let query = || orders.query().concurrency(concurrency);
            let mut stream = query().stream();

            let (read, error) = read_on(&mut stream).await;

            assert_eq!((read, error), (1_000, Some(ErrorKind::Incomplete)), "{concurrency}");
            set_status(&env, "New");
            let rest = query().resume_from(&stream.position()).collect().await.expect("the rest");
            assert_eq!((rest.len(), rest[0].pk_id), (9_000, 1_001));
        }
    }

    async fn the_parts_of_a_long_list_end_together(version) {
        let env = TestEnv::start().version(version).await;
        set_status(&env, TRAP);
        let every: Vec<i64> = (0..1_000).collect();
        let orders = env.caspio.table::<FragileOrder>();
        let mut stream = orders.filter(|o| o.quantity.in_(&every)).stream();

        let (read, error) = read_on(&mut stream).await;

        assert_eq!(error, Some(ErrorKind::Incomplete));
        assert!(read < 1_500, "{read}");
    }
}
