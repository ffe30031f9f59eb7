//! Positions of reads, as text.
//!
//! A position has one text; one that this program did not make is refused before any call.
#![cfg_attr(fuzzing, no_main)]

use caspio::read::Position;
use caspio::{ApiVersion, ErrorKind};
use caspio_fuzz::checks::{in_proportion, lines};
use caspio_fuzz::responses::{self, Service};

/// The start of the read below, as an earlier program with the same secret stored it.
const STORED: &str = include_str!("../seeds/positions/start");

caspio_fuzz::target!(run);

fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };

    let position = match in_proportion(input, || text.parse::<Position>()) {
        Ok(position) => position,
        Err(error) => return lines(&error),
    };

    assert_eq!(position.to_string(), text);
    let service = Service::of(b"{\"Result\":[]}");
    let client = responses::builder(&service, ApiVersion::V3).position_secret("of this target");
    let client = client.build().expect("a client");
    let read = client.table_named("Contacts").resume_from(&position);
    match responses::run(read.collect()) {
        Ok(_) => assert_eq!(text, STORED),
        Err(error) => {
            lines(&error);
            assert_ne!(text, STORED);
            assert_eq!(error.kind(), ErrorKind::Refused);
            assert!(
                service.seen().is_empty(),
                "{text} was not refused before a call"
            );
        }
    }
}
