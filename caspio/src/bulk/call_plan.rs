//! The calls that write records by their keys.

use super::insert::CONCURRENCY;
use super::stop::StopSignal;
use crate::client::Client;
use crate::concurrency::Concurrency;
use crate::dialect::{RecordSelector, affected, affected_by_key};
use crate::filter::Expr;
use crate::read::{KeyBatch, MAX_URI, key_batches};
use crate::record::{Key, PK_ID};
use crate::target::Target;
use crate::write::key_lookup::KeyLookup;
use crate::write::update_by_key::record_of;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Response, Result};
use std::collections::HashSet;
use std::time::Duration;

/// How records are written by their keys.
#[derive(Clone, Debug)]
pub(crate) struct CallPlan {
    /// The program's own client.
    pub(crate) own: Client,
    /// The client that writes.
    pub(crate) client: Client,
    pub(crate) target: Target,
    pub(crate) concurrency: Concurrency,
    pub(crate) stop: StopSignal,
}

impl CallPlan {
    pub(crate) fn new(client: &Client, target: &Target) -> Self {
        Self {
            own: client.for_bulk_writes(),
            client: client.for_bulk_writes(),
            target: target.clone(),
            concurrency: CONCURRENCY,
            stop: StopSignal::new(),
        }
    }

    /// The batches in which groups of keys are written: 1,000 keys each through v4, which takes them in the body,
    /// where that saves calls; otherwise as many keys as fit a URL.
    pub(crate) async fn batches(
        &mut self,
        groups: Vec<Vec<Key>>,
        operation: &'static str,
    ) -> Result<Vec<Vec<KeyBatch>>> {
        let bulk = |group: &Vec<Key>| key_batches(group.clone(), usize::MAX).unwrap_or_default();
        let bulk: Vec<_> = groups.iter().map(bulk).collect();
        let Some(room) = self.room() else {
            return Ok(bulk);
        };
        let own = groups.into_iter().map(|group| key_batches(group, room));
        let own: Vec<_> = own.collect::<Option<_>>().ok_or_else(|| self.no_room())?;
        let calls = |batches: &[Vec<KeyBatch>]| batches.iter().map(Vec::len).sum::<usize>();
        if self.own.has_no_bulk() || calls(&own) <= calls(&bulk) {
            return Ok(own);
        }
        let known = self.own.known_bulk(&self.target).await;
        let to_learn = usize::from(known.is_none());
        if calls(&own) <= calls(&bulk) + to_learn {
            return Ok(own);
        }
        match self.own.bulk(&self.target, operation).await? {
            Some(client) => {
                self.client = client;
                Ok(bulk)
            }
            None => Ok(own),
        }
    }

    /// How many records a write of these keys changed.
    pub(super) fn counted(&self, keys: &[Key], response: &Response) -> Result<u64> {
        match keys {
            [_] => affected_by_key(self.client.dialect(), response),
            _ => affected(response.body()),
        }
    }

    /// Reads after each delay which of the keys have a record after a write, until their number is as expected: a read
    /// right after a write may see the records as they were before it. One call for each delay, or fewer.
    pub(super) async fn existing_after(
        &self,
        keys: &[Key],
        delays: &[Duration],
        is_expected: impl Fn(u64) -> bool,
    ) -> Result<HashSet<Key>> {
        let lookup = KeyLookup::new(&self.own, &self.target, []);
        let mut found = HashSet::new();
        for delay in delays {
            tokio::time::sleep(*delay).await;
            found = lookup.existing(keys.to_vec(), self.concurrency).await?;
            if is_expected(found.len() as u64) {
                break;
            }
        }
        Ok(found)
    }

    /// How many characters of the URL a condition may take; `None` if it is sent in the body.
    fn room(&self) -> Option<usize> {
        let records = self.own.records_url_by_name(&self.target);
        let frame = format!("{PK_ID} IN ()");
        let length = self.own.dialect().condition_url_length(&records, &frame)?;
        Some(MAX_URI.saturating_sub(length))
    }

    fn no_room(&self) -> Error {
        Error::new(
            ErrorKind::Refused,
            "the write's URL is too long for even one key",
        )
        .with_resource(self.target.to_string())
    }
}

/// Selects the records of a batch.
pub(super) fn selector(keys: &[Key], condition: &Expr) -> RecordSelector {
    match keys {
        [key] => record_of(key),
        _ => RecordSelector::Keys(condition.to_sql()),
    }
}
