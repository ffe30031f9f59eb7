//! Reads from a server that responds differently: each is complete, or ends with an error.

use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef, ViewDef};
use caspio_tests::on_every_version;
use caspio_tests::rewriting::{Layer, Rewriting};
use serde_json::{Value, json};
use std::cmp::Ordering;
use std::env;

/// The random reads of each version; `CASPIO_TEST_CASES` changes the number.
const CASES: usize = 600;
/// A read that makes more calls than this has no end.
pub(super) const MOST_CALLS: usize = 300;
/// The records of the table; keys have gaps.
pub(super) const RECORDS: usize = 120;

#[derive(Clone, Debug, CaspioTable)]
#[caspio(table = "T")]
pub(super) struct Row {
    #[caspio(pk)]
    pk_id: i64,
    pub(super) note: Option<String>,
    pub(super) score: Option<f64>,
    pub(super) number: Option<i32>,
    pub(super) due: Option<DateTime>,
    price: Option<Decimal>,
}

#[derive(Clone, Debug, CaspioView)]
#[caspio(view = "T_View")]
struct ViewRow {
    #[caspio(pk)]
    pk_id: String,
    note: Option<String>,
    score: Option<f64>,
    number: Option<i32>,
    due: Option<DateTime>,
    price: Option<Decimal>,
}

/// Which server, and whether reads must be complete: it differs only in how it writes the same values.
pub(super) const REWRITINGS: &[(Rewriting, bool)] = &[
    (Rewriting::Unchanged, true),
    (Rewriting::NullAsEmptyText, true),
    (Rewriting::EmptyTextAsNull, true),
    (Rewriting::FloatDigits(15), false),
    (Rewriting::FloatDigits(17), true),
    (Rewriting::FloatExponents, true),
    (Rewriting::SevenSecondDigits, true),
    (Rewriting::FewSecondDigits, true),
    (Rewriting::KeysAsText, true),
    (Rewriting::ExtraMembers, true),
    (Rewriting::OtherCase, true),
    (Rewriting::RepeatedMembers, false),
    (Rewriting::RepeatedRecords, false),
    (Rewriting::WrongTotal(5), false),
    (Rewriting::WrongTotal(-1_000), true),
    (Rewriting::ReversedPages, false),
    (Rewriting::OverlappingPages, false),
    (Rewriting::SamePage, false),
    (Rewriting::OrderIgnored, false),
    (Rewriting::ConditionIgnored, false),
    (Rewriting::LimitIgnored, false),
    (Rewriting::LimitLowered(2), true),
    (Rewriting::MissingKey, false),
    (Rewriting::NoRecords, false),
    (Rewriting::NoMember, false),
    (Rewriting::Cut(30), false),
    (Rewriting::Cut(97), false),
    (Rewriting::Html, false),
];

pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % most
    }

    pub(super) fn of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum By {
    Key,
    KeyDescending,
    Note(bool),
    Score(bool),
    Number(bool),
    Due(bool),
    Price(bool),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    Typed,
    Map,
    View,
    Pages,
}

#[derive(Clone, Copy, Debug)]
struct Case {
    rewriting: Rewriting,
    from: usize,
    /// The `Number` that the records have.
    condition: Option<i32>,
    by: By,
    how: How,
    page_size: u16,
    concurrency: usize,
    limit: Option<usize>,
    /// After how many records the read stops, and another one resumes it.
    stop: Option<usize>,
}

fn case(random: &mut Random) -> (Case, bool) {
    let (rewriting, complete) = random.of(REWRITINGS);
    let how = random.of(&[How::Typed, How::Map, How::View, How::Pages]);
    let descends = random.below(2) == 0;
    let case = Case {
        rewriting,
        from: random.of(&[0, 0, 0, 1, 2]),
        condition: random.of(&[None, Some(-1), Some(0), Some(2)]),
        by: if how == How::Map {
            By::Key
        } else {
            random.of(&[
                By::Key,
                By::Key,
                By::KeyDescending,
                By::Note(descends),
                By::Score(descends),
                By::Number(descends),
                By::Due(descends),
                By::Price(descends),
            ])
        },
        how,
        page_size: random.of(&[3, 4, 7, 10, 20, 50]),
        concurrency: random.of(&[1, 1, 2, 8]),
        limit: random.of(&[None, None, Some(9), Some(33)]),
        stop: random.of(&[None, None, Some(1), Some(5), Some(12)]),
    };
    let mut case = case;
    if rewriting == Rewriting::ConditionIgnored {
        // Whether a record meets a condition of the user's is not checked.
        case.condition = None;
    }
    if rewriting == Rewriting::OrderIgnored {
        // A few records can be in order by chance.
        case.page_size = case.page_size.max(10);
        case.condition = None;
    }
    (case, complete)
}

/// v2 reports no totals, so that a page of fewer records than there are cannot be noticed.
fn is_unnoticed(version: ApiVersion, case: &Case) -> bool {
    let fewer = matches!(
        case.rewriting,
        Rewriting::LimitLowered(_) | Rewriting::NoRecords | Rewriting::SamePage
    );
    version == ApiVersion::V2 && fewer
}

/// The columns of record `index`; texts, nulls, ties and floats that 15 digits do not hold.
pub(super) fn record(index: usize) -> Value {
    let note = match index % 5 {
        0 => Value::Null,
        1 => json!(""),
        _ => json!(format!("text {}", index % 4)),
    };
    let score = match index % 6 {
        0 => Value::Null,
        _ => json!(0.1 * (index % 4) as f64 + 0.2 + (index % 3) as f64 * 1e-16 * 4.0),
    };
    json!({
        "Note": note,
        "Score": score,
        "Number": if index.is_multiple_of(7) { Value::Null } else { json!(index % 6) },
        "Due": format!("2026-01-0{}T03:04:05{}", 1 + index % 4, [".003", "", ".12"][index % 3]),
        "Price": (index % 9) as f64 / 4.0,
    })
}

pub(super) async fn emulator() -> Emulator {
    let emulator = Emulator::builder().empty().start().await;
    let emulator = emulator.expect("an emulator");
    let fields = [
        ("Note", DataType::Text255),
        ("Score", DataType::Number),
        ("Number", DataType::Integer),
        ("Due", DataType::DateTime),
        ("Price", DataType::Currency),
    ];
    let mut table = TableDef::new("T");
    let mut view = ViewDef::new("T_View", "T");
    for (name, data_type) in fields {
        table = table.field(FieldDef::new(name, data_type));
        view = view.field(&format!("T.{name}"));
    }
    emulator.create_table(table).expect("a table");
    emulator.create_view(view).expect("a view");
    for index in 0..RECORDS {
        emulator.insert("T", record(index)).expect("a record");
    }
    let deleted = emulator.delete("T", "PK_ID % 11 = 3 OR PK_ID % 11 = 4");
    deleted.expect("a delete");
    emulator
}

/// The keys of the records that are not deleted.
pub(super) fn stored_keys() -> impl Iterator<Item = i64> {
    (1..=RECORDS as i64).filter(|key| !matches!(key % 11, 3 | 4))
}

/// The keys of the right result, from the records as they were inserted.
fn expected(case: &Case) -> Vec<i64> {
    let mut rows: Vec<(i64, Value)> = stored_keys()
        .map(|key| (key, record(key as usize - 1)))
        .collect();
    if let Some(number) = case.condition {
        rows.retain(|(_, row)| row["Number"] == number);
    }
    let view = case.how == How::View;
    let by_key = |a: i64, b: i64| {
        if view {
            a.to_string().cmp(&b.to_string())
        } else {
            a.cmp(&b)
        }
    };
    rows.sort_by(|(a, left), (b, right)| {
        let (column, descends) = match case.by {
            By::Key => return by_key(*a, *b),
            By::KeyDescending => return by_key(*b, *a),
            By::Note(descends) => ("Note", descends),
            By::Score(descends) => ("Score", descends),
            By::Number(descends) => ("Number", descends),
            By::Due(descends) => ("Due", descends),
            By::Price(descends) => ("Price", descends),
        };
        let order = in_order(&left[column], &right[column]);
        let order = if descends { order.reverse() } else { order };
        order.then_with(|| by_key(*a, *b))
    });
    let limit = case.limit.unwrap_or(usize::MAX);
    rows.into_iter().map(|(key, _)| key).take(limit).collect()
}

pub(super) fn in_order(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        (Value::String(left), Value::String(right)) => left.cmp(right),
        _ => left.as_f64().partial_cmp(&right.as_f64()).expect("numbers"),
    }
}

macro_rules! query {
    ($case:ident, $query:expr) => {{
        let query = $query;
        let query = match $case.by {
            By::Key => query,
            By::KeyDescending => query.order_by(|c| c.pk_id.desc()),
            By::Note(true) => query.order_by(|c| c.note.desc()),
            By::Note(false) => query.order_by(|c| c.note.asc()),
            By::Score(true) => query.order_by(|c| c.score.desc()),
            By::Score(false) => query.order_by(|c| c.score.asc()),
            By::Number(true) => query.order_by(|c| c.number.desc()),
            By::Number(false) => query.order_by(|c| c.number.asc()),
            By::Due(true) => query.order_by(|c| c.due.desc()),
            By::Due(false) => query.order_by(|c| c.due.asc()),
            By::Price(true) => query.order_by(|c| c.price.desc()),
            By::Price(false) => query.order_by(|c| c.price.asc()),
        };
        let query = match $case.condition {
            Some(number) => query.filter(|c| c.number.eq(number)),
            None => query,
        };
        let query = query
            .page_size($case.page_size)
            .concurrency($case.concurrency);
        match $case.limit {
            Some(limit) => query.limit(limit as u64),
            None => query,
        }
    }};
}

macro_rules! stopped_and_resumed {
    ($case:ident, $query:expr, $key:expr) => {{
        let mut keys = Vec::new();
        let mut stream = $query.stream();
        while let Some(row) = stream.try_next().await? {
            keys.push($key(row));
            if Some(keys.len()) == $case.stop {
                break;
            }
        }
        if Some(keys.len()) == $case.stop {
            let mut rest = $query.resume_from(&stream.position());
            if let Some(limit) = $case.limit {
                rest = rest.limit((limit - keys.len()) as u64);
            }
            let mut rest = rest.stream();
            while let Some(row) = rest.try_next().await? {
                keys.push($key(row));
            }
        }
        Ok(keys)
    }};
}

async fn read(caspio: &Client, case: &Case) -> caspio::Result<Vec<i64>> {
    let rows = || query!(case, caspio.table::<Row>().query());
    match case.how {
        How::Typed => stopped_and_resumed!(case, rows(), |row: Row| row.pk_id),
        How::View => {
            let rows = || query!(case, caspio.view::<ViewRow>().query());
            stopped_and_resumed!(case, rows(), |row: ViewRow| row
                .pk_id
                .parse()
                .expect("a key"))
        }
        How::Map => {
            let rows = || {
                let query = caspio.table_named("T").query();
                let query = query
                    .page_size(case.page_size)
                    .concurrency(case.concurrency);
                let query = match case.condition {
                    Some(number) => query.filter_raw("Number = ?", (number,)),
                    None => query,
                };
                query.limit(case.limit.unwrap_or(RECORDS) as u64)
            };
            stopped_and_resumed!(case, rows(), |row: RecordMap| key_of(&row))
        }
        How::Pages => {
            let mut pages = rows().pages();
            let mut keys = Vec::new();
            while let Some(page) = pages.try_next().await? {
                keys.extend(page.records()?.iter().map(|row| row.pk_id));
            }
            Ok(keys)
        }
    }
}

fn key_of(row: &RecordMap) -> i64 {
    match row.get("PK_ID") {
        Some(Value::Number(key)) => key.as_i64().expect("a key"),
        Some(Value::String(key)) => key.parse().expect("a key"),
        _ => -1,
    }
}

on_every_version! {
    async fn random_reads_end_complete_or_with_an_error(version) {
        let emulator = emulator().await;
        let layer = Layer::default();
        let caspio = layer.client(&emulator, version);
        let mut random = Random(0x2545_F491_4F6C_DD1D);
        let mut failed = std::collections::BTreeMap::<String, (usize, String)>::new();

        for _ in 0..cases() {
            let (case, complete) = case(&mut random);
            layer.rewrite(case.rewriting, case.from, MOST_CALLS);
            let read = read(&caspio, &case).await;
            let endless = layer.calls() > MOST_CALLS;
            let expected = expected(&case);
            let outcome = match &read {
                _ if endless => "endless",
                Ok(keys) if *keys == expected => continue,
                _ if is_unnoticed(version, &case) => continue,
                Ok(_) => "wrong",
                Err(_) if complete => "an error",
                Err(_) => continue,
            };
            let text = format!("{case:?}: {read:?}\n  expected {expected:?}");
            let name = format!("{:?} {outcome}", case.rewriting);
            failed.entry(name).or_insert((0, text)).0 += 1;
        }

        let failed: Vec<String> = failed
            .iter()
            .map(|(name, (count, text))| format!("{count} x {name}\n  {text}"))
            .collect();
        assert!(failed.is_empty(), "{}", failed.join("\n"));
    }
}

pub(super) fn cases() -> usize {
    let cases = env::var("CASPIO_TEST_CASES").ok();
    cases.and_then(|cases| cases.parse().ok()).unwrap_or(CASES)
}

on_every_version! {
    async fn a_lookup_of_many_keys_is_complete_or_an_error(version) {
        let emulator = emulator().await;
        let layer = Layer::default();
        let caspio = layer.client(&emulator, version);
        let rows = caspio.table::<Row>();
        let wanted = [1_i64, 2, 5, 6, 7, 8, 9];

        layer.rewrite(Rewriting::LimitLowered(2), 0, MOST_CALLS);
        let read = rows.get_many(wanted).await;

        // v2 reports no totals.
        if version != ApiVersion::V2 {
            let error = read.expect_err("two of seven records");
            assert_eq!(error.kind(), ErrorKind::Protocol);
        }
        layer.rewrite(Rewriting::OrderIgnored, 0, MOST_CALLS);
        let found = rows.get_many(wanted).await.expect("the records");
        assert!(found.keys().copied().eq(wanted));
    }
}
