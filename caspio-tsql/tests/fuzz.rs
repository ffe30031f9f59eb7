//! Invalid text, generated from a loose grammar and by mutation.
//!
//! For any input nothing panics, SQLite accepts every compiled query, it reads no table except the
//! permitted one, its failures are SQL Server's, and its values have the promised types. The seed
//! is fixed; `CASPIO_FUZZ_SECONDS` sets the time, `CASPIO_FUZZ_SEED` the seed.

mod support;

use caspio_tsql::{
    Compiled, QueryParts, TsqlError, Type, Unordered, compile_condition, compile_count,
    compile_expression, compile_formula, compile_query, is_tautology, limit_runtime,
};
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

/// A random generator (xorshift), so that a seed means the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const ATOMS: &[&str] = &[
    "PK_ID",
    "A",
    "[B]",
    "N",
    "S",
    "T.T",
    "M",
    "Flag",
    "D",
    "Pass",
    "Tags",
    "Nobody",
    "u.A",
    "*",
    "1",
    "0",
    "-1",
    "2.5",
    "1e3",
    "99999999999999999999",
    "0.00001",
    "'x'",
    "N'é'",
    "''",
    "'5'",
    "'2024-02-29'",
    "'1/2/2024 3:04 PM'",
    "'$1,000.50'",
    "NULL",
    "GETDATE()",
    "'%[a-c_]%'",
    "@p",
    "$5",
    "true",
    "pk",
    "c1",
];
const OPERATORS: &[&str] = &[
    "+", "-", "*", "/", "%", "=", "<>", "!=", "<", "<=", ">", ">=", "AND", "OR", "LIKE",
    "NOT LIKE", "&", "||", "IS",
];
const CALLS: &[&str] = &[
    "LEN",
    "LEFT",
    "RIGHT",
    "SUBSTRING",
    "CHARINDEX",
    "PATINDEX",
    "REPLACE",
    "UPPER",
    "LTRIM",
    "CONCAT",
    "REVERSE",
    "REPLICATE",
    "STUFF",
    "SPACE",
    "TRIM",
    "ABS",
    "ROUND",
    "CEILING",
    "FLOOR",
    "POWER",
    "SQRT",
    "SIGN",
    "LOG",
    "EXP",
    "SQUARE",
    "ISNULL",
    "COALESCE",
    "NULLIF",
    "IIF",
    "YEAR",
    "DAY",
    "EOMONTH",
    "COUNT",
    "SUM",
    "AVG",
    "MIN",
    "MAX",
    "STDEV",
    "LAG",
    "NEWID",
    "sqlite_version",
    "LOWER",
];
const PARTS: &[&str] = &[
    "day", "month", "yy", "hour", "week", "ms", "quarter", "dw", "x",
];
const TYPES: &[&str] = &[
    "int",
    "bigint",
    "tinyint",
    "float",
    "money",
    "decimal(10,2)",
    "varchar(5)",
    "nvarchar(max)",
    "datetime",
    "date",
    "bit",
    "uniqueidentifier",
    "xml",
];

fn value(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 {
        return dice.pick(ATOMS).to_owned();
    }
    let next = depth - 1;
    match dice.below(18) {
        0..=3 => dice.pick(ATOMS).to_owned(),
        4..=6 => {
            let operator = dice.pick(&OPERATORS[..5]);
            format!("{} {operator} {}", value(dice, next), value(dice, next))
        }
        7 => format!("({})", value(dice, next)),
        8 => format!("-{}", value(dice, next)),
        9 => format!(
            "CASE WHEN {} THEN {} ELSE {} END",
            condition(dice, next),
            value(dice, next),
            value(dice, next)
        ),
        10 => format!(
            "CASE {} WHEN {} THEN {} END",
            value(dice, next),
            value(dice, next),
            value(dice, next)
        ),
        11 => {
            let call = dice.pick(&["CAST", "TRY_CAST"]);
            format!("{call}({} AS {})", value(dice, next), dice.pick(TYPES))
        }
        12 => {
            let style = dice.pick(&["", ", 101", ", 103", ", 120", ", 126", ", 2", ", 999"]);
            let call = dice.pick(&["CONVERT", "TRY_CONVERT"]);
            format!("{call}({}, {}{style})", dice.pick(TYPES), value(dice, next))
        }
        13 => {
            let call = dice.pick(&["DATEADD", "DATEDIFF", "DATEPART", "DATENAME"]);
            format!(
                "{call}({}, {}, {})",
                dice.pick(PARTS),
                value(dice, next),
                value(dice, next)
            )
        }
        14 => format!("({})", select(dice, next)),
        15 => {
            let call = dice.pick(&[
                "ROW_NUMBER()",
                "RANK()",
                "SUM(A)",
                "MIN(S)",
                "LAG(D)",
                "NTILE(2)",
                "COUNT(*)",
            ]);
            format!(
                "{call} OVER (PARTITION BY {} ORDER BY {})",
                value(dice, next),
                value(dice, next)
            )
        }
        _ => {
            let call = dice.pick(CALLS);
            let count = dice.below(4);
            let arguments: Vec<_> = (0..count).map(|_| value(dice, next)).collect();
            format!("{call}({})", arguments.join(", "))
        }
    }
}

fn condition(dice: &mut Dice, depth: usize) -> String {
    let next = depth.saturating_sub(1);
    let not = if dice.below(4) == 0 { "NOT " } else { "" };
    match dice.below(if depth == 0 { 5 } else { 12 }) {
        0..=3 => {
            let operator = dice.pick(OPERATORS);
            format!("{} {operator} {}", value(dice, next), value(dice, next))
        }
        4 => format!("{} IS {not}NULL", value(dice, next)),
        5 => format!(
            "{} {not}IN ({}, {})",
            value(dice, next),
            value(dice, next),
            value(dice, next)
        ),
        6 => format!(
            "{} {not}BETWEEN {} AND {}",
            value(dice, next),
            value(dice, next),
            value(dice, next)
        ),
        7 => format!("{} {not}IN ({})", value(dice, next), select(dice, next)),
        8 => format!("{not}EXISTS ({})", select(dice, next)),
        9 => format!("NOT ({})", condition(dice, next)),
        _ => {
            let operator = dice.pick(&["AND", "OR"]);
            format!(
                "({} {operator} {})",
                condition(dice, next),
                condition(dice, next)
            )
        }
    }
}

fn select(dice: &mut Dice, depth: usize) -> String {
    let next = depth.saturating_sub(1);
    let mut sql = format!(
        "SELECT {}{} FROM {}",
        dice.pick(&["", "", "DISTINCT ", "TOP 2 "]),
        value(dice, next),
        dice.pick(&[
            "T",
            "U u",
            "T AS u",
            "Hidden",
            "secret",
            "sqlite_master",
            "(SELECT A, S FROM T) u",
            "T x JOIN U u ON x.PK_ID = u.A"
        ]),
    );
    if dice.below(2) == 0 {
        sql.push_str(&format!(" WHERE {}", condition(dice, next)));
    }
    if dice.below(6) == 0 {
        sql.push_str(&format!(" GROUP BY {}", value(dice, next)));
    }
    if dice.below(6) == 0 {
        sql.push_str(&format!(" ORDER BY {}", value(dice, next)));
    }
    sql
}

/// Cuts, repeats, swaps and corrupts text.
fn mutated(dice: &mut Dice, text: String) -> String {
    const POLLUTION: &[&str] = &[
        "'",
        "\"",
        "[",
        "]",
        "(",
        ")",
        ";",
        "--",
        "/*",
        "*/",
        "\0",
        "é",
        "\u{1F600}",
        "?1",
        ":x",
        " FROM ",
        " UNION SELECT x FROM secret ",
        ", ",
        " AS ",
        "''",
        "0x41",
        "N'",
        ".",
        "#",
    ];
    let mut characters: Vec<_> = text.chars().collect();
    for _ in 0..=dice.below(3) {
        let at = dice.below(characters.len() + 1);
        let to = (at + dice.below(8)).min(characters.len());
        match dice.below(4) {
            0 => drop(characters.drain(at..to)),
            1 => {
                let copy = characters[at..to].to_vec();
                let _ = characters.splice(at..at, copy);
            }
            2 => characters[at..to].reverse(),
            _ => {
                let _ = characters.splice(at..at, dice.pick(POLLUTION).chars());
            }
        }
    }
    characters.into_iter().collect()
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
        (Type::Integer | Type::Currency, ValueRef::Integer(_)) => true,
        (Type::YesNo, ValueRef::Integer(bit)) => bit == 0 || bit == 1,
        (Type::Number, ValueRef::Real(_)) => true,
        (Type::DateTime, ValueRef::Text(text)) => text.len() == 23,
        (Type::Text | Type::Guid | Type::List | Type::Attachment, ValueRef::Text(_)) => true,
        _ => false,
    }
}

fn one_round(connection: &mut Connection, dice: &mut Dice, tally: &mut Tally) {
    let depth = dice.below(4);
    let mut list = value(dice, depth);
    let mut filter = condition(dice, depth);
    let mut order = value(dice, depth);
    let mut group = value(dice, depth);
    if dice.below(3) == 0 {
        list = mutated(dice, list);
        filter = mutated(dice, filter);
        order = mutated(dice, order);
        group = mutated(dice, group);
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
    let unordered = match dice.below(2) {
        0 => Unordered::Natural,
        _ => Unordered::Shuffled(dice.0),
    };
    let window = (dice.below(2) == 0).then_some((2, 1));
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
        let mut dice = Dice(number("CASPIO_FUZZ_SEED", 0x9e37_79b9_7f4a_7c15) | 1);
        let mut tally = Tally::default();
        let deadline = Instant::now() + Duration::from_secs(seconds);
        while Instant::now() < deadline {
            one_round(&mut connection, &mut dice, &mut tally);
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
        let mut dice = Dice(77);
        for _ in 0..3_000 {
            let bytes: Vec<_> = (0..dice.below(80)).map(|_| dice.below(256) as u8).collect();
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
