//! Writes of another program during the calls of a read. One of one call, or of a few for many keys, returns what was
//! there at some time.

use crate::case::{Case, How};
use crate::cell::Cell;
use crate::check::{self, Outcome};
use crate::content::Row;
use crate::expected;
use crate::history::History;
use crate::read::{End, Failure, read};
use crate::server::TestServer;
use std::cell::Cell as Shared;
use std::future::poll_fn;
use std::pin::pin;
use tokio::task::yield_now;

/// Makes the read of a case while another program writes, and adds the tables from the first write to the last.
pub(crate) async fn read_during(
    server: &TestServer,
    case: &Case,
    history: &mut History,
    tables: &mut Vec<Vec<Row>>,
) -> Result<End, Failure> {
    let quiet = without_writes(case);
    let is_over = Shared::new(false);
    tables.push(history.table());
    let reader = async {
        let end = read(server, &quiet, &mut History::default()).await;
        is_over.set(true);
        end
    };
    let writer = async {
        for write in &case.writes {
            for _ in 0..write.after {
                yield_now().await;
            }
            if is_over.get() {
                return;
            }
            history.write(server, case, write.act);
            tables.push(history.table());
        }
    };
    let (end, ()) = tokio::join!(reader, writer);
    end
}

/// Awaits records of a read, while another program writes during its calls.
pub(crate) async fn while_written<T>(
    server: &TestServer,
    case: &Case,
    history: &mut History,
    records: impl Future<Output = T>,
) -> T {
    let mut records = pin!(records);
    let before = server.started();
    poll_fn(|context| {
        history.write_during(server, case, server.started() - before);
        records.as_mut().poll(context)
    })
    .await
}

fn without_writes(case: &Case) -> Case {
    Case {
        writes: Vec::new(),
        ..case.clone()
    }
}

/// Checks what the read returned; `tables` are those that there were meanwhile.
pub(crate) fn check(
    case: &Case,
    tables: &[Vec<Row>],
    end: End,
    calls: u64,
) -> Result<Outcome, Failure> {
    let quiet = without_writes(case);
    let (checked, results) = match end {
        End::Refused(text) => return check::refused(&quiet, text, calls),
        End::Value(value) => {
            let of = |table: &Vec<Row>| check::check_value(&quiet, table, &value);
            (at_some_time(tables, of), Vec::new())
        }
        End::Rows { rows, results } => {
            let checked = match &case.how {
                How::GetMany(_) | How::Loader(_) => check_many(&quiet, tables, &rows),
                _ => at_some_time(tables, |table| {
                    check::check_rows(check::wanted(&quiet, table), &rows, &quiet)
                }),
            };
            (checked, results)
        }
    };
    checked?;
    check::check_calls(&quiet, &results, 0, &History::default(), calls)
}

fn at_some_time(
    tables: &[Vec<Row>],
    check: impl Fn(&Vec<Row>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut checks = tables.iter().map(check);
    let first = checks.next().unwrap_or(Ok(()));
    match first {
        Err(_) if checks.any(|check| check.is_ok()) => Ok(()),
        first => first,
    }
}

/// Checks records by their keys: each was there at some time, and those that were always there are among them.
fn check_many(case: &Case, tables: &[Vec<Row>], read: &[Vec<Cell>]) -> Result<(), Failure> {
    let wanted = tables.iter().map(|table| check::wanted(case, table));
    let wanted: Vec<Vec<Vec<Cell>>> = wanted.collect();
    let is_same = |row: &Vec<Cell>, read: &Vec<Cell>| {
        check::check_rows(vec![row.clone()], std::slice::from_ref(read), case).is_ok()
    };
    for row in read {
        let mut all = wanted.iter().flatten();
        if !all.any(|wanted| is_same(wanted, row)) {
            return Err(Failure::new("a record of no time", format!("{row:?}")));
        }
    }
    let has = |rows: &[Vec<Cell>], key: &Cell| rows.iter().any(|row| row[0] == *key);
    for row in wanted.first().into_iter().flatten() {
        let is_always_there = wanted.iter().all(|rows| has(rows, &row[0]));
        if is_always_there && !has(read, &row[0]) {
            return Err(Failure::new("lost meanwhile", format!("{row:?}")));
        }
    }
    Ok(())
}

/// Whether the sum of a case was too great at some time.
pub(crate) fn overflows(case: &Case, tables: &[Vec<Row>]) -> bool {
    tables.iter().any(|table| expected::overflows(case, table))
}
