//! Random cases.

use super::case::{Action, Case, Condition, Hit, Row, Rows, Step};
use super::random::Random;
use super::values::{COLUMNS, PASSWORDS, Type, date, is_kept, key, value};
use serde_json::json;

const HITS: [Hit; 20] = [
    Hit::LostBefore,
    Hit::LostAfter,
    Hit::LostAfter,
    Hit::Late,
    Hit::LateResponse,
    Hit::Cut,
    Hit::Doubled,
    Hit::OfEarlier,
    Hit::Html,
    Hit::Strange,
    Hit::Strange,
    Hit::Gateway,
    Hit::GatewayAfter,
    Hit::RateLimited,
    Hit::WithoutKey,
    Hit::RepeatedKey,
    Hit::CancelBefore,
    Hit::CancelAfter,
    Hit::OtherInserts,
    Hit::OtherUpdates,
];

/// What happens to calls that neither read nor write records.
const OTHER_HITS: [Hit; 7] = [
    Hit::LostBefore,
    Hit::LostAfter,
    Hit::Cut,
    Hit::Html,
    Hit::Strange,
    Hit::Gateway,
    Hit::RateLimited,
];

const TYPES: [Type; 7] = [
    Type::Text,
    Type::Text,
    Type::Text,
    Type::Integer,
    Type::Number,
    Type::Currency,
    Type::Date,
];

pub(super) fn case(seed: u64) -> Case {
    let random = &mut Random::new(seed);
    let key = random.pick(&TYPES);
    let mut case = Case {
        version: random.pick(&[2, 3, 4]),
        key,
        unique: random.percent(50),
        view: random.percent(20),
        start: Vec::new(),
        staged: Vec::new(),
        steps: Vec::new(),
    };
    let most = if random.percent(15) { 40 } else { 5 };
    case.start = rows(random, key, most);
    if random.percent(30) {
        case.staged = rows(random, key, 4);
    }
    let steps = 1 + random.below(4);
    case.steps = (0..steps).map(|_| step(random, &case)).collect();
    if case.view && case.version == 2 {
        // No response of v2 has the types of a view's fields, so a sync cannot compare dates in other spellings, and a
        // write cannot check what a column would change.
        for step in &mut case.steps {
            step.action.rows_mut().into_iter().for_each(make_plain);
        }
    }
    case
}

/// Writes the dates of a row as Caspio does, and no value that its column would change.
fn make_plain(row: &mut Row) {
    row.retain(|(name, value)| {
        let column = COLUMNS.iter().find(|(column, _)| column == name);
        column.is_none_or(|(_, ty)| is_kept(*ty, value))
    });
    for (_, value) in row {
        if let Some(date) = value.as_str().and_then(date) {
            *value = json!(date);
        }
    }
}

fn step(random: &mut Random, case: &Case) -> Step {
    let action = action(random, case);
    let is_undisturbed = matches!(&action, Action::InsertMany { rows, .. } if rows.more > 0);
    let hits = match is_undisturbed && random.percent(50) {
        // The order of the records of several calls is known only then.
        true => Vec::new(),
        false => hits(random, &action),
    };
    let polls = random.percent(8).then(|| 1 + random.below(40) as u32);
    let mut other_hits = Vec::new();
    if random.percent(12) {
        for _ in 0..=random.below(2) {
            other_hits.push((random.below(3), random.pick(&OTHER_HITS)));
        }
    }
    let is_sync = matches!(action, Action::Sync { .. });
    let at_once = is_sync && case.unique && random.percent(20);
    let mut hits = hits;
    if is_sync && random.percent(15) {
        hits.push((random.below(6), Hit::Stop));
    }
    Step {
        action,
        hits,
        other_hits,
        polls,
        at_once,
        max_calls: random.percent(10).then(|| 1 + random.below(9) as u64),
        timeout: random.percent(10).then(|| 3 + random.below(16) as u64),
    }
}

fn action(random: &mut Random, case: &Case) -> Action {
    let key = case.key;
    // Structs with keys of text, of a table.
    let typed = key == Type::Text && !case.view && random.percent(30);
    if typed && random.percent(30) {
        return Action::Save {
            record: random.below(4),
            row: changes(random),
            meanwhile: random.percent(60).then(|| changes(random)),
            if_unchanged: random.percent(60),
        };
    }
    match random.below(18) {
        0 => Action::InsertTogether {
            inserts: Box::new([
                insert(random, key, typed, case),
                insert(random, key, typed, case),
            ]),
        },
        1..=5 => insert(random, key, typed, case),
        6 => Action::Update {
            record: random.below(7),
            row: changes(random),
            returning: random.percent(25),
        },
        7 => Action::UpdateMany {
            rows: (0..random.below(5))
                .map(|_| (random.below(7), changes(random)))
                .collect(),
        },
        8 => match random.percent(50) {
            true => Action::Delete {
                record: random.below(7),
            },
            false => Action::DeleteMany {
                records: (0..random.below(5)).map(|_| random.below(7)).collect(),
                find_missing: random.percent(50),
            },
        },
        9 => Action::UpdateWhere {
            condition: condition(random, case.view),
            row: match random.percent(50) {
                true => changes(random),
                // The column of the condition is set, so that a second attempt finds other records.
                false => vec![
                    ("N".to_owned(), json!(random.below(3))),
                    ("Y".to_owned(), json!(random.percent(50))),
                ],
            },
            expected: expected(random),
        },
        10 => Action::DeleteWhere {
            condition: condition(random, case.view),
            expected: expected(random),
        },
        11 if !case.view && random.percent(50) => Action::SetPassword {
            record: random.below(6),
            password: random.pick(&PASSWORDS).to_owned(),
        },
        // v2 has no attachments.
        12 if !case.view && case.version > 2 => {
            let record = random.below(6);
            match random.percent(65) {
                true => Action::Attach {
                    record,
                    content: random.pick(&["one", "two", "three"]).to_owned(),
                },
                false => Action::Detach { record },
            }
        }
        _ => Action::Sync {
            rows: new_rows(random, key, 7, typed),
            replace: random.percent(35),
            staging: !case.view && random.percent(20),
            dry_run: !typed && random.percent(30),
        },
    }
}

/// An insert of one record, or of many.
fn insert(random: &mut Random, key: Type, typed: bool, case: &Case) -> Action {
    if random.percent(60) {
        return Action::InsertMany {
            rows: new_rows(random, key, 6, typed),
            unique_by: random.percent(60),
            concurrency: random.pick(&[Some(1), Some(2), None]),
        };
    }
    Action::Insert {
        row: new_row(random, key, typed),
        unique_by: random.percent(60),
        returning: random.percent(if case.view { 50 } else { 25 }),
        typed,
    }
}

/// How many records a program expects a condition to hold for.
fn expected(random: &mut Random) -> Option<u64> {
    random.percent(20).then(|| random.below(4) as u64)
}

fn condition(random: &mut Random, view: bool) -> Condition {
    if !view && random.percent(12) {
        return Condition::All;
    }
    match random.below(if view { 2 } else { 3 }) {
        0 => Condition::NumberAtLeast(random.below(3) as i64),
        1 => Condition::Yes(random.percent(50)),
        _ => Condition::KeyAtMost(1 + random.below(6) as i64),
    }
}

fn hits(random: &mut Random, action: &Action) -> Vec<(usize, Hit)> {
    let mut hits = Vec::new();
    if random.percent(70) {
        for _ in 0..=random.below(2) {
            hits.push((random.below(4), random.pick(&HITS)));
        }
    }
    if random.percent(10) {
        hits.push((random.below(3), Hit::OtherDeletes));
    }
    let (looks_up, is_many) = match action {
        Action::Insert { .. } => (true, false),
        Action::InsertMany { .. } | Action::InsertTogether { .. } | Action::Sync { .. } => {
            (true, true)
        }
        _ => (false, false),
    };
    if looks_up && random.percent(15) {
        let from = 1 + random.below(2);
        hits.extend((from..from + 1 + random.below(4)).map(|call| (call, Hit::Hidden)));
    }
    if looks_up && random.percent(8) {
        // The record is there, and no lookup sees it.
        hits = vec![(0, Hit::LostAfter)];
        hits.extend((1..12).map(|call| (call, Hit::Hidden)));
    }
    if is_many && random.percent(6) {
        // Every insert is confirmed without its key.
        hits = (0..12).map(|call| (call, Hit::WithoutKey)).collect();
    }
    if matches!(
        action,
        Action::UpdateMany { .. } | Action::DeleteMany { .. }
    ) && random.percent(25)
    {
        // The records of the step before are not seen yet.
        hits.extend((0..random.below(4)).map(|call| (call, Hit::Hidden)));
    }
    let is_update = matches!(
        action,
        Action::UpdateMany { .. } | Action::UpdateWhere { .. } | Action::DeleteWhere { .. }
    );
    let is_counted = matches!(
        action,
        Action::UpdateMany { .. } | Action::DeleteMany { .. } | Action::Sync { .. }
    );
    if is_counted && random.percent(15) {
        hits.extend((0..4).map(|call| (call, Hit::Undercounted)));
    }
    if is_update && random.percent(25) {
        // The program stops waiting between two calls, if there are two.
        hits = vec![(0, Hit::CancelAfter)];
    }
    if looks_up && random.percent(6) {
        // No response of the first sends arrives: the row is refused when it is sent again.
        hits = vec![(0, Hit::Late), (1, Hit::Hidden), (2, Hit::Hidden)];
        hits.extend((3..12).map(|call| (call, Hit::Hidden)));
    }
    hits
}

fn new_rows(random: &mut Random, key: Type, most: usize, typed: bool) -> Rows {
    let count = random.below(most + 1);
    let rows = (0..count).map(|_| new_row(random, key, typed));
    let rows = rows.collect();
    let has_more = random.below(1000) < 25 && key != Type::Date;
    let more = match has_more {
        true => 990 + random.below(1300),
        false => 0,
    };
    Rows { rows, more, typed }
}

fn rows(random: &mut Random, ty: Type, most: usize) -> Vec<Row> {
    (0..random.below(most + 1))
        .map(|_| new_row(random, ty, false))
        .collect()
}

fn new_row(random: &mut Random, ty: Type, typed: bool) -> Row {
    let mut row = vec![("K".to_owned(), key(random, ty))];
    row.extend(changes(random));
    if typed && random.percent(60) {
        row.push(("P".to_owned(), json!(random.pick(&PASSWORDS))));
    }
    row
}

fn changes(random: &mut Random) -> Row {
    let mut row: Row = Vec::new();
    for (name, ty) in COLUMNS {
        if ty != Type::Password && random.percent(40) {
            row.push((name.to_owned(), value(random, ty)));
        }
    }
    if row.is_empty() {
        row.push(("Y".to_owned(), value(random, Type::YesNo)));
    }
    row
}
