//! Invalid text, generated from a loose grammar and by mutation.
//!
//! For any input nothing panics, SQLite accepts every compiled query, it reads no table except the
//! permitted one, its failures are SQL Server's, and its values have the promised types. The seed
//! is fixed; `CASPIO_FUZZ_SECONDS` sets the time, `CASPIO_FUZZ_SEED` the seed.

mod random_text;
#[path = "../support/mod.rs"]
mod support;

use caspio_tsql::{
    Compiled, QueryParts, TsqlError, Type, Unordered, compile_condition, compile_count,
    compile_expression, compile_formula, compile_query, is_tautology, limit_runtime,
};
use random_text::{Random, condition, mutated, value};
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params_from_iter};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use support::{OneTable, Row, database};

/// The usual stack of a server's threads.
const STACK: usize = 2 * 1024 * 1024;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

/// Runs on a small stack and propagates a panic.
fn on_a_small_stack(job: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(job);
    if let Err(panic) = thread.expect("a thread").join() {
        std::panic::resume_unwind(panic);
    }
}

fn sample() -> Vec<Row> {
    let text = |text: &str| Some(text.to_owned());
    vec![
        Row {
            a: Some(1),
            b: Some(-3),
            n: Some(6),
            s: text("Anna"),
            t: text("12"),
            m: Some(125_000),
            flag: true,
            d: Some(19_000),
        },
        Row {
            a: None,
            b: Some(0),
            n: None,
            s: text(""),
            t: None,
            m: None,
            flag: false,
            d: None,
        },
        Row {
            a: Some(i64::MAX),
            b: Some(7),
            n: Some(-1),
            s: text("2024-02-29"),
            t: text("é%_[x]"),
            m: Some(-1),
            flag: true,
            d: Some(-5_000),
        },
    ]
}

/// Records the tables that a statement reads, while it is being prepared.
fn watch(connection: &mut Connection) -> Arc<Mutex<Vec<String>>> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&seen);
    let hook = move |context: AuthContext<'_>| {
        let foreign = match context.action {
            AuthAction::Read { table_name, .. } => (table_name != "t_1" && !table_name.is_empty())
                .then(|| format!("reads {table_name}")),
            AuthAction::Select | AuthAction::Recursive | AuthAction::Function { .. } => None,
            other => Some(format!("{other:?}")),
        };
        if let Some(foreign) = foreign {
            sink.lock().expect("a list").push(foreign);
        }
        Authorization::Allow
    };
    connection.authorizer(Some(hook)).expect("an authorizer");
    seen
}

/// How many texts were tried, and their results.
#[derive(Default)]
struct Tally {
    tried: u64,
    compiled: u64,
    finished: u64,
}

fn execute(connection: &mut Connection, compiled: &Compiled, text: &str, tally: &mut Tally) {
    tally.compiled += 1;
    let limit = limit_runtime(connection, Duration::from_millis(500)).expect("a limit");
    let _limited = limit.start();
    let mut statement = match connection.prepare(&compiled.sql) {
        Ok(statement) => statement,
        Err(error) => panic!(
            "{text}\nbecame {}\nwhich SQLite refused: {error}",
            compiled.sql
        ),
    };
    assert_eq!(statement.column_count(), compiled.columns.len(), "{text}");
    let mut rows = statement
        .query(params_from_iter(&compiled.params))
        .unwrap_or_else(|error| panic!("{text}\n{}\n{error}", compiled.sql));
    loop {
        match rows.next() {
            Ok(Some(row)) => {
                for (at, column) in compiled.columns.iter().enumerate() {
                    let value = row.get_ref(at).expect("a value");
                    assert!(
                        fits(column.ty, value),
                        "{text}\n{}\n{column:?} {value:?}",
                        compiled.sql
                    );
                }
            }
            Ok(None) => {
                tally.finished += 1;
                return;
            }
            Err(error) => {
                let known = TsqlError::of_execution(&error);
                assert!(known.is_some(), "{text}\n{}\n{error}", compiled.sql);
                return;
            }
        }
    }
}

fn fits(ty: Type, value: ValueRef<'_>) -> bool {
    match (ty, value) {
        (_, ValueRef::Null) => true,
        (Type::Integer | Type::BigInt | Type::Currency, ValueRef::Integer(_)) => true,
        (Type::YesNo, ValueRef::Integer(bit)) => bit == 0 || bit == 1,
        (Type::Number, ValueRef::Real(_)) => true,
        (Type::Decimal { precision, scale }, ValueRef::Blob(bytes)) => {
            let digits = caspio_tsql::decimal_text(bytes, scale);
            let digits = digits.bytes().filter(u8::is_ascii_digit).count();
            // A number below 1 is written with a 0 before the point.
            bytes.len() == 16 && digits <= usize::from(precision) + 1
        }
        (
            Type::DateTime | Type::SmallDateTime | Type::Date | Type::Time(_),
            ValueRef::Text(text),
        ) => text.len() == 23,
        (Type::Text | Type::Guid | Type::List | Type::Attachment, ValueRef::Text(_)) => true,
        _ => false,
    }
}

fn one_round(connection: &mut Connection, random: &mut Random, tally: &mut Tally) {
    let depth = random.below(4);
    let mut list = value(random, depth);
    let mut filter = condition(random, depth);
    let mut order = value(random, depth);
    let mut group = value(random, depth);
    if random.below(3) == 0 {
        list = mutated(random, list);
        filter = mutated(random, filter);
        order = mutated(random, order);
        group = mutated(random, group);
    }
    let all = [
        QueryParts {
            filter: Some(&filter),
            ..QueryParts::default()
        },
        QueryParts {
            select: Some(&list),
            ..QueryParts::default()
        },
        QueryParts {
            order_by: Some(&order),
            ..QueryParts::default()
        },
        QueryParts {
            select: Some(&list),
            filter: Some(&filter),
            order_by: Some(&list),
            ..QueryParts::default()
        },
        QueryParts {
            select: Some(&group),
            group_by: Some(&group),
            order_by: Some("1"),
            allow_having: true,
            ..QueryParts::default()
        },
    ];
    let unordered = match random.below(2) {
        0 => Unordered::Natural,
        _ => Unordered::Shuffled(random.0),
    };
    let window = (random.below(2) == 0).then_some((2, 1));
    for parts in all {
        tally.tried += 1;
        let text = format!("{parts:?}");
        if let Ok(compiled) = compile_query(&OneTable, "T", &parts, unordered, window) {
            execute(connection, &compiled, &text, tally);
            let count = compile_count(&OneTable, "T", &parts)
                .unwrap_or_else(|error| panic!("{text} does not count: {error}"));
            execute(connection, &count, &text, tally);
        }
    }
    let _ = is_tautology(&filter);
    stand_alone(connection, &filter, &list);
}

/// Conditions and formulas with inlined literals.
fn stand_alone(connection: &Connection, filter: &str, formula: &str) {
    let prepare = |sql: String, text: &str| {
        if let Err(error) = connection.prepare(&sql) {
            panic!("{text}\nbecame {sql}\nwhich SQLite refused: {error}");
        }
    };
    if let Ok(condition) = compile_condition(&OneTable, "T", filter) {
        prepare(
            format!("SELECT 1 FROM t_1 WHERE {}", condition.inlined()),
            filter,
        );
    }
    if let Ok(value) = compile_expression(&OneTable, "T", formula) {
        prepare(format!("SELECT {} FROM t_1", value.inlined()), formula);
    }
    if let Ok(sql) = compile_formula(&OneTable, "T", formula, Type::Text) {
        prepare(format!("SELECT {sql} FROM t_1"), formula);
    }
}

#[test]
fn every_accepted_condition_compiles_to_safe_sql() {
    let seconds = number("CASPIO_FUZZ_SECONDS", 5);
    on_a_small_stack(move || {
        let mut connection = database(&sample());
        let foreign = watch(&mut connection);
        let mut random = Random(number("CASPIO_FUZZ_SEED", 0x9e37_79b9_7f4a_7c15) | 1);
        let mut tally = Tally::default();
        let deadline = Instant::now() + Duration::from_secs(seconds);
        while Instant::now() < deadline {
            one_round(&mut connection, &mut random, &mut tally);
            let foreign = foreign.lock().expect("a list");
            assert!(foreign.is_empty(), "{foreign:?}");
        }
        assert!(
            tally.finished * 50 > tally.tried,
            "of {} tries {} compiled and {} ran: the grammar no longer fits",
            tally.tried,
            tally.compiled,
            tally.finished
        );
    });
}

#[test]
fn random_bytes_are_refused_without_a_panic() {
    on_a_small_stack(|| {
        let mut random = Random(77);
        for _ in 0..3_000 {
            let bytes: Vec<_> = (0..random.below(80))
                .map(|_| random.below(256) as u8)
                .collect();
            let text = String::from_utf8_lossy(&bytes);
            let parts = QueryParts {
                select: Some(&text),
                filter: Some(&text),
                group_by: Some(&text),
                order_by: Some(&text),
                allow_having: true,
            };
            let _ = compile_query(&OneTable, "T", &parts, Unordered::Natural, None);
            let _ = compile_condition(&OneTable, "T", &text);
            let _ = is_tautology(&text);
        }
    });
}

#[test]
fn deep_and_long_text_does_not_exhaust_a_small_stack() {
    on_a_small_stack(|| {
        let shapes: [(&str, &str, &str); 16] = [
            ("(", "1", ")"),
            ("NOT ", "1 = 1", ""),
            ("- ", "1", ""),
            ("+", "1", ""),
            ("CASE WHEN 1 = 1 THEN ", "1", " END"),
            ("LEN(", "A", ")"),
            ("(SELECT ", "1", ")"),
            ("CAST(", "1", " AS int)"),
            ("", "1", " + 1"),
            ("", "1 = 1", " OR 1 = 1"),
            ("", "1 = 1", " AND A = 2"),
            ("", "A", " IS NULL"),
            ("", "A", ".A"),
            ("1 IN (", "1", ")"),
            ("A BETWEEN 1 AND ", "1", ""),
            ("'a' + ", "'b'", ""),
        ];
        for (before, middle, after) in shapes {
            for count in [10, 100, 1_000, 7_900, 15_900, 60_000] {
                let text = format!("{}{middle}{}", before.repeat(count), after.repeat(count));
                for text in [format!("1 = {text}"), format!("{text} ("), text.clone()] {
                    let _ = compile_condition(&OneTable, "T", &text);
                    let _ = is_tautology(&text);
                }
                let parts = QueryParts {
                    select: Some(&text),
                    order_by: Some(&text),
                    ..QueryParts::default()
                };
                let _ = compile_query(&OneTable, "T", &parts, Unordered::Natural, None);
            }
        }
    });
}
