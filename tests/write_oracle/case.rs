//! A case: a table, and operations with the faults that hit them.

use super::values::Type;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The key of no record.
pub(super) const MISSING: i64 = 2_000_000_000;

/// A row: columns with their values.
pub(super) type Row = Vec<(String, Value)>;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Case {
    /// The version of the API.
    pub(super) version: u8,
    pub(super) key: Type,
    pub(super) unique: bool,
    /// Whether the records are written through a view, which shows those with yes in `Y`.
    #[serde(default)]
    pub(super) view: bool,
    pub(super) start: Vec<Row>,
    /// The records of the staging table.
    #[serde(default)]
    pub(super) staged: Vec<Row>,
    pub(super) steps: Vec<Step>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Step {
    pub(super) action: Action,
    /// The calls that are hit, counted from 0.
    pub(super) hits: Vec<(usize, Hit)>,
    /// The calls that are hit among those that neither read nor write records: of tokens, definitions and ids.
    #[serde(default)]
    pub(super) other_hits: Vec<(usize, Hit)>,
    /// After how many polls the program stops waiting.
    #[serde(default)]
    pub(super) polls: Option<u32>,
    /// Whether a sync that the program stopped is run again at once, while its calls may still be executed.
    #[serde(default)]
    pub(super) at_once: bool,
    /// How many calls the program's client may make.
    #[serde(default)]
    pub(super) max_calls: Option<u64>,
    /// How many milliseconds an attempt of a call may take.
    #[serde(default)]
    pub(super) timeout: Option<u64>,
}

/// Rows of one operation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    /// How many rows follow, which differ in their key column.
    #[serde(default)]
    pub(super) more: usize,
    /// Whether they are structs.
    #[serde(default)]
    pub(super) typed: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Action {
    Insert {
        row: Row,
        unique_by: bool,
        returning: bool,
        typed: bool,
    },
    InsertMany {
        rows: Rows,
        unique_by: bool,
        /// `None` for `Concurrency::Auto`.
        concurrency: Option<usize>,
    },
    /// Records are picked by their position; one beyond the last does not exist.
    Update {
        record: usize,
        row: Row,
        returning: bool,
    },
    UpdateMany {
        rows: Vec<(usize, Row)>,
    },
    /// A record that was read is changed and saved. Another program may change it in between.
    Save {
        record: usize,
        row: Row,
        meanwhile: Option<Row>,
        if_unchanged: bool,
    },
    Delete {
        record: usize,
    },
    DeleteMany {
        records: Vec<usize>,
        #[serde(default)]
        find_missing: bool,
    },
    /// Two inserts by one client at the same time.
    InsertTogether {
        inserts: Box<[Self; 2]>,
    },
    UpdateWhere {
        condition: Condition,
        row: Row,
        /// How many records the program expects.
        #[serde(default)]
        expected: Option<u64>,
    },
    DeleteWhere {
        condition: Condition,
        #[serde(default)]
        expected: Option<u64>,
    },
    Sync {
        rows: Rows,
        replace: bool,
        staging: bool,
        /// Whether a dry run comes first.
        #[serde(default)]
        dry_run: bool,
    },
    SetPassword {
        record: usize,
        password: String,
    },
    /// A file is uploaded, and replaces the one that is there.
    Attach {
        record: usize,
        content: String,
    },
    /// The file of a record is deleted.
    Detach {
        record: usize,
    },
}

/// The condition of a write.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum Condition {
    KeyAtMost(i64),
    NumberAtLeast(i64),
    Yes(bool),
    All,
}

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Hit {
    /// The connection breaks before the call has an effect.
    LostBefore,
    /// The connection breaks after the call had its effect.
    LostAfter,
    /// The connection breaks, and the call has its effect later.
    Late,
    /// The response arrives later.
    LateResponse,
    /// Half of the response arrives.
    Cut,
    /// The response arrives twice in one.
    Doubled,
    /// The response of an earlier call arrives instead, after the call had its effect.
    OfEarlier,
    /// A proxy responds with a page and the status of a success.
    Html,
    /// The response is JSON, but nothing that is documented.
    Strange,
    /// A gateway fails before the call has an effect.
    Gateway,
    /// A gateway fails after the call had its effect.
    GatewayAfter,
    RateLimited,
    /// The response to an insert has no key.
    WithoutKey,
    /// The response to an insert has the first key twice.
    RepeatedKey,
    /// The response counts one record fewer than were written, of several.
    Undercounted,
    /// A read after an insert does not see the records yet.
    Hidden,
    /// The program stops waiting before the call has an effect.
    CancelBefore,
    /// The program stops waiting after the call had its effect.
    CancelAfter,
    /// The program stops a sync gracefully, before the call has an effect.
    Stop,
    /// Another program inserts a record.
    OtherInserts,
    /// Another program changes the first record.
    OtherUpdates,
    /// Another program deletes the first record.
    OtherDeletes,
}

impl Rows {
    /// All rows, those that differ in their key column included.
    pub(super) fn all(&self, key: Type) -> Vec<Row> {
        let more = (0..self.more).map(|at| {
            let value = match key {
                Type::Text => json!(format!("m{at}")),
                Type::Currency | Type::Number => json!(at as f64 + 20.5),
                _ => json!(at + 1000),
            };
            let number = json!(at % 7);
            vec![("K".to_owned(), value), ("N".to_owned(), number)]
        });
        let all: Vec<Row> = self.rows.iter().cloned().chain(more).collect();
        match self.typed {
            true => all.into_iter().map(super::typed::complete).collect(),
            false => all,
        }
    }
}

impl Action {
    /// The rows that are written, without those that differ in their key column.
    pub(super) fn rows_mut(&mut self) -> Vec<&mut Row> {
        match self {
            Self::InsertMany { rows, .. } | Self::Sync { rows, .. } => {
                rows.rows.iter_mut().collect()
            }
            Self::UpdateMany { rows } => rows.iter_mut().map(|(_, row)| row).collect(),
            Self::InsertTogether { inserts } => {
                inserts.iter_mut().flat_map(Self::rows_mut).collect()
            }
            Self::Insert { row, .. }
            | Self::Update { row, .. }
            | Self::UpdateWhere { row, .. }
            | Self::Save { row, .. } => vec![row],
            Self::Delete { .. }
            | Self::DeleteMany { .. }
            | Self::DeleteWhere { .. }
            | Self::SetPassword { .. }
            | Self::Attach { .. }
            | Self::Detach { .. } => Vec::new(),
        }
    }

    fn rows(&mut self) -> Option<&mut Rows> {
        match self {
            Self::InsertMany { rows, .. } | Self::Sync { rows, .. } => Some(rows),
            _ => None,
        }
    }

    /// The same with less of it.
    fn simpler(&self) -> Vec<Self> {
        let mut simpler = Vec::new();
        let mut with = |change: &dyn Fn(&mut Self)| {
            let mut action = self.clone();
            change(&mut action);
            simpler.push(action);
        };
        if let Some(rows) = self.clone().rows() {
            if rows.more > 0 {
                with(&|action| action.rows().into_iter().for_each(|rows| rows.more = 0));
                with(&|action| action.rows().into_iter().for_each(|rows| rows.more /= 2));
                with(&|action| action.rows().into_iter().for_each(|rows| rows.more -= 1));
            }
            for at in 0..rows.rows.len() {
                with(&|action| drop(action.rows().map(|rows| rows.rows.remove(at))));
                for column in 1..rows.rows[at].len() {
                    with(&|action| {
                        drop(action.rows().map(|rows| rows.rows[at].remove(column)));
                    });
                }
            }
        }
        match self {
            Self::UpdateMany { rows } => {
                for at in 0..rows.len() {
                    let mut rows = rows.clone();
                    rows.remove(at);
                    simpler.push(Self::UpdateMany { rows });
                }
            }
            Self::InsertTogether { inserts } => {
                simpler.extend(inserts.iter().cloned());
                let [first, second] = &**inserts;
                let firsts = first.simpler().into_iter();
                let firsts = firsts.map(|first| [first, second.clone()]);
                let seconds = second.simpler().into_iter();
                let seconds = seconds.map(|second| [first.clone(), second]);
                simpler.extend(firsts.chain(seconds).map(|inserts| Self::InsertTogether {
                    inserts: Box::new(inserts),
                }));
            }
            Self::DeleteMany {
                records,
                find_missing,
            } => {
                let find_missing = *find_missing;
                for at in 0..records.len() {
                    let mut records = records.clone();
                    records.remove(at);
                    simpler.push(Self::DeleteMany {
                        records,
                        find_missing,
                    });
                }
            }
            _ => {}
        }
        simpler
    }
}

impl Case {
    /// Simpler cases, which may fail for the same reason.
    pub(super) fn simpler(&self) -> Vec<Self> {
        let mut simpler = Vec::new();
        let mut with = |change: &dyn Fn(&mut Self)| {
            let mut case = self.clone();
            change(&mut case);
            simpler.push(case);
        };
        for at in 0..self.steps.len() {
            let step = &self.steps[at];
            with(&|case| drop(case.steps.remove(at)));
            if step.polls.is_some() {
                with(&|case| case.steps[at].polls = None);
            }
            if step.max_calls.is_some() {
                with(&|case| case.steps[at].max_calls = None);
            }
            if step.timeout.is_some() {
                with(&|case| case.steps[at].timeout = None);
            }
            if step.at_once {
                with(&|case| case.steps[at].at_once = false);
            }
            for hit in 0..step.other_hits.len() {
                with(&|case| {
                    case.steps[at].other_hits.remove(hit);
                });
            }
            for hit in 0..step.hits.len() {
                with(&|case| {
                    case.steps[at].hits.remove(hit);
                });
            }
            for action in step.action.simpler() {
                with(&|case| case.steps[at].action = action.clone());
            }
        }
        for at in 0..self.start.len() {
            with(&|case| drop(case.start.remove(at)));
        }
        for at in 0..self.staged.len() {
            with(&|case| drop(case.staged.remove(at)));
        }
        if self.view {
            with(&|case| case.view = false);
        }
        if self.unique {
            with(&|case| case.unique = false);
        }
        simpler
    }
}

/// The row without what cannot be read.
pub(super) fn without_password(row: &Row) -> Row {
    let columns = row.iter().filter(|(name, _)| name != "P");
    columns.cloned().collect()
}
