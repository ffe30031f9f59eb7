//! Errors: responses of any status with headers, to a read and to writes.
//!
//! An error is one line and has no token; an insert is sent again only after a rate limit.
#![cfg_attr(fuzzing, no_main)]

use caspio::prelude::*;
use caspio::{ApiVersion, Error};
use caspio_fuzz::checks::{in_proportion, lines};
use caspio_fuzz::responses::{self, Service};
use http::Method;
use std::sync::Arc;
use std::time::Duration;

/// The longest wait that the service can ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(366 * 24 * 3600);

#[derive(Debug, CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    #[allow(dead_code)]
    email: Option<String>,
}

#[derive(Debug, CaspioInsert)]
#[caspio(table = Contact)]
struct NewContact {
    email: Option<String>,
}

caspio_fuzz::target!(run);

fn run(input: &[u8]) {
    let (version, responses) = responses::version(input);

    for operation in 0..4 {
        let service = Service::of(responses);
        let ended = in_proportion(input, || perform(operation, &service, version));

        if let Err(error) = ended {
            check(&error);
        }
        check_inserts(&service);
    }
}

fn perform(operation: u8, service: &Arc<Service>, version: ApiVersion) -> Result<(), Error> {
    let client = responses::client(service, version);
    let contacts = client.table::<Contact>();
    responses::run(async {
        match operation {
            0 => drop(contacts.get(1).await?),
            1 => {
                let email = Some("ada@example.com".to_owned());
                let _: i64 = contacts.insert(&NewContact { email }).await?;
            }
            2 => {
                let mut row = RecordMap::new();
                row.insert("Email", "ada@example.com");
                let rows = client.table_named("Contacts").insert_many([row]).await?;
                drop(rows);
            }
            _ => drop(contacts.delete_where(|c| c.email.is_null()).await?),
        }
        Ok(())
    })
}

fn check(error: &Error) {
    lines(error);
    let shown = format!("{error} {error:?} {error:#?}");
    assert!(!shown.contains(responses::TOKEN), "{shown}");
    assert!(error.retry_after().is_none_or(|wait| wait <= LONGEST_WAIT));
}

/// An insert is sent again only if the service refused it for its rate limit.
fn check_inserts(service: &Service) {
    let inserts = service
        .seen()
        .iter()
        .filter(|seen| seen.method == Method::POST)
        .count();
    let [response] = service.responses() else {
        return;
    };
    let status = response.status().as_u16();
    let is_rate_limit = status == 429 || (400..500).contains(&status);
    assert!(
        inserts <= 1 || is_rate_limit,
        "{inserts} inserts after status {status}"
    );
}
