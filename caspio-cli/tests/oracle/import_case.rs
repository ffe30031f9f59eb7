//! Random cases of imports: the file, the table, the options, and how the run is stopped.

use crate::random::Random;
use caspio_emulator::{Fault, Faults, Rule};
use serde_json::Value;
use std::time::Duration;

/// How a run is ended early.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Stop {
    No,
    Signals(&'static [&'static str]),
    Kill,
}

/// A row of the file.
#[derive(Debug)]
pub(crate) struct Row {
    /// Its line in the file.
    pub(crate) line: u64,
    pub(crate) code: String,
    /// The text of its `Name`, which begins with its number.
    pub(crate) name: String,
    /// Whether it can be in the table.
    pub(crate) is_good: bool,
}

/// One case.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) table: String,
    pub(crate) file: String,
    pub(crate) refused: String,
    pub(crate) rows: Vec<Row>,
    pub(crate) bytes: Vec<u8>,
    /// The rows whose code a record of another program has before.
    pub(crate) taken: Vec<u64>,
    /// What a gateway answers at once, while the service executes the call later.
    pub(crate) gateway: Option<&'static str>,
    pub(crate) is_unique: bool,
    /// Whether the table has fields of the names of the columns that a file of refused rows adds.
    pub(crate) has_their_names: bool,
    pub(crate) options: Vec<&'static str>,
    pub(crate) stop: Stop,
    pub(crate) wait: u64,
}

const NAMES: [&str; 8] = [
    "plain",
    "with, comma",
    "with \"quotes\"",
    "two\nlines",
    " blanks ",
    "Zürich 東京 😀",
    "o'Brien; -- 100%",
    "\u{feff}\t\\",
];

const GATEWAY: [&str; 3] = [
    "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<p>Please wait</p>",
    "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 201 Created\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}",
];

/// Returns the code of a row: short, in another script, with characters that a URL escapes, or long.
fn code(at: u64, style: u64) -> String {
    match style {
        0 => format!("株式会社山田製作所大阪支店{at}"),
        1 => format!("Общество / 100% & +{at}"),
        2 => format!("{}{at}", "x".repeat(240)),
        // No URL can hold it.
        3 if at.is_multiple_of(5) => format!("{}{at}", "日".repeat(240)),
        _ => format!("c{at}"),
    }
}

impl Case {
    pub(crate) fn random(number: u64, random: &mut Random) -> Self {
        let is_csv = random.one_in(2) || number.is_multiple_of(3);
        let is_unique = random.one_in(2);
        let count = match random.below(8) {
            0 => 0,
            1 | 2 if random.one_in(2) => 1500 + random.below(3000),
            _ => 1 + random.below(60),
        };
        let end = random.pick(&["\n", "\r\n"]);
        let mut text = if random.one_in(4) {
            "\u{feff}".as_bytes().to_vec()
        } else {
            Vec::new()
        };
        let mut line = 1;
        if is_csv {
            text.extend_from_slice(format!("Code,Name,Age,Amount,At{end}").as_bytes());
            line += 1;
        } else if random.one_in(4) {
            text.extend_from_slice(end.as_bytes());
            line += 1;
        }
        let mut rows = Vec::new();
        let style = random.below(8);
        for at in 0..count {
            let code = code(at, style);
            let name = format!("{at}: {}", random.pick(&NAMES));
            let bad = random.one_in(6);
            let row = match is_csv {
                true => csv_row(at, (&code, &name), bad, random),
                false => json_row(at, (&code, &name), bad, random),
            };
            text.extend_from_slice(&row);
            let last = at + 1 == count;
            if !(last && random.one_in(3)) {
                text.extend_from_slice(end.as_bytes());
            }
            rows.push(Row {
                line,
                code,
                name,
                is_good: !bad,
            });
            line += 1 + row.iter().filter(|byte| **byte == b'\n').count() as u64;
        }
        let extension = if is_csv { "csv" } else { "jsonl" };
        let mut options = vec!["--api-version", random.pick(&["v2", "v3", "v4"])];
        if random.one_in(if is_unique { 2 } else { 4 }) {
            options.extend(["--key", "Code"]);
        }
        options.extend(["--concurrency", random.pick(&["1", "2", "4"])]);
        Self {
            table: format!("T{number}"),
            file: format!("f{number}.{extension}"),
            refused: match random.one_in(4) {
                true => format!("other{number}.refused.{extension}"),
                false => format!("f{number}.refused.{extension}"),
            },
            taken: match random.one_in(3) {
                true => (0..count).filter(|_| random.one_in(5)).collect(),
                false => Vec::new(),
            },
            gateway: random.one_in(10).then(|| random.pick(&GATEWAY)),
            rows,
            bytes: text,
            is_unique,
            has_their_names: number.is_multiple_of(5),
            options,
            stop: match random.below(8) {
                0 => Stop::Signals(&["-INT"]),
                1 => Stop::Signals(&["-INT", "-INT"]),
                2 => Stop::Signals(&["-TERM"]),
                3 => Stop::Signals(&["-HUP"]),
                4 | 5 => Stop::Kill,
                _ => Stop::No,
            },
            wait: random.below(250),
        }
    }

    pub(crate) fn import<'a>(&'a self, file: &'a str) -> Vec<&'a str> {
        let import = ["import", &self.table, file, "--json"];
        let refused = ["--refused", &self.refused];
        let is_own = file == self.file && self.refused.starts_with("other");
        let refused = if is_own { &refused[..] } else { &[] };
        [&import[..], &self.options, refused].concat()
    }

    pub(crate) fn is_taken(&self, at: u64) -> bool {
        self.is_unique && self.taken.contains(&at)
    }

    pub(crate) fn journal(&self) -> String {
        format!("{}.resume", self.refused)
    }

    pub(crate) fn part(&self) -> String {
        format!("{}.part", self.refused)
    }
}

pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn csv_row(at: u64, (code, name): (&str, &str), bad: bool, random: &mut Random) -> Vec<u8> {
    let name = quoted(name);
    let good = format!("{code},{name},{at},1.5,2022-01-24");
    if !bad {
        return good.into_bytes();
    }
    match random.below(9) {
        0 => format!("{code},{name},x,1.5,"),
        1 => format!("{code},{name},007,1.5,"),
        2 => format!("{code},{name},1,1_000,"),
        3 => format!("{code},{name},1"),
        4 => format!("{good},more"),
        5 => format!("{code},{name}x,1,1.5,"),
        6 => format!("{code},{name},1,1.5,24.1.2022"),
        7 => format!(
            "{code},{}{},1,1.5,",
            &name[..name.len() - 1],
            "x".repeat(260) + "\""
        ),
        _ => {
            let mut row = format!("{code},{name},1,1.5,").into_bytes();
            row.push(0xe9);
            return row;
        }
    }
    .into_bytes()
}

fn json_row(at: u64, (code, name): (&str, &str), bad: bool, random: &mut Random) -> Vec<u8> {
    let code = Value::from(code).to_string();
    let name = Value::from(name).to_string();
    let row = |age: &str, amount: &str| {
        format!("{{\"Code\":{code},\"Name\":{name},\"Age\":{age},\"Amount\":{amount}}}")
    };
    if !bad {
        return row(&at.to_string(), "\"1.5\"").into_bytes();
    }
    match random.below(7) {
        0 => row("\"x\"", "1"),
        1 => row("\"007\"", "1"),
        2 => row("1", "\"1_000\""),
        3 => row("1", "1")[1..].to_owned(),
        4 => format!("{{\"Code\":\"\\ud800\",\"Name\":{name}}}"),
        5 => row("[1,2]", "1"),
        _ => {
            let mut row = row("1", "1").into_bytes();
            row.insert(10, 0xff);
            return row;
        }
    }
    .into_bytes()
}

pub(crate) fn faults(case: &Case, random: &mut Random) -> Faults {
    let latency = Duration::from_millis(random.pick(&[0, 20, 80]));
    let faults = Faults::none().latency(latency);
    if case.stop == Stop::Kill && random.one_in(4) {
        // The call that is killed is one that repeats another.
        let limited = Rule::new(Fault::RateLimit).operation("CreateTableRecords");
        return faults.rule(limited.calls(1..2 + random.below(2)));
    }
    if random.one_in(3) {
        return faults;
    }
    let fault = random.pick(&[
        Fault::Reset,
        Fault::ResetAfterwards,
        Fault::CutShort,
        Fault::BadGateway,
        Fault::RateLimit,
        Fault::QuotaUsedUp,
        Fault::RevokeToken,
    ]);
    let operation = random.pick(&["CreateTableRecords", "CreateTableRecord"]);
    let first = 1 + random.below(4);
    let rule = Rule::new(fault).operation(operation);
    faults.rule(rule.calls(first..first + 1 + random.below(3)))
}
