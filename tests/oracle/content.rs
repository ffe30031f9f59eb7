//! Random tables: which keys there are, and the values of each record.

use crate::cell::Cell;
use crate::random::Random;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The columns of the table, in the order of [`Row::cells`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Column {
    Key,
    Name,
    Code,
    Note,
    Qty,
    Count,
    Amount,
    Value,
    At,
    Flag,
    Guid,
    Auto,
    Known,
}

use Column::*;

impl Column {
    pub(crate) const ALL: [Self; 13] = [
        Key, Name, Code, Note, Qty, Count, Amount, Value, At, Flag, Guid, Auto, Known,
    ];
    /// Those that can be sorted.
    pub(crate) const SORTED: [Self; 10] =
        [Key, Name, Code, Qty, Count, Amount, Value, At, Auto, Known];

    /// Returns the name in the account.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Key => "PK_ID",
            Name => "Name",
            Code => "Code",
            Note => "Note",
            Qty => "Qty",
            Count => "Count",
            Amount => "Amount",
            Value => "Value",
            At => "At",
            Flag => "Flag",
            Guid => "Guid",
            Auto => "Auto",
            Known => "Known",
        }
    }

    pub(crate) fn is_sorted(self) -> bool {
        Self::SORTED.contains(&self)
    }
}

/// A record: its values in the order of [`Column::ALL`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) cells: Vec<Cell>,
}

impl Row {
    pub(crate) fn get(&self, column: Column) -> &Cell {
        &self.cells[column as usize]
    }

    pub(crate) fn key(&self) -> i64 {
        match self.get(Key) {
            Cell::Int(key) => *key,
            other => panic!("{other:?} is not the key of a table"),
        }
    }

    /// Returns the record as a view shows it, with a text as its key.
    pub(crate) fn with_key(&self, key: String) -> Self {
        let mut row = self.clone();
        row.cells[0] = Cell::Text(key);
        row
    }

    /// Returns the columns that the service does not compute, as JSON. `all` includes those that it
    /// fills.
    pub(crate) fn to_json(&self, all: bool) -> Value {
        let given = Column::ALL.into_iter().filter(|column| match column {
            Key | Guid | Auto => all,
            Known => false,
            _ => true,
        });
        given
            .map(|column| (column.name().to_owned(), to_json(self.get(column))))
            .collect()
    }
}

fn to_json(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Bool(yes) => json!(yes),
        Cell::Int(number) => json!(number),
        Cell::Money(amount) => json!(money(*amount)),
        Cell::Float(number) => json!(number),
        Cell::Date(text) | Cell::Guid(text) | Cell::Text(text) => json!(text),
    }
}

/// Returns an amount in ten-thousandths as a decimal number.
pub(crate) fn money(amount: i64) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let amount = amount.unsigned_abs();
    format!("{sign}{}.{:04}", amount / 10_000, amount % 10_000)
}

/// A table: its keys are runs, and the values of a record depend on the seed and its key only, so that
/// a table with fewer keys has the same records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TableContent {
    pub(crate) seed: u64,
    pub(crate) runs: Vec<Run>,
    /// How many different values a column has, about.
    pub(crate) variety: u64,
    /// How many of a hundred values are null.
    pub(crate) nulls: u64,
    /// Whether there are the longest texts and the largest numbers.
    pub(crate) extreme: bool,
}

/// Keys at equal distances.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Run {
    /// How many keys are unused before the first.
    pub(crate) gap: u64,
    pub(crate) count: u64,
    pub(crate) step: u64,
}

/// Tables have no larger keys.
pub(crate) const MAX_KEY: i64 = 2_000_000_000;

impl TableContent {
    pub(crate) fn keys(&self) -> Vec<i64> {
        let mut keys = Vec::new();
        let mut next = 1_u64;
        for run in &self.runs {
            next = next.saturating_add(run.gap);
            for _ in 0..run.count {
                if next > MAX_KEY.unsigned_abs() {
                    return keys;
                }
                keys.push(next as i64);
                next = next.saturating_add(run.step.max(1));
            }
        }
        keys
    }

    pub(crate) fn rows(&self) -> Vec<Row> {
        self.keys()
            .into_iter()
            .map(|key| self.row(key, 0))
            .collect()
    }

    /// Returns the record of a key; another `version` has other values.
    pub(crate) fn row(&self, key: i64, version: u64) -> Row {
        let cells = Column::ALL.map(|column| self.cell(key, version, column));
        let mut cells = Vec::from(cells);
        let known = match &cells[Qty as usize] {
            Cell::Null => Cell::Int(-1),
            known => known.clone(),
        };
        cells[Known as usize] = known;
        Row { cells }
    }

    fn cell(&self, key: i64, version: u64, column: Column) -> Cell {
        let mut random = Random::of(&[self.seed, key.unsigned_abs(), version, column as u64]);
        match column {
            Key => return Cell::Int(key),
            Auto => return Cell::Int(key + 5),
            Guid => return Cell::Guid(guid(self.seed, key)),
            Code => return Cell::Text(code(self.seed, key)),
            Flag => return Cell::Bool(random.percent(70)),
            _ => {}
        }
        if random.percent(self.nulls) {
            return Cell::Null;
        }
        self.value(column, &mut random)
    }

    /// Returns a value that records of this table may have.
    pub(crate) fn value(&self, column: Column, random: &mut Random) -> Cell {
        let number = random.below(self.variety.max(1));
        let extreme = self.extreme && random.percent(30);
        match column {
            Key | Auto => Cell::Int(number as i64),
            Guid => Cell::Guid(guid(self.seed, number as i64)),
            Code => Cell::Text(code(self.seed, number as i64)),
            Name => Cell::Text(name(number, extreme, random)),
            Note => Cell::Text(note(number)),
            Qty | Known if extreme => Cell::Int(i64::from(i32::MAX) - number as i64),
            Qty | Known => Cell::Int(number as i64 - 2),
            Count => Cell::Int(number as i64 % 4),
            Amount if extreme => Cell::Money(90_071_992_547_409_915 - number as i64),
            Amount => Cell::Money(number as i64 * 12_345 - 20_000),
            Value if extreme => Cell::Float(float(number)),
            Value => Cell::Float(number as f64 / 10.0 - 0.3),
            At => Cell::Date(date(number, extreme)),
            Flag => Cell::Bool(number.is_multiple_of(2)),
        }
    }
}

fn guid(seed: u64, key: i64) -> String {
    let mut random = Random::of(&[seed, key.unsigned_abs(), 77]);
    let (high, low) = (random.next(), random.next());
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xFFFF,
        high & 0xFFF,
        (low >> 48) & 0xFFF,
        low & 0xFFFF_FFFF_FFFF
    )
}

/// Returns a text that no other record has.
fn code(seed: u64, key: i64) -> String {
    let start = Random::of(&[seed, key.unsigned_abs(), 78]).next() & 0xFFFF;
    format!("{start:04X}{key}")
}

/// Returns one of the texts with a number, in one of its spellings that compare as equal.
fn name(number: u64, extreme: bool, random: &mut Random) -> String {
    let mut text = String::new();
    if extreme {
        let (letter, most) = random.pick(&[("x", 220), ("字", 220), ("y", 90)]);
        text.push_str(&letter.repeat(most));
    }
    let mut rest = number;
    while rest > 0 || text.is_empty() {
        let letter = ["a", "B", "cd", "e 1", "7"][(rest % 5) as usize];
        let letter = match random.below(4) {
            0 => letter.to_uppercase(),
            1 => letter.to_lowercase(),
            _ => letter.to_owned(),
        };
        text.push_str(&letter);
        rest /= 5;
    }
    if random.percent(15) {
        text.push_str("  ");
    }
    text
}

/// Returns a text with characters that have a meaning in T-SQL, JSON or a URL.
fn note(number: u64) -> String {
    const PARTS: [&str; 11] = [
        "it's",
        "50%",
        "a_b",
        "[x]",
        "say \"hi\"",
        "c:\\d",
        "é",
        "a&b=c",
        "1+1",
        "#1?",
        "two\nlines",
    ];
    let first = PARTS[(number % 11) as usize];
    let second = PARTS[(number / 11 % 11) as usize];
    format!("{first}{number}{second}")
}

fn float(number: u64) -> f64 {
    let mut random = Random::of(&[number, 79]);
    let digits = random.next() as f64 / 3.0;
    let scale = random.pick(&[1e-280, 1e-9, 1.0, 1e250]);
    if random.percent(50) {
        -digits * scale
    } else {
        digits * scale
    }
}

fn date(number: u64, extreme: bool) -> String {
    let mut random = Random::of(&[number, 80]);
    let year = if extreme {
        random.between(1753, 9999)
    } else {
        2000 + number / 300
    };
    let (month, day) = (1 + number / 25 % 12, 1 + number % 25);
    let (hour, minute, second) = (random.below(24), random.below(60), random.below(60));
    let thousandth = random.pick(&[0, 0, 3, 607, 997]);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{thousandth:03}")
}

/// Returns runs of keys of one of the forms that tables get in use, with about this many records.
pub(crate) fn runs(random: &mut Random, rows: u64) -> Vec<Run> {
    let run = |gap, count, step| Run { gap, count, step };
    let wide = random.between(2, 60);
    let part = random.pick(&[
        rows / 50,
        rows / 20,
        rows / 5,
        rows / 2,
        random.clone().below(rows + 1),
    ]);
    match random.below(9) {
        0 => vec![run(0, rows, 1)],
        1 => vec![run(random.below(1_000), rows, wide)],
        // Sparse, then dense, and the reverse.
        2 => vec![run(0, part, wide), run(0, rows - part, 1)],
        3 => vec![run(0, part, 1), run(0, rows - part, wide)],
        // A dense middle, with few records left on both sides.
        4 => {
            let side = 1 + rows / 50;
            let far = rows * random.between(1, 40);
            vec![
                run(0, side, 1 + far / side),
                run(0, rows.saturating_sub(2 * side), 1),
                run(0, side, 1 + far / side),
            ]
        }
        // Clusters of random length and distance.
        5 | 6 => {
            let mut runs = Vec::new();
            let mut left = rows;
            while left > 0 && runs.len() < 40 {
                let count = random.between(1, 1 + rows / 3).min(left);
                let gap = random.pick(&[0, 3, rows, 20 * rows]);
                runs.push(run(
                    random.between(0, gap),
                    count,
                    random.pick(&[1, 1, 2, 7]),
                ));
                left -= count;
            }
            runs
        }
        // Single keys far away.
        7 => vec![
            run(0, rows.saturating_sub(2), 1),
            run(random.below(1_000_000_000), 1, 1),
            run(random.below(900_000_000), 1, 1),
        ],
        _ => vec![run(random.below(1_000_000_000), rows, 1)],
    }
}
