//! Records: pages of a table, read into a struct and into maps.
//!
//! Two reads of the same responses give the same; a value of a struct is that of the map; an error is one line.
#![cfg_attr(fuzzing, no_main)]

use caspio::prelude::*;
use caspio::{ApiVersion, Error};
use caspio_fuzz::checks::{in_proportion, lines};
use caspio_fuzz::responses::{self, Service};
use std::collections::HashSet;
use uuid::Uuid;

/// A record of the emulator's sample table.
#[derive(Debug, PartialEq, CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    first_name: String,
    email: Option<String>,
    balance: Option<Decimal>,
    score: Option<f64>,
    age: Option<i32>,
    joined: Option<DateTime>,
    active: bool,
    #[caspio(read_only)]
    guid: Option<Uuid>,
    interests: List<String>,
    lucky_numbers: List<Decimal>,
    anniversaries: List<DateTime>,
    #[caspio(read_only)]
    full_name: Option<String>,
}

caspio_fuzz::target!(run);

fn run(input: &[u8]) {
    let (version, responses) = responses::version(input);

    let typed = in_proportion(input, || typed(version, responses));
    let again = self::typed(version, responses);
    let maps = in_proportion(input, || maps(version, responses));

    let shown = |read: &Result<_, Error>| match read {
        Ok(records) => format!("{records:?}"),
        Err(error) => error.to_string(),
    };
    assert_eq!(shown(&typed), shown(&again));
    for error in [typed.as_ref().err(), maps.as_ref().err()]
        .into_iter()
        .flatten()
    {
        lines(error);
        assert!(
            !format!("{error:?}").contains(responses::TOKEN),
            "{error:?}"
        );
    }
    if let (Ok(records), Ok(maps)) = (typed, maps) {
        assert_eq!(records.len(), maps.len());
        let pairs = records.iter().zip(&maps);
        let pairs = pairs.filter(|(_, map)| !has_repeated(map));
        pairs.for_each(|(record, map)| same(record, map).expect("a value"));
    }
}

fn typed(version: ApiVersion, responses: &[u8]) -> Result<Vec<Contact>, Error> {
    let client = responses::client(&Service::of(responses), version);
    responses::run(client.table::<Contact>().query().page_size(3).collect())
}

fn maps(version: ApiVersion, responses: &[u8]) -> Result<Vec<RecordMap>, Error> {
    let client = responses::client(&Service::of(responses), version);
    responses::run(
        client
            .table_named("Contacts")
            .query()
            .page_size(3)
            .collect(),
    )
}

/// Whether a column is in a map twice. A struct has the last of its values then, and a map returns the first.
fn has_repeated(map: &RecordMap) -> bool {
    let mut names = HashSet::new();
    map.iter()
        .any(|(name, _)| !names.insert(name.to_lowercase()))
}

fn same(record: &Contact, map: &RecordMap) -> Result<(), Error> {
    assert_eq!(record.pk_id, map.get_as::<i64>("PK_ID")?);
    assert_eq!(record.first_name, map.get_as::<String>("First_Name")?);
    assert_eq!(record.email, map.get_as::<Option<String>>("Email")?);
    assert_eq!(record.balance, map.get_as::<Option<Decimal>>("Balance")?);
    assert_eq!(record.score, map.get_as::<Option<f64>>("Score")?);
    assert_eq!(record.age, map.get_as::<Option<i32>>("Age")?);
    assert_eq!(record.joined, map.get_as::<Option<DateTime>>("Joined")?);
    assert_eq!(record.active, map.get_as::<bool>("Active")?);
    assert_eq!(record.guid, map.get_as::<Option<Uuid>>("Guid")?);
    assert_eq!(record.interests, map.get_as::<List<String>>("Interests")?);
    assert_eq!(
        record.lucky_numbers,
        map.get_as::<List<Decimal>>("Lucky_Numbers")?
    );
    assert_eq!(
        record.anniversaries,
        map.get_as::<List<DateTime>>("Anniversaries")?
    );
    assert_eq!(record.full_name, map.get_as::<Option<String>>("Full_Name")?);
    Ok(())
}
