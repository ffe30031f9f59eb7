//! Random tables: which keys there are, and the values of each record.

use crate::cell::Cell;
use crate::random::Random;
use crate::values::{ODD, code, date, float, guid, name, note, pattern};
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
    /// Those whose values are smaller or greater than others.
    pub(crate) const ORDERED: [Self; 10] =
        [Key, Name, Code, Qty, Count, Amount, Value, At, Auto, Known];

    /// Those that records are sorted by.
    pub(crate) const SORTED: [Self; 13] = [
        Key, Name, Code, Qty, Count, Amount, Value, At, Auto, Known, Note, Flag, Guid,
    ];

    /// Those of [`RecordType::Narrow`](crate::case::RecordType::Narrow).
    pub(crate) const NARROW: [Self; 3] = [Name, Qty, Code];

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

    /// Whether the service may show a value in another way than it compares it: fewer digits of a float, or of money
    /// that a struct may have declared for one, and null and an empty text alike.
    pub(crate) fn is_uncertain(self) -> bool {
        matches!(self, Name | Note | Amount | Value)
    }

    pub(crate) fn is_ordered(self) -> bool {
        Self::ORDERED.contains(&self)
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

    /// Sets the column that is computed from others.
    pub(crate) fn compute(&mut self) {
        self.cells[Known as usize] = match self.get(Qty) {
            Cell::Null => Cell::Int(-1),
            known => known.clone(),
        };
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
    /// Whether there are empty texts, texts of blanks only, and those that the collation compares in a special way.
    #[serde(default)]
    pub(crate) odd: bool,
    /// Whether most names do not fit into a URL, and many of them are the same.
    #[serde(default)]
    pub(crate) long: bool,
    /// Whether most floats have more digits than some services show.
    #[serde(default)]
    pub(crate) digits: bool,
    /// Whether there are long texts with the characters that have a meaning in the pattern of a `LIKE`.
    #[serde(default)]
    pub(crate) patterns: bool,
}

/// Keys at equal distances.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Run {
    /// How many keys are unused before the first.
    pub(crate) gap: u64,
    pub(crate) count: u64,
    pub(crate) step: u64,
}

/// Tables have no larger keys: they are `int`.
pub(crate) const MAX_KEY: i64 = i32::MAX as i64;

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
        let mut row = Row {
            cells: cells.into(),
        };
        row.compute();
        row
    }

    fn cell(&self, key: i64, version: u64, column: Column) -> Cell {
        let mut random = Random::of(&[self.seed, key.unsigned_abs(), version, column as u64]);
        match column {
            Key => return Cell::Int(key),
            // No other record has it.
            Auto if key > MAX_KEY - 5 => return Cell::Int(key + 5 - MAX_KEY),
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
            Name if self.long && random.percent(70) => {
                Cell::Text("字".repeat(220) + &name(number % 2, false, random))
            }
            Name if self.odd && random.percent(50) => Cell::Text(random.pick(&ODD).to_owned()),
            Name => Cell::Text(name(number, extreme, random)),
            Note if self.odd && random.percent(30) => Cell::Text(String::new()),
            Note if self.patterns && random.percent(70) => Cell::Text(pattern(random)),
            Note => Cell::Text(note(number)),
            Qty | Known if extreme => Cell::Int(i64::from(i32::MAX) - number as i64),
            Qty | Known => Cell::Int(number as i64 - 2),
            Count => Cell::Int(number as i64 % 4),
            Amount if extreme => Cell::Money(90_071_992_547_409_915 - number as i64),
            Amount => Cell::Money(number as i64 * 12_345 - 20_000),
            Value if extreme => Cell::Float(float(number)),
            Value if self.digits => Cell::Float(number as f64 / 7.0 - 0.3),
            Value => Cell::Float(number as f64 / 10.0 - 0.3),
            At => Cell::Date(date(number, extreme)),
            Flag => Cell::Bool(number.is_multiple_of(2)),
        }
    }
}
