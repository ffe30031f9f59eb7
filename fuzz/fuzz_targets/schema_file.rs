//! The schema file.
//!
//! A file that is read is written and read as the same schema, without differences; an error is one line.
#![cfg_attr(fuzzing, no_main)]

use caspio_fuzz::checks::{in_proportion, lines};
use caspio_schema::Schema;

caspio_fuzz::target!(run);

fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };

    let schema = match in_proportion(input, || Schema::from_json(text)) {
        Ok(schema) => schema,
        Err(error) => return lines(&error),
    };

    let written = schema.to_json();
    let again = Schema::from_json(&written).expect("a file that was written");
    assert_eq!(again.to_json(), written);
    assert!(schema.diff(&again).is_empty(), "{written}");
}
