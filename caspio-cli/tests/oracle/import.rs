//! Random files imported with faults, signals and kills: every row is in the table once, in the file of refused rows
//! with its reason, or not sent yet, and the program's counts are true. Between a stop and the resumed run the files of
//! the stopped one may be lost, cut off or imported, and the resumed run may be killed, too.

use crate::cases::{World, ended, run_cases, send_signals, spawn};
use crate::random::Random;
use crate::support::people::{reasons, summary};
use crate::support::slow_proxy::SlowProxy;
use crate::support::{Ran, TestEnv};
use caspio_emulator::{DataType, Fault, Faults, FieldDef, Rule, TableDef};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

/// How a run is ended early.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stop {
    No,
    Signals(&'static [&'static str]),
    Kill,
}

/// A row of the file.
#[derive(Debug)]
struct Row {
    /// Its line in the file.
    line: u64,
    code: String,
    /// The text of its `Name`, which begins with its number.
    name: String,
    /// Whether it can be in the table.
    is_good: bool,
}

/// One case.
#[derive(Debug)]
struct Case {
    table: String,
    file: String,
    refused: String,
    rows: Vec<Row>,
    bytes: Vec<u8>,
    /// The rows whose code a record of another program has before.
    taken: Vec<u64>,
    /// What a gateway answers at once, while the service executes the call later.
    gateway: Option<&'static str>,
    is_unique: bool,
    /// Whether the table has fields of the names of the columns that a file of refused rows adds.
    has_their_names: bool,
    options: Vec<&'static str>,
    stop: Stop,
    wait: u64,
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
    fn random(number: u64, random: &mut Random) -> Self {
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

    fn import<'a>(&'a self, file: &'a str) -> Vec<&'a str> {
        let import = ["import", &self.table, file, "--json"];
        let refused = ["--refused", &self.refused];
        let is_own = file == self.file && self.refused.starts_with("other");
        let refused = if is_own { &refused[..] } else { &[] };
        [&import[..], &self.options, refused].concat()
    }

    fn is_taken(&self, at: u64) -> bool {
        self.is_unique && self.taken.contains(&at)
    }

    fn journal(&self) -> String {
        format!("{}.resume", self.refused)
    }

    fn part(&self) -> String {
        format!("{}.part", self.refused)
    }
}

fn quoted(text: &str) -> String {
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

fn faults(case: &Case, random: &mut Random) -> Faults {
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

/// A case, and where its program sends its calls.
struct Run<'w> {
    world: &'w World,
    case: &'w Case,
    proxy: Option<SlowProxy>,
}

impl Run<'_> {
    /// Runs the program, and stops it in this way after a wait. Returns `None` if it was killed.
    fn import(&self, file: &str, stop: Stop, wait: u64) -> Option<Ran> {
        let mut command = self.world.env.command(&self.case.import(file));
        if let Some(proxy) = &self.proxy {
            command.env("CASPIO_ACCOUNT", proxy.url());
        }
        let mut child = spawn(&mut command);
        if stop != Stop::No {
            // Most runs are stopped after their first call was sent.
            let journal = self.world.env.path(&self.case.journal());
            let written = || fs::metadata(&journal).and_then(|file| file.modified()).ok();
            let before = written();
            while !wait.is_multiple_of(4)
                && written() == before
                && child.try_wait().expect("a child").is_none()
            {
                std::thread::sleep(Duration::from_millis(2));
            }
            std::thread::sleep(Duration::from_millis(wait));
        }
        match stop {
            Stop::No => {}
            Stop::Kill => drop(child.kill()),
            Stop::Signals(names) => send_signals(&child, names),
        }
        let ran = ended(child);
        if let Some(proxy) = &self.proxy {
            proxy.release();
        }
        // What was sent before may still be executed.
        if stop == Stop::Kill || self.proxy.is_some() {
            std::thread::sleep(Duration::from_millis(150));
        }
        ran
    }

    fn complete(&self, file: &str) -> Ran {
        self.import(file, Stop::No, 0).expect("not killed")
    }

    /// Does something to the files of a stopped import.
    fn disturb(&self, random: &mut Random) {
        let (env, case) = (&self.world.env, self.case);
        if !env.path(&case.journal()).exists() {
            return;
        }
        let part = env.path(&case.part());
        match random.below(8) {
            0 => drop(fs::remove_file(part)),
            1 => drop(fs::remove_file(env.path(&case.refused))),
            2 => {
                if let Ok(file) = fs::File::options().write(true).open(part) {
                    let length = file.metadata().expect("a length").len();
                    file.set_len(random.below(length + 1)).expect("cut");
                }
            }
            3 if !part.exists() => {
                let named = fs::read(env.path(&case.refused)).unwrap_or_default();
                let length = random.below(named.len() as u64 + 1) as usize;
                fs::write(part, &named[..length]).expect("written");
            }
            4 if env.path(&case.refused).exists() => {
                let before = names(self.world, case);
                let ran = self.complete(&case.refused);
                assert_eq!(ran.code, Some(2), "{} {}", ran.stdout, ran.stderr);
                assert_eq!(names(self.world, case), before);
            }
            _ => {}
        }
    }
}

/// The name of the records of another program.
const OLD: &str = "old";

/// Returns the names in the table by the number that they begin with.
fn names(world: &World, case: &Case) -> BTreeMap<u64, Vec<String>> {
    let mut names: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for record in world.records(&case.table) {
        let name = record.get("Name").and_then(Value::as_str);
        let name = name.expect("a name").to_owned();
        if name == OLD {
            continue;
        }
        let number = name
            .split(':')
            .next()
            .and_then(|number| number.parse().ok());
        names
            .entry(number.expect("a number"))
            .or_default()
            .push(name);
    }
    names
}

/// What a file of refused rows adds to a row. The row itself may be text that is not Unicode.
#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Refused {
    #[serde(alias = "Refused_Line")]
    line: u64,
    #[serde(alias = "Refused_Reason")]
    reason: String,
}

/// Returns the reasons in the file of refused rows by line.
fn refused(env: &TestEnv, case: &Case) -> BTreeMap<u64, String> {
    let path = env.path(&case.refused);
    if !path.exists() {
        return BTreeMap::new();
    }
    if case.refused.ends_with(".csv") {
        return reasons(env, &case.refused);
    }
    let text = fs::read_to_string(path).expect("text");
    let rows = text.lines().map(|line| {
        let row: Refused = serde_json::from_str(line).expect("JSON");
        (row.line, row.reason)
    });
    rows.collect()
}

/// Checks that each row is where the program reports it.
fn check(world: &World, case: &Case, ran: &Ran) {
    // A run that ends before it starts, for example by a signal, prints no summary.
    if ran.stdout.is_empty() {
        return;
    }
    let result = summary(ran);
    let number = |name: &str| result[name].as_u64().unwrap_or(0);
    let next_line = result["next_line"].as_u64().unwrap_or(u64::MAX);
    let (names, refused) = (names(world, case), refused(&world.env, case));
    let (mut sure, mut open) = (0, 0);
    for (at, row) in case.rows.iter().enumerate() {
        let there = names.get(&(at as u64)).map_or(0, Vec::len);
        let reason = refused.get(&row.line);
        let unresolved = reason.is_some_and(|reason| reason.starts_with("UNRESOLVED"));
        assert!(there <= 1, "row {at} is in the table {there} times");
        assert!(
            there == 0 || row.is_good && !case.is_taken(at as u64),
            "row {at} is bad, or its code is taken, and in the table"
        );
        let is_right = match reason {
            Some(_) => unresolved || there == 0,
            None if row.line >= next_line => there == 0,
            None => there == 1,
        };
        assert!(
            is_right,
            "row {at}, line {}: there {there}, {reason:?}, next line {next_line}",
            row.line
        );
        sure += u64::from(reason.is_none() && there == 1);
        open += u64::from(unresolved);
        if there == 1 {
            assert_eq!(
                names[&(at as u64)],
                std::slice::from_ref(&row.name),
                "row {at} was changed"
            );
        }
    }
    assert_eq!(
        number("inserted") + number("already_there"),
        sure,
        "{result}"
    );
    assert_eq!(number("refused"), refused.len() as u64, "{result}");
    assert_eq!(number("unresolved"), open, "{result}");
    assert_eq!(number("rows"), sure + number("refused"), "{result}");
    let is_complete = next_line == u64::MAX && refused.is_empty();
    let is_zero = ran.code.map_or(is_complete, |code| code == 0);
    assert_eq!(is_zero, is_complete, "{result} {}", ran.stderr);
}

/// Fixes the rows of the file of refused rows, and imports it: each is in the table once then.
fn import_mended(run: &Run<'_>) {
    let (world, case) = (run.world, run.case);
    let env = &world.env;
    let refused = refused(env, case);
    if refused.is_empty() {
        return;
    }
    let there = names(world, case);
    let mut fixed = Vec::new();
    let is_csv = case.refused.ends_with(".csv");
    let prefix = if case.has_their_names { "Refused_" } else { "" };
    let mut text = match is_csv {
        true => format!("Code,Name,Age,Amount,At,{prefix}Line,{prefix}Reason\n"),
        false => String::new(),
    };
    for (at, row) in case.rows.iter().enumerate() {
        if !refused.contains_key(&row.line) || there.contains_key(&(at as u64)) {
            continue;
        }
        fixed.push((at as u64, row.name.clone()));
        let line = row.line;
        match is_csv {
            true => text.push_str(&format!("m{at},{},{at},1.5,,{line},\n", quoted(&row.name))),
            // `Line` and `Reason` come last.
            false => text.push_str(&format!(
                "{{\"Code\":\"m{at}\",\"Name\":{},\"Age\":{at},\"{prefix}Line\":{line},\"{prefix}Reason\":\"\"}}\n",
                Value::from(row.name.as_str())
            )),
        }
    }
    fs::write(env.path(&case.refused), text).expect("written");
    let ran = run.complete(&case.refused);
    assert_eq!(ran.code, Some(0), "{} {}", ran.stdout, ran.stderr);
    let there = names(world, case);
    for (at, name) in fixed {
        assert_eq!(there.get(&at), Some(&vec![name]), "row {at}");
    }
}

/// Checks that a dry run reports the rows that cannot be sent, and no others.
fn check_dry_run(env: &TestEnv, case: &Case) {
    let mut import = case.import(&case.file);
    import.push("--dry-run");
    let ran = env.run(&import);
    assert!(
        matches!(ran.code, Some(0 | 5)),
        "{} {}",
        ran.stdout,
        ran.stderr
    );
    let result = summary(&ran);
    let good = case.rows.iter().filter(|row| row.is_good).count();
    assert_eq!(result["inserted"], Value::from(good), "{result}");
    assert_eq!(
        result["refused"],
        Value::from(case.rows.len() - good),
        "{result}"
    );
}

/// Checks that a copy of the file of refused rows is not imported.
fn check_copy(run: &Run<'_>) {
    let (env, case) = (&run.world.env, run.case);
    let extension = case.refused.rsplit('.').next().expect("an extension");
    let copy = format!("copy_of_{}.{extension}", case.table);
    fs::copy(env.path(&case.refused), env.path(&copy)).expect("a copy");
    let before = names(run.world, case);
    let ran = run.complete(&copy);
    assert_eq!(ran.code, Some(2), "{} {}", ran.stdout, ran.stderr);
    assert_eq!(names(run.world, case), before);
}

fn play(world: &World, number: u64) {
    let env = &world.env;
    let mut random = Random::new(number);
    let case = Case::random(number, &mut random);
    let code = FieldDef::new("Code", DataType::Text255);
    let code = if case.is_unique { code.unique() } else { code };
    let fields = [
        ("Name", DataType::Text255),
        ("Age", DataType::Integer),
        ("Amount", DataType::Currency),
        ("At", DataType::DateTime),
    ];
    let table = TableDef::new(&*case.table).field(code);
    let table = fields.into_iter().fold(table, |table, (name, ty)| {
        table.field(FieldDef::new(name, ty))
    });
    let table = match case.has_their_names {
        true => table
            .field(FieldDef::new("Line", DataType::Integer))
            .field(FieldDef::new("Reason", DataType::Text255)),
        false => table,
    };
    env.emulator.create_table(table).expect("a new table");
    fs::write(env.path(&case.file), &case.bytes).expect("written");
    if number.is_multiple_of(3) {
        check_dry_run(env, &case);
    }
    for at in &case.taken {
        let record = serde_json::json!({"Code": case.rows[*at as usize].code, "Name": OLD});
        env.emulator.insert(&case.table, record).expect("a record");
    }
    env.emulator.set_faults(faults(&case, &mut random));
    let proxy = case
        .gateway
        .map(|response| SlowProxy::start(&env.emulator.url(), "/records", Some(response)));
    let run = Run {
        world,
        case: &case,
        proxy,
    };

    let mut last = run.import(&case.file, case.stop, case.wait);
    let mut kills = if case.stop == Stop::Kill {
        random.below(3)
    } else {
        0
    };
    // The same command resumes it.
    loop {
        if let Some(ran) = &last {
            check(world, &case, ran);
            if !(ran.stdout.is_empty() || summary(ran)["next_line"].is_u64()) {
                break;
            }
        }
        run.disturb(&mut random);
        let latency = Duration::from_millis(if kills > 0 { 10 } else { 0 });
        env.emulator.set_faults(Faults::none().latency(latency));
        let stop = if kills > 0 { Stop::Kill } else { Stop::No };
        kills = kills.saturating_sub(1);
        last = run.import(&case.file, stop, random.below(200));
    }
    env.emulator.set_faults(Faults::none());
    // The file of refused rows, unfixed: rows that were only delayed are imported, bad rows never. Then fixed.
    if env.path(&case.refused).exists() {
        check_copy(&run);
        let ran = run.complete(&case.refused);
        assert!(matches!(ran.code, Some(0 | 5)), "{}", ran.stderr);
    }
    for at in names(world, &case).keys() {
        assert!(
            case.rows[*at as usize].is_good && !case.is_taken(*at),
            "row {at} is bad, and in the table"
        );
    }
    import_mended(&run);
    for (at, names) in names(world, &case) {
        let row = &case.rows[at as usize];
        assert!(names == [row.name.clone()], "row {at}: {names:?}");
    }
    let old = world.records(&case.table).into_iter();
    let old = old.filter(|record| record.get("Name").and_then(Value::as_str) == Some(OLD));
    assert_eq!(old.count(), case.taken.len(), "records of another program");
}

#[test]
fn every_row_is_where_the_program_reports_it() {
    run_cases(200, play, |number| {
        let case = Case::random(number, &mut Random::new(number));
        format!(
            "{:?} {:?} after {} ms, {} taken, {:?}",
            case.options,
            case.stop,
            case.wait,
            case.taken.len(),
            case.gateway
        )
    });
}
