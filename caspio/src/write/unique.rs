//! Inserting once, by a column whose value tells records apart.

use super::canonical::literal;
use super::insert::prepared;
use crate::client::Client;
use crate::dialect::{Returning, inserted_key};
use crate::filter::literal::quoted_name;
use crate::record::{Key, Row};
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use std::borrow::Cow;
use std::time::Duration;

/// How often a record is sent.
pub(crate) const SENDS: u32 = 3;

/// How long to wait before each look: what was written is not always seen at once.
pub(crate) const LOOKS: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_secs(2),
];

/// The column whose value no two records share.
#[derive(Clone, Debug)]
pub(crate) struct Unique {
    column: Cow<'static, str>,
}

impl Unique {
    pub(crate) fn by(column: &str) -> Self {
        Self {
            column: column.to_owned().into(),
        }
    }

    pub(crate) async fn insert(
        &self,
        client: &Client,
        target: &Target,
        row: Row<'_>,
    ) -> Result<Key> {
        let condition = self.condition(&row).map_err(|what| {
            Error::new(ErrorKind::Refused, what)
                .with_operation("records.insert")
                .with_resource(target.to_string())
                .with_field(self.column.as_ref())
        })?;
        let body = prepared(client, target, row).await?;
        let mut sends = 0;
        loop {
            sends += 1;
            let sent = client.send_insert(target, &body, Returning::Nothing).await;
            let error = match sent.and_then(|response| inserted_key(&response)) {
                Ok(key) => return Ok(key),
                Err(error) => error,
            };
            let in_doubt = error.maybe_applied();
            let double = sends > 1 && error.kind() == ErrorKind::Conflict;
            if !in_doubt && !double {
                return Err(error);
            }
            match look(client, target, &condition).await {
                Ok(Some(key)) => return Ok(key),
                Ok(None) => {}
                Err(failed) => {
                    return Err(body
                        .tell(error.with_maybe_applied(true))
                        .with_hint(format!("it could not be looked for: {failed}")));
                }
            }
            if sends == SENDS || !is_unique(client, target, &self.column).await {
                return Err(body.tell(error.with_maybe_applied(true)).with_hint(format!(
                    "no record with this {} was found so far; it may still appear",
                    self.column
                )));
            }
        }
    }

    /// The condition that finds the record, by the value that it was given.
    fn condition(&self, row: &Row<'_>) -> std::result::Result<String, &'static str> {
        let value = row
            .get(&self.column)
            .ok_or("the record has no value in the column that tells it from others")?;
        let literal = literal(value).ok_or("such a value cannot tell records apart")?;
        Ok(format!("{} = {literal}", quoted_name(&self.column)))
    }
}

/// Whether Caspio would refuse a second record with the same value. Where the definition cannot be had it
/// counts as not unique, so that nothing is sent again.
pub(crate) async fn is_unique(client: &Client, target: &Target, column: &str) -> bool {
    let definitions = client.definitions(target).await;
    definitions.is_ok_and(|fields| {
        let mut fields = fields.iter();
        fields.any(|field| field.unique && field.name.eq_ignore_ascii_case(column))
    })
}

/// The key of the record for which the condition holds, looked for until it is seen. A look that fails is made
/// up for by the next.
async fn look(client: &Client, target: &Target, condition: &str) -> Result<Option<Key>> {
    let mut seen = Ok(None);
    for wait in LOOKS {
        tokio::time::sleep(wait).await;
        match client.first_key(target, condition).await {
            Ok(Some(key)) => return Ok(Some(key)),
            other => seen = other,
        }
    }
    seen
}
