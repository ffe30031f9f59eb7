//! A case: a table, and operations with the faults that hit them.

use super::random::Random;
use super::values::{COLUMNS, Type, key, value};
use caspio::ApiVersion;
use serde_json::Value;

/// A row: columns with their values.
pub(super) type Row = Vec<(&'static str, Value)>;

#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) version: ApiVersion,
    pub(super) key: Type,
    pub(super) unique: bool,
    pub(super) start: Vec<Row>,
    pub(super) steps: Vec<Step>,
}

#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) action: Action,
    /// The calls that are hit, counted from 0.
    pub(super) hits: Vec<(usize, Hit)>,
}

#[derive(Clone, Debug)]
pub(super) enum Action {
    Insert {
        row: Row,
        unique_by: bool,
    },
    InsertMany {
        rows: Vec<Row>,
        unique_by: bool,
        concurrency: usize,
    },
    /// Records are picked by their position; one beyond the last does not exist.
    Update {
        record: usize,
        row: Row,
    },
    UpdateMany {
        rows: Vec<(usize, Row)>,
    },
    Delete {
        record: usize,
    },
    DeleteMany {
        records: Vec<usize>,
    },
    UpdateWhere {
        at_most: i64,
        row: Row,
    },
    DeleteWhere {
        at_most: i64,
    },
    Sync {
        rows: Vec<Row>,
        replace: bool,
    },
}

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hit {
    /// The connection breaks before the call has an effect.
    LostBefore,
    /// The connection breaks after the call had its effect.
    LostAfter,
    /// The connection breaks, and the call has its effect later.
    Late,
    /// Half of the response arrives.
    Cut,
    /// A proxy responds with a page and the status of a success.
    Html,
    /// A gateway fails before the call has an effect.
    Gateway,
    /// A gateway fails after the call had its effect.
    GatewayAfter,
    RateLimited,
    /// The response to an insert has no key.
    WithoutKey,
    /// A read does not see the records yet.
    Hidden,
    /// The program stops waiting before the call has an effect.
    CancelBefore,
    /// The program stops waiting after the call had its effect.
    CancelAfter,
    /// Another program inserts a record.
    OtherInserts,
    /// Another program deletes the first record.
    OtherDeletes,
}

const HITS: [Hit; 13] = [
    Hit::LostBefore,
    Hit::LostAfter,
    Hit::LostAfter,
    Hit::Late,
    Hit::Cut,
    Hit::Html,
    Hit::Gateway,
    Hit::GatewayAfter,
    Hit::RateLimited,
    Hit::WithoutKey,
    Hit::CancelBefore,
    Hit::CancelAfter,
    Hit::OtherInserts,
];

impl Case {
    pub(super) fn new(seed: u64) -> Self {
        let random = &mut Random::new(seed);
        let versions = [ApiVersion::V2, ApiVersion::V3, ApiVersion::V4];
        let types = [
            Type::Text,
            Type::Text,
            Type::Integer,
            Type::Number,
            Type::Currency,
            Type::Date,
        ];
        let mut case = Self {
            version: random.pick(&versions),
            key: random.pick(&types),
            unique: random.percent(50),
            start: Vec::new(),
            steps: Vec::new(),
        };
        case.start = rows(random, case.key, 5);
        let steps = 1 + random.below(4);
        case.steps = (0..steps).map(|_| step(random, case.key)).collect();
        case
    }

    /// Simpler cases, which may fail for the same reason.
    pub(super) fn simpler(&self) -> Vec<Self> {
        let mut simpler = Vec::new();
        let mut with = |change: &dyn Fn(&mut Self)| {
            let mut case = self.clone();
            change(&mut case);
            simpler.push(case);
        };
        for at in 0..self.steps.len() {
            with(&|case| drop(case.steps.remove(at)));
            for hit in 0..self.steps[at].hits.len() {
                with(&|case| {
                    case.steps[at].hits.remove(hit);
                });
            }
            for row in 0..self.steps[at].action.rows() {
                with(&|case| case.steps[at].action.remove(row));
            }
        }
        for at in 0..self.start.len() {
            with(&|case| drop(case.start.remove(at)));
        }
        simpler
    }
}

impl Action {
    fn rows(&self) -> usize {
        match self {
            Self::InsertMany { rows, .. } | Self::Sync { rows, .. } => rows.len(),
            Self::UpdateMany { rows } => rows.len(),
            Self::DeleteMany { records } => records.len(),
            _ => 0,
        }
    }

    fn remove(&mut self, at: usize) {
        match self {
            Self::InsertMany { rows, .. } | Self::Sync { rows, .. } => drop(rows.remove(at)),
            Self::UpdateMany { rows } => drop(rows.remove(at)),
            Self::DeleteMany { records } => {
                records.remove(at);
            }
            _ => {}
        }
    }
}

fn step(random: &mut Random, key: Type) -> Step {
    let action = match random.below(12) {
        0 | 1 => Action::Insert {
            row: row(random, key),
            unique_by: random.percent(60),
        },
        2..=4 => Action::InsertMany {
            rows: rows(random, key, 6),
            unique_by: random.percent(60),
            concurrency: 1 + random.below(2),
        },
        5 => Action::Update {
            record: random.below(7),
            row: changes(random),
        },
        6 => Action::UpdateMany {
            rows: (0..random.below(5))
                .map(|_| (random.below(7), changes(random)))
                .collect(),
        },
        7 => match random.percent(50) {
            true => Action::Delete {
                record: random.below(7),
            },
            false => Action::DeleteMany {
                records: (0..random.below(5)).map(|_| random.below(7)).collect(),
            },
        },
        8 => match random.percent(50) {
            true => Action::UpdateWhere {
                at_most: 1 + random.below(6) as i64,
                row: changes(random),
            },
            false => Action::DeleteWhere {
                at_most: 1 + random.below(4) as i64,
            },
        },
        _ => Action::Sync {
            rows: rows(random, key, 7),
            replace: random.percent(35),
        },
    };
    let mut hits = Vec::new();
    if random.percent(70) {
        for _ in 0..=random.below(2) {
            hits.push((random.below(4), random.pick(&HITS)));
        }
    }
    if random.percent(10) {
        hits.push((random.below(3), Hit::OtherDeletes));
    }
    let looks_up = matches!(action, Action::Insert { .. } | Action::InsertMany { .. });
    if looks_up && random.percent(15) {
        let from = 1 + random.below(2);
        hits.extend((from..from + 1 + random.below(4)).map(|call| (call, Hit::Hidden)));
    }
    if looks_up && random.percent(8) {
        // The record is there, and no lookup sees it.
        hits = vec![(0, Hit::LostAfter)];
        hits.extend((1..12).map(|call| (call, Hit::Hidden)));
    }
    Step { action, hits }
}

fn rows(random: &mut Random, ty: Type, most: usize) -> Vec<Row> {
    (0..random.below(most + 1))
        .map(|_| row(random, ty))
        .collect()
}

fn row(random: &mut Random, ty: Type) -> Row {
    let mut row = vec![("K", key(random, ty))];
    row.extend(changes(random));
    row
}

fn changes(random: &mut Random) -> Row {
    let mut row: Row = Vec::new();
    for (name, ty) in COLUMNS {
        if random.percent(40) {
            row.push((name, value(random, ty)));
        }
    }
    if row.is_empty() {
        row.push(("Y", value(random, Type::YesNo)));
    }
    row
}
