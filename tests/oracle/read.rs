//! The read of a case, as a program makes it with the SDK.

use crate::aggregates::{joined_aggregate, table_aggregate, view_aggregate, wide_aggregate};
use crate::case::{Case, How, RecordType, Source};
use crate::cell::Cell;
use crate::content::Column;
use crate::history::History;
use crate::into_cell::IntoCell;
use crate::maps;
use crate::projections::{self, Alias, ByFlag, ByNameAlias, ByQtyAlias, ByTwo, ByValue, Exact};
use crate::query_result::QueryResult;
use crate::records::{TestRecord, joined, table, view, wide};
use crate::resumed_reads::rows;
use crate::server::TestServer;
use caspio::Error;
use caspio::filter::Order;
use caspio::prelude::*;
use caspio::record::Record;
use futures::future::try_join_all;
use std::collections::BTreeMap;

/// What a read returned.
#[derive(Debug)]
pub(crate) enum End {
    Rows {
        rows: Vec<Vec<Cell>>,
        results: Vec<QueryResult>,
    },
    Value(Cell),
    /// An error of kind `Refused`.
    Refused(String),
}

/// How a read failed on its own.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// A word for the kind of failure.
    pub(crate) label: String,
    pub(crate) text: String,
}

impl Failure {
    pub(crate) fn new(label: &str, text: impl Into<String>) -> Self {
        // Some texts of the tables are long.
        let text = text.into().chars().take(600).collect();
        Self {
            label: label.to_owned(),
            text,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(&format!("error {:?}", error.kind()), error.to_string())
    }
}

/// The number of records of a group.
const RECORDS: &str = "Records";

/// Makes the read of a case.
pub(crate) async fn read(
    server: &TestServer,
    case: &Case,
    history: &mut History,
) -> Result<End, Failure> {
    let end = match case.source {
        Source::Table => Box::pin(read_table(server, case, history)).await,
        Source::View => Box::pin(read_view(server, case, history)).await,
        Source::Wide => Box::pin(read_wide(server, case, history)).await,
        Source::Joined => Box::pin(read_joined(server, case, history)).await,
        Source::Map => Box::pin(read_maps(server, case, history)).await,
    };
    match end {
        Err(failure) if failure.label == "error Refused" => Ok(End::Refused(failure.text)),
        end => end,
    }
}

async fn read_table(
    server: &TestServer,
    case: &Case,
    history: &mut History,
) -> Result<End, Failure> {
    let handle = server.client(case).table::<table::Record>();
    match &case.how {
        How::Get(key) => return Ok(one(handle.get(*key).await?)),
        How::GetMany(keys) => return Ok(many(handle.get_many(keys.clone()).await?)),
        How::Loader(keys) => {
            let loader = handle.loader();
            let found = try_join_all(keys.iter().map(|key| loader.get(*key))).await?;
            let found = keys
                .iter()
                .zip(found)
                .filter_map(|(key, record)| Some((*key, record?)));
            let found: BTreeMap<_, _> = found.collect();
            return Ok(many(
                found
                    .into_iter()
                    .map(|(key, record)| (key, (*record).clone()))
                    .collect(),
            ));
        }
        _ => {}
    }
    let query = table_query(handle.query(), case);
    if !case.record_type.is_grouped()
        && let Some(end) = table_aggregate(case, query).await?
    {
        return Ok(end);
    }
    let query = |client: &Client| table_query(client.table::<table::Record>().query(), case);
    match case.record_type {
        RecordType::Exact => rows(server, case, history, &|client| exact_query(client, case)).await,
        RecordType::Full => rows(server, case, history, &query).await,
        RecordType::Narrow => {
            let make = |client: &Client| query(client).select::<table::Narrow>();
            rows(server, case, history, &make).await
        }
        RecordType::Alias => {
            let make = |client: &Client| query(client).select::<Alias>();
            rows(server, case, history, &make).await
        }
        RecordType::ByName => {
            let make = |client: &Client| {
                having(
                    case,
                    query(client).select::<table::ByName>().group_by(|c| c.name),
                )
            };
            rows(server, case, history, &make).await
        }
        RecordType::ByNameAlias => {
            let make = |client: &Client| {
                having(
                    case,
                    query(client).select::<ByNameAlias>().group_by(|c| c.name),
                )
            };
            rows(server, case, history, &make).await
        }
        RecordType::ByTwo => {
            let make = |client: &Client| {
                having(
                    case,
                    query(client)
                        .select::<ByTwo>()
                        .group_by(|c| (c.qty, c.count)),
                )
            };
            rows(server, case, history, &make).await
        }
        RecordType::ByQtyAlias => {
            let make = |client: &Client| {
                having(
                    case,
                    query(client).select::<ByQtyAlias>().group_by(|c| c.qty),
                )
            };
            rows(server, case, history, &make).await
        }
        RecordType::ByFlag => {
            let make = |client: &Client| {
                let query = query(client).select::<ByFlag>();
                having(case, query.group_by(|c| (c.flag, c.amount, c.at)))
            };
            rows(server, case, history, &make).await
        }
        RecordType::ByValue => {
            let make = |client: &Client| {
                having(
                    case,
                    query(client).select::<ByValue>().group_by(|c| c.value),
                )
            };
            rows(server, case, history, &make).await
        }
    }
}

fn table_query(query: Query<table::Record>, case: &Case) -> Query<table::Record> {
    let mut query = clauses(case, query);
    for filter in &case.filters {
        query = query.filter_by(table::filter(filter));
    }
    query = match case.by_records {
        None => query,
        Some(false) => query.order_by(|_| Order::asc::<i64>(RECORDS)),
        Some(true) => query.order_by(|_| Order::desc::<i64>(RECORDS)),
    };
    for term in &case.order {
        query = query.order_by(|_| table::order(&[*term]));
    }
    query
}

fn exact_query(client: &Client, case: &Case) -> Query<Exact> {
    let mut query = clauses(case, client.table::<Exact>().query());
    for (column, descends) in &case.order {
        query = match (column, descends) {
            (Column::Key, false) => query.order_by(|c| c.pk_id.asc()),
            (Column::Key, true) => query.order_by(|c| c.pk_id.desc()),
            (_, false) => query.order_by(|c| c.value.asc()),
            (_, true) => query.order_by(|c| c.value.desc()),
        };
    }
    query
}

/// Returns the text of a key of a view. That of joined tables may be of no record.
pub(crate) fn view_key(source: Source, key: i64) -> String {
    match source {
        Source::Joined => format!("{key},{}", 1 + key % 4),
        _ => key.to_string(),
    }
}

macro_rules! view {
    ($read:ident, $module:ident, $aggregate:ident) => {
        async fn $read(
            server: &TestServer,
            case: &Case,
            history: &mut History,
        ) -> Result<End, Failure> {
            let handle = server.client(case).view::<$module::Record>();
            match &case.how {
                How::Get(key) => return Ok(one(handle.get(view_key(case.source, *key)).await?)),
                How::GetMany(keys) => {
                    let keys = keys.iter().map(|key| view_key(case.source, *key));
                    return Ok(many(handle.get_many(keys).await?));
                }
                _ => {}
            }
            let query = |client: &Client| {
                let mut query = clauses(case, client.view::<$module::Record>().query());
                for filter in &case.filters {
                    query = query.filter_by($module::filter(filter));
                }
                for term in &case.order {
                    query = query.order_by(|_| $module::order(&[*term]));
                }
                query
            };
            if !case.record_type.is_grouped()
                && let Some(end) = $aggregate(case, query(server.client(case))).await?
            {
                return Ok(end);
            }
            match case.record_type {
                RecordType::ByName => {
                    let make = |client: &Client| {
                        query(client)
                            .select::<$module::ByName>()
                            .group_by(|c| c.name)
                    };
                    rows(server, case, history, &make).await
                }
                RecordType::Narrow => {
                    let make = |client: &Client| query(client).select::<$module::Narrow>();
                    rows(server, case, history, &make).await
                }
                _ => rows(server, case, history, &query).await,
            }
        }
    };
}

async fn read_maps(
    server: &TestServer,
    case: &Case,
    history: &mut History,
) -> Result<End, Failure> {
    let handle = server.client(case).table_named("Rows");
    match &case.how {
        How::Get(key) => return Ok(one(handle.get(*key).await?)),
        How::GetMany(keys) => return Ok(many(handle.get_many(keys.clone()).await?)),
        _ => {}
    }
    let query = |client: &Client| {
        let mut query = clauses(case, client.table_named("Rows").query());
        for filter in &case.filters {
            let mut values = Vec::new();
            let sql = maps::sql(filter, &mut values);
            query = query.filter_raw(&sql, values.as_slice());
        }
        for term in &case.order {
            query = query.order_by(|_| maps::order(*term));
        }
        match case.record_type {
            RecordType::Narrow => query.columns(Column::NARROW.map(Column::name)),
            _ => query,
        }
    };
    rows(server, case, history, &query).await
}

view!(read_view, view, view_aggregate);
view!(read_wide, wide, wide_aggregate);
view!(read_joined, joined, joined_aggregate);

fn having<R: Record<Source = table::Record>>(case: &Case, query: Query<R>) -> Query<R> {
    let conditions = case.having.iter();
    conditions.fold(query, |query, condition| {
        query.having(|_| projections::having(condition))
    })
}

fn clauses<R: Record>(case: &Case, mut query: Query<R>) -> Query<R> {
    if let Some(limit) = case.limit {
        query = query.limit(limit);
    }
    if let Some(size) = case.page_size {
        query = query.page_size(size);
    }
    query.concurrency(case.concurrency())
}

fn one<R: TestRecord>(record: Option<R>) -> End {
    let rows: Vec<_> = record.into_iter().map(R::cells).collect();
    End::Rows {
        results: vec![QueryResult::complete(rows.len())],
        rows,
    }
}

/// The records in the order of their keys; each has the key under which it was found.
fn many<K: IntoCell + Ord, R: TestRecord>(records: BTreeMap<K, R>) -> End {
    let rows: Vec<_> = records
        .into_iter()
        .map(|(key, record)| {
            let cells = record.cells();
            assert_eq!(
                cells[0],
                key.into_cell(),
                "the record under a key has this key"
            );
            cells
        })
        .collect();
    End::Rows {
        results: vec![QueryResult::complete(rows.len())],
        rows,
    }
}
