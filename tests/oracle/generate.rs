//! The case of a number.

use crate::case::{CASES_OF_A_TABLE, Case, Having, How, RecordType, Source};
use crate::condition::{self, Comparison, Condition};
use crate::content::{Column, TableContent};
use crate::random::Random;
use crate::runs::runs;
use crate::shown::Shown;
use crate::written::{key, writes};

/// Returns the case of a number; `version` is 2, 3 or 4.
pub(crate) fn of_seed(seed: u64, version: Option<u8>) -> Case {
    let content = content(seed / CASES_OF_A_TABLE);
    let random = &mut Random::of(&[seed, 1]);
    let keys = content.keys();
    let rows = keys.len() as u64;
    let source = random.weighted(&[
        (62, Source::Table),
        (12, Source::View),
        (13, Source::Map),
        (7, Source::Joined),
        (6, Source::Wide),
    ]);
    let how = how(random, &keys, source);
    let record_type = record_type(random, source, &how, rows);
    let filters = filters(random, &content, &keys);
    let mut case = Case {
        version: version.unwrap_or(2 + (seed % 3) as u8),
        source,
        record_type,
        filters,
        order: order(random, record_type),
        having: Vec::new(),
        limit: random.percent(25).then(|| random.between(0, rows + 3)),
        page_size: page_size(random, rows),
        concurrency: random.weighted(&[
            (50, Some(1)),
            (10, Some(2)),
            (10, Some(3)),
            (10, Some(8)),
            (10, Some(16)),
            (10, None),
        ]),
        how,
        writes: Vec::new(),
        shown: shown(random),
        by_records: None,
        content,
    };
    if record_type.is_grouped() && source == Source::Table && random.percent(20) {
        case.having = vec![having(random)];
    }
    if matches!(case.how, How::More(_) | How::Page(_)) {
        case.limit = None;
    }
    if case.how.is_by_keys() {
        (case.filters, case.order, case.limit) = (Vec::new(), Vec::new(), None);
    }
    if record_type == RecordType::Exact {
        case.filters = Vec::new();
        case.order = vec![(Column::Value, random.percent(50))];
        if case.content.extreme {
            // Such floats are not decimal numbers.
            case.record_type = RecordType::Narrow;
        }
    }
    let is_one_page = matches!(case.how, How::Collect | How::First) && source == Source::Table;
    if record_type == RecordType::ByName && is_one_page && random.percent(50) {
        case.by_records = Some(random.percent(70));
        if random.percent(90) {
            case.limit = Some(random.between(0, case.page()));
        }
        return case;
    }
    if rows < SMALL && random.percent(50) {
        sort_by_uncertain(random, &mut case);
    }
    if rows < SMALL * 4 && random.percent(8) {
        sort_by_long_text(random, &mut case);
    }
    sort_by_flag(random, &mut case);
    if random.percent(if rows < SMALL { 80 } else { 30 }) {
        case.writes = writes(random, &mut case, &keys);
    }
    case
}

/// Tables with fewer records are most often read while they are written.
const SMALL: u64 = 15;

/// Makes the read one of small pages in an order by values that may be shown in another way than they are compared.
fn sort_by_uncertain(random: &mut Random, case: &mut Case) {
    case.page_size = Some(random.between(1, 4) as u16);
    if let How::Page(size) = &mut case.how {
        *size = random.between(1, 4) as u16;
    }
    case.shown = random.pick(&[
        Shown::Exactly,
        Shown::NullAsEmpty,
        Shown::EmptyAsNull,
        Shown::FifteenDigits,
        Shown::EmptyAndFifteenDigits,
        Shown::LowTotals,
    ]);
    case.content.digits = case.shown.cuts_digits();
    if case.source == Source::Table && !case.how.is_aggregate() && !case.how.is_by_keys() {
        read_groups_of_floats(random, case);
    }
    let is_sorted_freely = !case.record_type.is_grouped() && case.record_type != RecordType::Exact;
    if is_sorted_freely && !case.how.is_by_keys() {
        let columns = [
            Column::Name,
            Column::Note,
            Column::Value,
            Column::Value,
            Column::Amount,
        ];
        let terms = (0..random.between(1, 2)).map(|_| (random.pick(&columns), random.percent(50)));
        case.order = terms.collect();
        // A read of all columns does not select which of two texts is null.
        if case.source == Source::Map && random.percent(60) {
            let columns = [Column::Name, Column::Note];
            case.order = columns.map(|column| (column, random.percent(50))).into();
            case.shown = random.pick(&[Shown::NullAsEmpty, Shown::EmptyAsNull]);
            if random.percent(30) {
                // A float after texts of which it is not known which are null.
                case.order.push((Column::Value, random.percent(50)));
                case.shown = Shown::EmptyAndFifteenDigits;
            }
            // Some of the texts do not fit into a URL.
            case.content.extreme |= random.percent(40);
            (case.content.odd, case.content.nulls) = (true, case.content.nulls.max(30));
            // How a pattern matches texts that are compared in a special way is not known.
            case.filters = Vec::new();
        }
    }
}

/// Makes the read one of small pages in an order by names that do not fit into a URL, and of columns with nulls behind
/// them.
fn sort_by_long_text(random: &mut Random, case: &mut Case) {
    let is_sorted_freely = !case.record_type.is_grouped() && case.record_type != RecordType::Exact;
    if !is_sorted_freely || case.how.is_by_keys() {
        return;
    }
    let nullable = [
        Column::Qty,
        Column::Count,
        Column::Amount,
        Column::Value,
        Column::At,
        Column::Note,
    ];
    case.order = vec![(Column::Name, random.percent(50))];
    for _ in 0..random.between(1, 2) {
        case.order
            .push((random.pick(&nullable), random.percent(50)));
    }
    (case.content.long, case.content.extreme) = (true, true);
    case.content.nulls = case.content.nulls.clamp(25, 60);
    case.filters = Vec::new();
    let most = case.page_size.map_or(5, u64::from).clamp(2, 5);
    case.page_size = Some(random.between(2, most) as u16);
}

/// Makes some of the reads one of groups of floats, which are shown with fewer digits, with several on a page.
fn read_groups_of_floats(random: &mut Random, case: &mut Case) {
    if !random.percent(12) || case.record_type == RecordType::Exact {
        return;
    }
    case.record_type = RecordType::ByValue;
    case.order = match random.percent(50) {
        true => vec![(Column::Value, random.percent(70))],
        false => Vec::new(),
    };
    (case.having, case.filters) = (Vec::new(), Vec::new());
    case.shown = random.pick(&[Shown::FifteenDigits, Shown::EmptyAndFifteenDigits]);
    case.content.variety = case.content.variety.max(20);
}

/// Makes most reads of joined tables ones in an order by `Flag`, which is null there for some records.
fn sort_by_flag(random: &mut Random, case: &mut Case) {
    let is_sorted_freely = !case.record_type.is_grouped() && !case.how.is_by_keys();
    if case.source == Source::Joined && is_sorted_freely && random.percent(50) {
        case.order.insert(0, (Column::Flag, random.percent(50)));
        case.order.dedup_by_key(|(column, _)| *column);
    }
}

/// Returns the number of records in the table of a case.
pub(crate) fn rows_of_seed(seed: u64) -> u64 {
    content(seed / CASES_OF_A_TABLE).keys().len() as u64
}

fn filters(random: &mut Random, content: &TableContent, keys: &[i64]) -> Vec<Condition> {
    if !random.percent(7) {
        let count = random.weighted(&[(40, 0), (45, 1), (15, 2)]);
        return (0..count)
            .map(|_| condition::random(random, content, keys, 2))
            .collect();
    }
    // Several lists, often of the same length.
    const LISTED: [Column; 6] = [
        Column::Key,
        Column::Name,
        Column::Code,
        Column::Qty,
        Column::Auto,
        Column::Guid,
    ];
    let most = random.pick(&[5, 60, 60, 200]);
    let lists = (0..random.between(2, 3)).map(|_| {
        let column = random.pick(&LISTED);
        let values = (0..most).map(|_| condition::value(random, content, keys, column));
        let mut values: Vec<_> = values.collect();
        values.truncate(if random.percent(70) {
            most
        } else {
            random.below(most as u64) as usize
        });
        Condition::In(column, values)
    });
    let lists: Vec<_> = lists.collect();
    if random.percent(50) {
        lists
    } else {
        vec![Condition::And(lists)]
    }
}

fn content(block: u64) -> TableContent {
    let random = &mut Random::of(&[block, 2]);
    let sizes = [
        (1_500, (3, SMALL - 1)),
        (5_500, (0, 60)),
        (2_700, (60, 500)),
        (297, (600, 6_000)),
        // A case takes a second, so of a million cases these would take a half of the time with a share of 10.
        (3, (20_000, 150_000)),
    ];
    let (low, high) = random.weighted(&sizes);
    let rows = random.between(low, high);
    TableContent {
        seed: random.next(),
        runs: runs(random, rows),
        variety: random.pick(&[1, 2, 5, 20, 300, 100_000]),
        nulls: random.pick(&[0, 0, 10, 40, 95]),
        extreme: rows < 1_000 && random.percent(15),
        odd: random.percent(30),
        long: false,
        digits: false,
        patterns: random.percent(30),
    }
}

fn how(random: &mut Random, keys: &[i64], source: Source) -> How {
    let rows = keys.len() as u64;
    let stops = |random: &mut Random| {
        let count = random.between(0, 3);
        (0..count)
            .map(|_| random.below(rows + 2) as usize)
            .collect()
    };
    match random.below(100) {
        0..21 => How::Collect,
        21..25 => {
            let least = rows.div_ceil(25).clamp(1, 1_000) as u16;
            How::Page(random.pick(&[1, 2, 7, 20, 100, 998, 1_000]).max(least))
        }
        25..45 => How::Stream(stops(random)),
        45..60 => How::Pages(stops(random)),
        60..68 => How::Budget(random.weighted(&[(3, 1), (3, 2), (3, 3), (2, 7)])),
        68..71 => How::Deadline(random.pick(&[0, 300, 2_000, 10_000])),
        71..74 => How::More(random.below(rows + 2)),
        74..76 => How::First,
        76..78 => How::Count,
        78 => How::CountAfter(random.below(rows + 2) as usize),
        79..82 => How::Exists,
        82..91 if source == Source::Map => How::Count,
        82..85 => How::Sum(random.pick(&[Column::Qty, Column::Amount, Column::Value])),
        85..88 => How::Min(random.pick(&Column::ORDERED)),
        88..91 => How::Max(random.pick(&Column::ORDERED)),
        91..94 => How::Get(key(random, keys)),
        94..98 => How::GetMany(some_keys(random, keys)),
        _ if source == Source::Table => How::Loader(some_keys(random, keys)),
        _ => How::Collect,
    }
}

fn some_keys(random: &mut Random, keys: &[i64]) -> Vec<i64> {
    let most = random.weighted(&[(3, 5), (3, 100), (1, 1_500)]);
    if random.percent(25) {
        let start = random.below(keys.len() as u64) as usize;
        return keys
            .iter()
            .skip(start)
            .take(most as usize)
            .copied()
            .collect();
    }
    (0..random.between(0, most))
        .map(|_| key(random, keys))
        .collect()
}

fn record_type(random: &mut Random, source: Source, how: &How, rows: u64) -> RecordType {
    let many = rows > 10_000;
    match source {
        Source::Table if matches!(how, How::Count | How::Exists) => random.weighted(&[
            (8, RecordType::Full),
            (1, RecordType::ByName),
            (1, RecordType::ByTwo),
        ]),
        _ if how.is_aggregate() || how.is_by_keys() => RecordType::Full,
        Source::Map => random.weighted(&[(3, RecordType::Full), (1, RecordType::Narrow)]),
        _ if many && random.percent(70) => RecordType::Narrow,
        Source::View | Source::Wide | Source::Joined => random.weighted(&[
            (6, RecordType::Full),
            (2, RecordType::Narrow),
            (2, RecordType::ByName),
        ]),
        Source::Table => random.weighted(&[
            (60, RecordType::Full),
            (10, RecordType::Narrow),
            (8, RecordType::Alias),
            (4, RecordType::Exact),
            (10, RecordType::ByName),
            (3, RecordType::ByNameAlias),
            (6, RecordType::ByTwo),
            (6, RecordType::ByQtyAlias),
            (4, RecordType::ByFlag),
            (4, RecordType::ByValue),
        ]),
    }
}

fn order(random: &mut Random, record_type: RecordType) -> Vec<(Column, bool)> {
    let columns = if record_type.is_grouped() {
        record_type.group()
    } else {
        &Column::SORTED
    };
    let count = random.weighted(&[(45, 0), (30, 1), (15, 2), (10, 3)]);
    (0..count)
        .map(|_| (random.pick(columns), random.percent(50)))
        .collect()
}

fn page_size(random: &mut Random, rows: u64) -> Option<u16> {
    match rows {
        0..600 => {
            let size = random.pick(&[1, 2, 3, 5, 7, 10, 20, 50, 100]);
            // Not too many calls.
            let least = rows.div_ceil(25).max(1) as u16;
            random.percent(90).then_some(size.max(least))
        }
        600..10_000 => random
            .percent(60)
            .then(|| random.pick(&[20, 50, 100, 250, 500, 1_000, 2_000])),
        _ => None,
    }
}

fn shown(random: &mut Random) -> Shown {
    random.weighted(&[
        (85, Shown::Exactly),
        (5, Shown::NullAsEmpty),
        (5, Shown::EmptyAsNull),
        (5, Shown::FifteenDigits),
        (3, Shown::EmptyAndFifteenDigits),
        (3, Shown::LowTotals),
    ])
}

fn having(random: &mut Random) -> Having {
    let comparison = random.pick(&Comparison::ALL);
    let number = random.between(0, 6) as i64;
    match random.below(4) {
        0 => Having::Records(comparison, number),
        1 => Having::SumOfCount(comparison, number),
        2 => Having::AverageOfQty(comparison, number),
        _ => Having::MaxOfCount(comparison, number),
    }
}
