//! Reading a few columns of many records, to learn what is there.

use crate::client::Client;
use crate::decode::{RawRow, raw_rows};
use crate::dialect::{self, ListParams, Window};
use crate::field::kind;
use crate::filter::Expr;
use crate::filter::literal::{Literal, ToLiteral};
use crate::filter::sql::quoted_name;
use crate::read::{KeyBatch, MAX_PAGE, MAX_URI, key_batches, key_literal};
use crate::record::{Key, PK_ID};
use crate::target::Target;
use crate::value::FieldValue;
use bytes::Bytes;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::{StreamExt, TryStreamExt, stream};
use std::collections::HashSet;

/// The longest `select` that is spelled out; beyond it all columns are read, to leave room in the address.
const MAX_SELECT: usize = 1000;
/// Room for the place of later pages, ` AND PK_ID > ...`, percent-encoded, and for v4's id in place of a
/// short name.
const ROOM_FOR_PLACE: usize = 80;

/// A value as T-SQL; `None` for one that cannot tell records apart.
pub(crate) fn literal(value: &FieldValue<'_>) -> Option<Literal> {
    Some(match value {
        FieldValue::Text(text) => Literal::text(text),
        FieldValue::Integer(number) => ToLiteral::<kind::Integer>::to_literal(number),
        FieldValue::Number(number) => ToLiteral::<kind::Number>::to_literal(number),
        FieldValue::Decimal(amount) => ToLiteral::<kind::Currency>::to_literal(amount),
        FieldValue::DateTime(at) => Literal::date_time(*at),
        _ => return None,
    })
}

/// A read of all records that can stop after each call.
pub(crate) struct TableScan<'l> {
    lookup: &'l KeyLookup,
    after: Option<Key>,
    /// How many calls it has made.
    pub(crate) calls: u64,
    /// How many records it has read.
    pub(crate) read: u64,
    /// Whether there is no record left.
    pub(crate) ended: bool,
}

impl TableScan<'_> {
    /// The next 1,000 records. One call.
    pub(crate) async fn next(
        &mut self,
        each: &mut impl FnMut(Key, &RawRow<'_>) -> Result<()>,
    ) -> Result<()> {
        let lookup = self.lookup;
        let body = lookup.page("", self.after.as_ref(), MAX_PAGE).await?;
        let (count, last) = lookup.rows(&body, each)?;
        self.calls += 1;
        self.read += count as u64;
        self.ended = count < usize::from(MAX_PAGE);
        if !self.ended {
            self.after = lookup.next_after(self.after.take(), last)?;
        }
        Ok(())
    }
}

/// A read of some columns, and of the key.
pub(crate) struct KeyLookup {
    client: Client,
    target: Target,
    select: String,
}

impl KeyLookup {
    pub(crate) fn new<'c>(
        client: &Client,
        target: &Target,
        columns: impl IntoIterator<Item = &'c str>,
    ) -> Self {
        let mut select = PK_ID.to_owned();
        for column in columns {
            select.push(',');
            select.push_str(&quoted_name(column));
        }
        if dialect::encoded_length(&select) > MAX_SELECT {
            select.clear();
        }
        Self {
            client: client.clone(),
            target: target.clone(),
            select,
        }
    }

    /// How many records there are. One call.
    pub(crate) async fn count(&self) -> Result<u64> {
        let params = ListParams {
            select: "COUNT(*) AS Records".to_owned(),
            ..ListParams::default()
        };
        let body = self.client.list(self.target.clone(), params).await?;
        let rows = raw_rows(&body, self.client.dialect()).unwrap_or_default();
        let count = rows
            .first()
            .and_then(|row| row.get("Records")?.get().parse().ok());
        count.ok_or_else(|| self.fault("the answer does not say how many records there are"))
    }

    /// All records. One call for every 1,000.
    pub(crate) async fn all(
        &self,
        mut each: impl FnMut(Key, &RawRow<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut scan = self.scan();
        while !scan.ended {
            scan.next(&mut each).await?;
        }
        Ok(())
    }

    /// A read of all records, a call at a time.
    pub(crate) fn scan(&self) -> TableScan<'_> {
        TableScan {
            lookup: self,
            after: None,
            calls: 0,
            read: 0,
            ended: false,
        }
    }

    /// The records whose column has one of these values, as T-SQL. The calls are [`lists`](Self::lists).
    pub(crate) async fn listed(
        &self,
        column: &str,
        literals: Vec<String>,
        concurrency: usize,
        mut each: impl FnMut(Key, &RawRow<'_>) -> Result<()>,
    ) -> Result<()> {
        let filters = self.lists(column, literals)?;
        let reads: Vec<_> = filters
            .into_iter()
            .map(|filter| self.pages(filter))
            .collect();
        let mut reads = stream::iter(reads).buffered(concurrency);
        while let Some(pages) = reads.try_next().await? {
            for page in pages {
                self.rows(&page, &mut each)?;
            }
        }
        Ok(())
    }

    /// Which of the keys have a record. One call for every 200 keys or so, as many as an address takes.
    pub(crate) async fn existing(
        &self,
        keys: Vec<Key>,
        concurrency: usize,
    ) -> Result<HashSet<Key>> {
        let frame = self.length(&format!("{PK_ID} IN ()"));
        let batches = key_batches(keys, MAX_URI.saturating_sub(frame + ROOM_FOR_PLACE));
        let batches = batches.ok_or_else(|| self.no_room())?;
        let filters = batches
            .into_iter()
            .map(|KeyBatch { condition, .. }| condition.to_sql());
        let reads: Vec<_> = filters.map(|filter| self.pages(filter)).collect();
        let pages: Vec<_> = stream::iter(reads)
            .buffered(concurrency)
            .try_collect()
            .await?;
        let mut found = HashSet::new();
        for page in pages.into_iter().flatten() {
            self.rows(&page, &mut |key, _| {
                found.insert(key);
                Ok(())
            })?;
        }
        Ok(found)
    }

    /// The conditions that list the values, each short enough for one address.
    pub(crate) fn lists(&self, column: &str, mut literals: Vec<String>) -> Result<Vec<String>> {
        literals.sort();
        literals.dedup();
        let frame = self.length(&format!("{} IN ()", quoted_name(column))) + ROOM_FOR_PLACE;
        let room = MAX_URI.saturating_sub(frame);
        let (mut lists, mut items, mut used) = (Vec::new(), Vec::new(), 0);
        let list = |items| {
            let column = column.to_owned().into();
            Expr::In { column, items }.to_sql()
        };
        for literal in literals {
            let length = dialect::encoded_length(&literal) + dialect::encoded_length(",");
            if length > room {
                return Err(self.no_room());
            }
            if used + length > room || items.len() == usize::from(MAX_PAGE) {
                lists.push(list(std::mem::take(&mut items)));
                used = 0;
            }
            items.push(Literal::expression(literal));
            used += length;
        }
        if !items.is_empty() {
            lists.push(list(items));
        }
        Ok(lists)
    }

    fn length(&self, filter: &str) -> usize {
        let url = self.client.records_url_by_name(&self.target);
        let params = self.params(filter.to_owned(), MAX_PAGE);
        let url = self.client.dialect().list_url(url, &params);
        url.as_str().len()
    }

    fn params(&self, filter: String, size: u16) -> ListParams {
        ListParams {
            select: self.select.clone(),
            filter,
            order_by: PK_ID.to_owned(),
            window: Window::First(size),
            ..ListParams::default()
        }
    }

    async fn pages(&self, filter: String) -> Result<Vec<Bytes>> {
        let (mut pages, mut after) = (Vec::new(), None);
        loop {
            let body = self.page(&filter, after.as_ref(), MAX_PAGE).await?;
            let (count, last) = self.rows(&body, &mut |_, _| Ok(()))?;
            pages.push(body);
            if count < usize::from(MAX_PAGE) || last.is_none() {
                return Ok(pages);
            }
            after = self.next_after(after, last)?;
        }
    }

    async fn page(&self, filter: &str, after: Option<&Key>, size: u16) -> Result<Bytes> {
        let beyond = after.map(|key| format!("{PK_ID} > {}", key_literal(key)));
        let filter = match (filter, beyond) {
            (filter, None) => filter.to_owned(),
            ("", Some(beyond)) => beyond,
            (filter, Some(beyond)) => format!("{filter} AND {beyond}"),
        };
        let params = self.params(filter, size);
        self.client.list(self.target.clone(), params).await
    }

    /// Hands on the rows of an answer; how many there are, and the last one's key.
    fn rows(
        &self,
        body: &[u8],
        each: &mut impl FnMut(Key, &RawRow<'_>) -> Result<()>,
    ) -> Result<(usize, Option<Key>)> {
        let rows = raw_rows(body, self.client.dialect());
        let rows = rows.ok_or_else(|| self.fault("the answer is not what Caspio documents"))?;
        let (count, mut last) = (rows.len(), None);
        for row in rows {
            let key = row
                .get(PK_ID)
                .and_then(|raw| serde_json::from_str::<Key>(raw.get()).ok());
            let key = key.ok_or_else(|| self.fault("a record came without its PK_ID"))?;
            last = Some(key.clone());
            each(key, &row)?;
        }
        Ok((count, last))
    }

    fn next_after(&self, after: Option<Key>, last: Option<Key>) -> Result<Option<Key>> {
        match last == after {
            true => Err(self.fault("the records do not come in the order that was asked for")),
            false => Ok(last),
        }
    }

    fn fault(&self, what: &str) -> Error {
        Error::new(ErrorKind::Protocol, what)
            .with_operation("records.list")
            .with_resource(self.target.to_string())
    }

    fn no_room(&self) -> Error {
        Error::new(
            ErrorKind::Refused,
            "no room for a value in a read's address",
        )
        .with_operation("records.list")
        .with_resource(self.target.to_string())
    }
}
