//! The read of a case, as a program makes it with the SDK.

use crate::case::{Case, How, RecordType, Source};
use crate::cell::Cell;
use crate::content::Column;
use crate::history::History;
use crate::into_cell::IntoCell;
use crate::maps;
use crate::projections::{self, Alias, ByFlag, ByName, ByNameAlias, ByQtyAlias, ByTwo, ByValue};
use crate::query_result::QueryResult;
use crate::records::{TestRecord, joined, table, view, wide};
use crate::resumed_reads::rows;
use crate::server::TestServer;
use caspio::Error;
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

/// How a read failed by itself.
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
    let mut query = clauses(case, handle.query());
    for filter in &case.filters {
        query = query.filter_by(table::filter(filter));
    }
    for term in &case.order {
        query = query.order_by(|_| table::order(&[*term]));
    }
    if !case.record_type.is_grouped()
        && let Some(end) = table_aggregate(case, query.clone()).await?
    {
        return Ok(end);
    }
    match case.record_type {
        RecordType::Full => rows(server, case, history, query).await,
        RecordType::Narrow => rows(server, case, history, query.select::<table::Narrow>()).await,
        RecordType::Alias => rows(server, case, history, query.select::<Alias>()).await,
        RecordType::ByName => {
            let query = query.select::<ByName>().group_by(|c| c.name);
            rows(server, case, history, having(case, query)).await
        }
        RecordType::ByNameAlias => {
            let query = query.select::<ByNameAlias>().group_by(|c| c.name);
            rows(server, case, history, having(case, query)).await
        }
        RecordType::ByTwo => {
            let query = query.select::<ByTwo>().group_by(|c| (c.qty, c.count));
            rows(server, case, history, having(case, query)).await
        }
        RecordType::ByQtyAlias => {
            let query = query.select::<ByQtyAlias>().group_by(|c| c.qty);
            rows(server, case, history, having(case, query)).await
        }
        RecordType::ByFlag => {
            let query = query.select::<ByFlag>();
            let query = query.group_by(|c| (c.flag, c.amount, c.at));
            rows(server, case, history, having(case, query)).await
        }
        RecordType::ByValue => {
            let query = query.select::<ByValue>().group_by(|c| c.value);
            rows(server, case, history, having(case, query)).await
        }
    }
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
        aggregate!($aggregate, $module::Record);

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
            let mut query = clauses(case, handle.query());
            for filter in &case.filters {
                query = query.filter_by($module::filter(filter));
            }
            for term in &case.order {
                query = query.order_by(|_| $module::order(&[*term]));
            }
            if let Some(end) = $aggregate(case, query.clone()).await? {
                return Ok(end);
            }
            match case.record_type {
                RecordType::Narrow => {
                    rows(server, case, history, query.select::<$module::Narrow>()).await
                }
                _ => rows(server, case, history, query).await,
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
    let mut query = clauses(case, handle.query());
    for filter in &case.filters {
        let mut values = Vec::new();
        let sql = maps::sql(filter, &mut values);
        query = query.filter_raw(&sql, values.as_slice());
    }
    for term in &case.order {
        query = query.order_by(|()| maps::order(*term));
    }
    if case.record_type == RecordType::Narrow {
        query = query.columns(Column::NARROW.map(Column::name));
    }
    rows(server, case, history, query).await
}

macro_rules! aggregate {
    ($name:ident, $record:ty) => {
        async fn $name(case: &Case, query: Query<$record>) -> Result<Option<End>, Failure> {
            macro_rules! extreme {
                ($method:ident, $column:expr) => {
                    match $column {
                        Column::Key => query.$method(|c| c.pk_id).await?.into_cell(),
                        Column::Name => query.$method(|c| c.name).await?.into_cell(),
                        Column::Code => query.$method(|c| c.code).await?.into_cell(),
                        Column::Qty => query.$method(|c| c.qty).await?.into_cell(),
                        Column::Count => query.$method(|c| c.count).await?.into_cell(),
                        Column::Amount => query.$method(|c| c.amount).await?.into_cell(),
                        Column::Value => query.$method(|c| c.value).await?.into_cell(),
                        Column::At => query.$method(|c| c.at).await?.into_cell(),
                        Column::Auto => query.$method(|c| c.auto).await?.into_cell(),
                        Column::Known => query.$method(|c| c.known).await?.into_cell(),
                        other => panic!("{other:?} has no order"),
                    }
                };
            }
            Ok(Some(End::Value(match &case.how {
                How::Sum(Column::Qty) => query.sum(|c| c.qty).await?.into_cell(),
                How::Sum(Column::Amount) => query.sum(|c| c.amount).await?.into_cell(),
                How::Sum(_) => query.sum(|c| c.value).await?.into_cell(),
                How::Min(column) => extreme!(min, column),
                How::Max(column) => extreme!(max, column),
                _ => return Ok(None),
            })))
        }
    };
}

aggregate!(table_aggregate, table::Record);
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
    query.concurrency(case.concurrency)
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
