//! Fields: the definitions of tables and views, as the service returns them.
//!
//! A schema can be stored in a file; an error is one line.
#![cfg_attr(fuzzing, no_main)]

use caspio::schema::Schema;
use caspio::{ApiVersion, Error};
use caspio_fuzz::checks::{in_proportion, lines};
use caspio_fuzz::responses::{self, Service};

caspio_fuzz::target!(run);

fn run(input: &[u8]) {
    let (version, responses) = responses::version(input);

    for read in [account, table] {
        match in_proportion(input, || read(version, responses)) {
            Ok(schema) => check(schema),
            Err(error) => lines(&error),
        }
    }
}

/// Reads the schema of the whole account.
fn account(version: ApiVersion, responses: &[u8]) -> Result<Schema, Error> {
    let client = responses::client(&Service::of(responses), version);
    responses::run(async { client.schema().await })
}

/// Reads the schema of a table and a view.
fn table(version: ApiVersion, responses: &[u8]) -> Result<Schema, Error> {
    let client = responses::client(&Service::of(responses), version);
    responses::run(async {
        client
            .schema()
            .tables(["Contacts"])
            .views(["Active_Contacts"])
            .await
    })
}

/// The file of a schema has the same schema. Names that a response has twice are refused there.
fn check(schema: Schema) {
    let text = schema.to_json();
    match Schema::from_json(&text) {
        Ok(stored) => assert_eq!(stored.to_json(), text),
        Err(error) => assert!(
            error.to_string().ends_with("is there twice"),
            "{error}\n{text}"
        ),
    }
}
