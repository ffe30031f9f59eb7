//! Reads a few columns of many records, to find the records of a table.

use crate::client::Client;
use crate::concurrency::Concurrency;
use crate::decode::{RawRow, raw_rows};
use crate::dialect::{self, ListParams, Window};
use crate::field::kind;
use crate::filter::Expr;
use crate::filter::literal::{Literal, ToLiteral, each_once};
use crate::filter::sql::quoted_name;
use crate::read::{
    KeyBatch, MAX_PAGE, MAX_URI, Page, Pages, Query, batches, key_batches, names_unknown_column,
};
use crate::record::{Key, ObjectKind, PK_ID, RecordMap};
use crate::target::Target;
use crate::value::{FieldValue, as_sent};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::stream::FusedStream;
use futures::{TryStreamExt, stream};
use std::collections::HashSet;

/// The longest `select` that names columns; if it is longer all columns are read, to leave room in the URL.
const MAX_SELECT: usize = 1000;
/// What later pages add to a URL: ` AND PK_ID > ...`, percent-encoded, and v4's id where the name is shorter.
const CURSOR_RESERVE: usize = 80;

/// A value as T-SQL, to be compared with what is stored for it; `None` for one that does not identify a record.
pub(crate) fn literal(value: &FieldValue<'_>) -> Option<Literal> {
    Some(match value {
        FieldValue::Text(text) => Literal::text(text),
        FieldValue::Integer(number) => ToLiteral::<kind::Integer>::to_literal(number),
        FieldValue::Number(number) => ToLiteral::<kind::Number>::to_literal(number),
        FieldValue::Decimal(amount) => ToLiteral::<kind::Currency>::to_literal(amount),
        FieldValue::DateTime(at) => Literal::date_time(as_sent(*at)),
        _ => return None,
    })
}

/// A read of all records that can stop after each call.
pub(crate) struct TableScan<'l> {
    lookup: &'l KeyLookup,
    pages: Pages<RecordMap>,
    /// How many calls it has made.
    pub(crate) calls: u64,
    /// How many records it has read.
    pub(crate) read: u64,
    /// Whether there are no more records.
    pub(crate) ended: bool,
}

impl TableScan<'_> {
    /// Reads the next 1,000 records. One call.
    pub(crate) async fn next(
        &mut self,
        each: &mut impl FnMut(Key, &RawRow<'_>) -> Result<()>,
    ) -> Result<()> {
        self.calls += 1;
        let next = match self.pages.try_next().await {
            Err(error) if self.read == 0 && self.lookup.names_deleted_column(&error) => {
                self.calls += 1;
                self.pages = self.lookup.all_columns().pages();
                self.pages.try_next().await
            }
            next => next,
        };
        let Some(page) = next? else {
            self.ended = true;
            return Ok(());
        };
        self.read += page.len() as u64;
        self.ended = self.pages.is_terminated();
        self.lookup.rows(&page, each)
    }
}

/// A read of some columns, and of the key.
pub(crate) struct KeyLookup {
    client: Client,
    target: Target,
    columns: Vec<String>,
}

impl KeyLookup {
    pub(crate) fn new<'c>(
        client: &Client,
        target: &Target,
        columns: impl IntoIterator<Item = &'c str>,
    ) -> Self {
        let mut columns: Vec<String> = columns.into_iter().map(str::to_owned).collect();
        columns.push(PK_ID.to_owned());
        if dialect::encoded_length(select(&columns)) > MAX_SELECT {
            columns.clear();
        }
        Self {
            client: client.clone(),
            target: target.clone(),
            columns,
        }
    }

    /// Counts the records. One call.
    pub(crate) async fn count(&self) -> Result<u64> {
        self.all_columns().count().await
    }

    /// Reads all records. One call for every 1,000.
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
            pages: self.query().pages(),
            calls: 0,
            read: 0,
            ended: false,
        }
    }

    /// Reads the records of a table with keys in this range. One call for every 1,000.
    pub(crate) async fn between(
        &self,
        low: i64,
        high: i64,
        mut each: impl FnMut(Key, &RawRow<'_>) -> Result<()>,
    ) -> Result<()> {
        let condition = Expr::Between {
            column: PK_ID.into(),
            low: Literal::integer(low),
            high: Literal::integer(high),
        };
        let keys = high.abs_diff(low).saturating_add(1);
        for page in self.pages(condition, Some(keys)).await? {
            self.rows(&page, &mut each)?;
        }
        Ok(())
    }

    /// Reads the records whose column has one of these values. One call for each of the
    /// [`lists`](Self::lists).
    pub(crate) async fn listed(
        &self,
        column: &str,
        literals: Vec<Literal>,
        concurrency: Concurrency,
        mut each: impl FnMut(Key, &RawRow<'_>) -> Result<()>,
    ) -> Result<()> {
        let conditions = self.lists(column, literals)?;
        let reads: Vec<_> = conditions
            .into_iter()
            .map(|condition| self.pages(condition, None))
            .collect();
        let mut reads = concurrency.in_order(&self.client, stream::iter(reads));
        while let Some(pages) = reads.try_next().await? {
            for page in pages {
                self.rows(&page, &mut each)?;
            }
        }
        Ok(())
    }

    /// Finds out which of the keys have a record. One call for about 200 keys, as many as fit a URL, or 1,000
    /// consecutive ones.
    pub(crate) async fn existing(
        &self,
        keys: Vec<Key>,
        concurrency: Concurrency,
    ) -> Result<HashSet<Key>> {
        let frame = self.length(&format!("{PK_ID} IN ()"));
        let batches = key_batches(keys, room_after(frame));
        let batches = batches.ok_or_else(|| self.no_room())?;
        let reads: Vec<_> = batches
            .into_iter()
            .map(|KeyBatch { condition, keys }| {
                // Rows of a view may have the same key.
                let is_table = self.target.kind == ObjectKind::Table;
                self.pages(condition, is_table.then_some(keys.len() as u64))
            })
            .collect();
        let reads = concurrency.in_order(&self.client, stream::iter(reads));
        let pages: Vec<_> = reads.try_collect().await?;
        let mut found = HashSet::new();
        for page in pages.into_iter().flatten() {
            self.rows(&page, &mut |key, _| {
                found.insert(key);
                Ok(())
            })?;
        }
        Ok(found)
    }

    /// Returns whether a value can be looked up: its condition fits a URL.
    pub(crate) fn fits(&self, column: &str, literal: Literal) -> bool {
        batches(column, &[literal], self.room_for(column), 1).is_some()
    }

    /// The room for a list of values.
    fn room_for(&self, column: &str) -> usize {
        room_after(self.length(&format!("{} IN ()", quoted_name(column))))
    }

    /// Returns the conditions that list the values, each short enough for one URL.
    ///
    /// # Errors
    ///
    /// `Refused`: a value is too long for that.
    pub(crate) fn lists(&self, column: &str, literals: Vec<Literal>) -> Result<Vec<Expr>> {
        let items = each_once(literals);
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let batches = batches(column, &items, self.room_for(column), MAX_PAGE.into());
        let batches = batches.ok_or_else(|| self.no_room())?;
        let list = |items: &[Literal]| {
            let (column, items) = (column.to_owned().into(), items.to_vec());
            Expr::In { column, items }
        };
        Ok(batches.into_iter().map(list).collect())
    }

    fn query(&self) -> Query<RecordMap> {
        self.all_columns().columns(self.columns.iter().cloned())
    }

    fn all_columns(&self) -> Query<RecordMap> {
        Query::new(self.client.clone(), self.target.clone())
    }

    /// Whether the read failed because a field was deleted or renamed after the client had read the fields: all columns
    /// can be read then.
    fn names_deleted_column(&self, error: &Error) -> bool {
        let names = !self.columns.is_empty() && names_unknown_column(error);
        if names {
            self.client.forget_definitions(&self.target);
        }
        names
    }

    /// Reads the records that meet a condition. If their greatest number is known, no call follows a full page that
    /// completes it.
    async fn pages(&self, condition: Expr, most: Option<u64>) -> Result<Vec<Page<RecordMap>>> {
        let read = |query: Query<RecordMap>| {
            let query = query.filter_expr(condition.clone());
            let query = match most {
                Some(most) => query.limit(most),
                None => query,
            };
            query.pages().try_collect::<Vec<_>>()
        };
        match read(self.query()).await {
            Err(error) if self.names_deleted_column(&error) => read(self.all_columns()).await,
            pages => pages,
        }
    }

    /// The length of the URL of a read with a condition.
    fn length(&self, condition: &str) -> usize {
        let url = self.client.records_url_by_name(&self.target);
        let params = ListParams {
            select: select(&self.columns),
            filter: condition.to_owned(),
            order_by: PK_ID.to_owned(),
            window: Window::First(MAX_PAGE),
            ..ListParams::default()
        };
        let url = self.client.dialect().list_url(url, &params);
        url.as_str().len()
    }

    /// Hands over the records of a page with their keys.
    fn rows(
        &self,
        page: &Page<RecordMap>,
        each: &mut impl FnMut(Key, &RawRow<'_>) -> Result<()>,
    ) -> Result<()> {
        let rows = raw_rows(page.body(), self.client.dialect());
        let rows = rows.ok_or_else(|| self.protocol_error("the response is not as documented"))?;
        for row in rows {
            let key = row
                .key()
                .and_then(|key| key.in_form_of(self.target.kind).ok());
            let key = key.ok_or_else(|| self.protocol_error("a record has no valid PK_ID"))?;
            each(key, &row)?;
        }
        Ok(())
    }

    fn protocol_error(&self, message: &str) -> Error {
        Error::new(ErrorKind::Protocol, message)
            .with_operation("records.list")
            .with_resource(self.target.to_string())
    }

    fn no_room(&self) -> Error {
        Error::new(ErrorKind::Refused, "a value is too long for the URL")
            .with_operation("records.list")
            .with_resource(self.target.to_string())
    }
}

/// Returns how many characters a URL of this length leaves for a list of values.
fn room_after(length: usize) -> usize {
    MAX_URI.saturating_sub(length + CURSOR_RESERVE)
}

/// The columns as they are written in `select`.
fn select(columns: &[String]) -> String {
    let columns: Vec<String> = columns.iter().map(|name| quoted_name(name)).collect();
    columns.join(",")
}
