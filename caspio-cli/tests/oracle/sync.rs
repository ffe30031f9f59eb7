//! Random files synchronized with faults, signals, kills, a full disk and two runs at once: no record is doubled, every
//! row is in the table, in the file of refused rows or reported as not sent, the counts are true, and the same command
//! finishes it.

use crate::cases::{World, ended, run_cases, send_signals, spawn};
use crate::random::Random;
use crate::support::people::{reasons, summary};
use crate::support::{Ran, TestEnv};
use caspio_emulator::{DataType, Fault, Faults, FieldDef, Rule, TableDef};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::process::Command;
use std::time::Duration;

/// How a run is ended early, or hindered.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stop {
    No,
    Signals(&'static [&'static str]),
    Kill,
    /// Two runs at once.
    Twice,
    /// No file can grow beyond this number of half kilobytes.
    FullDisk(u64),
}

/// The columns of a record, or of a row.
type Columns = (String, Option<i64>);

/// A row of the file.
#[derive(Debug)]
struct Row {
    line: u64,
    code: String,
    /// What the table has to have; `None` for a row that is refused.
    columns: Option<Columns>,
}

#[derive(Debug)]
struct Case {
    table: String,
    file: String,
    refused: String,
    is_unique: bool,
    /// The records at the start.
    start: BTreeMap<String, Columns>,
    rows: Vec<Row>,
    text: String,
    deletes: bool,
    /// Whether it deletes so many records that it has to be confirmed.
    is_confirmed: bool,
    options: Vec<&'static str>,
    stop: Stop,
    wait: u64,
}

/// Makes the cases of a sync differ from those of an import.
const SEED: u64 = 0x51;

const TEXTS: [&str; 5] = ["plain", "with, comma", "two\nlines", "Zürich 😀", "o'Brien"];

impl Case {
    fn random(number: u64, random: &mut Random) -> Self {
        let mut start = BTreeMap::new();
        let columns = |random: &mut Random| {
            let age = (!random.one_in(5)).then(|| random.below(40) as i64);
            (random.pick(&TEXTS).to_owned(), age)
        };
        let count = match random.below(6) {
            0 => 0,
            1 if random.one_in(3) => 1500 + random.below(1500),
            _ => 1 + random.below(60),
        };
        let mut text = "Code,Name,Age\n".to_owned();
        let (mut rows, mut line) = (Vec::new(), 2);
        let is_refusing = random.one_in(2);
        for at in 0..count {
            let code = format!("c{at}");
            let new = columns(random);
            if random.one_in(3) {
                let old = if random.one_in(2) {
                    new.clone()
                } else {
                    columns(random)
                };
                start.insert(code.clone(), old);
            }
            let bad = is_refusing && random.one_in(9);
            let age = match (bad, new.1) {
                (true, _) => "x".to_owned(),
                (false, age) => age.map_or_else(String::new, |age| age.to_string()),
            };
            let _ = writeln!(text, "{code},\"{}\",{age}", new.0);
            rows.push(Row {
                line,
                code,
                columns: (!bad).then(|| new.clone()),
            });
            line += 1 + new.0.matches('\n').count() as u64;
        }
        let extra = random.below(4);
        for at in 0..extra {
            start.insert(format!("extra{at}"), columns(random));
        }
        // Without any row every record would be deleted, which is refused.
        let deletes = random.one_in(3) && !rows.is_empty();
        let mut options = vec!["--api-version", random.pick(&["v2", "v3", "v4"])];
        options.extend(["--concurrency", random.pick(&["1", "2", "4"])]);
        let refuses = rows.iter().any(|row| row.columns.is_none());
        let is_confirmed = deletes && !refuses && !is_deleted_unasked(extra, &start);
        if deletes {
            options.push("--delete-missing");
        }
        if is_confirmed {
            let confirmations = [
                &["--yes"][..],
                &["--max-deletes", "3"],
                &["--max-deletes", "100%"],
            ];
            options.extend_from_slice(random.pick(&confirmations));
        }
        Self {
            table: format!("S{number}"),
            file: format!("s{number}.csv"),
            refused: format!("s{number}.refused.csv"),
            is_unique: random.one_in(2),
            start,
            rows,
            text,
            deletes,
            is_confirmed,
            options,
            stop: match random.below(10) {
                0 => Stop::Signals(&["-INT"]),
                1 => Stop::Signals(&["-INT", "-INT"]),
                2 => Stop::Signals(&["-TERM"]),
                3 => Stop::Signals(&["-HUP"]),
                4..=6 => Stop::Kill,
                7 => Stop::Twice,
                8 => Stop::FullDisk(random.below(6)),
                _ => Stop::No,
            },
            wait: 20 + random.below(300),
        }
    }

    /// Returns the command without what confirms its deletes.
    fn unconfirmed(&self) -> Vec<&str> {
        let sync = self.sync(&[]);
        let end = sync.iter().position(|word| *word == "--delete-missing");
        sync[..=end.expect("it deletes")].to_vec()
    }

    fn sync<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let sync = [
            "import",
            &self.table,
            &self.file,
            "--sync",
            "--key",
            "Code",
            "--json",
        ];
        [&sync[..], &self.options, more].concat()
    }
}

/// Returns whether this many records of a table are deleted without a confirmation, where no terminal is.
fn is_deleted_unasked(deletes: u64, start: &BTreeMap<String, Columns>) -> bool {
    let records = start.len() as u64;
    deletes <= records / 10 || deletes <= 10 && deletes <= records / 2
}

fn faults(random: &mut Random) -> Faults {
    let latency = Duration::from_millis(random.pick(&[0, 5, 20, 60]));
    let faults = Faults::none().latency(latency);
    if random.one_in(2) {
        return faults;
    }
    let fault = random.pick(&[
        Fault::Reset,
        Fault::ResetAfterwards,
        Fault::CutShort,
        Fault::BadGateway,
        Fault::RateLimit,
        Fault::RevokeToken,
    ]);
    let operation = random.pick(&[
        "CreateTableRecords",
        "UpdateTableRecords",
        "UpdateTableRecord",
        "DeleteTableRecords",
        "ListTableRecords",
    ]);
    let first = 1 + random.below(3);
    let rule = Rule::new(fault).operation(operation);
    faults.rule(rule.calls(first..first + 1 + random.below(3)))
}

/// Runs the sync as the case demands. Returns what can be checked.
fn run(env: &TestEnv, case: &Case) -> Option<Ran> {
    if let Stop::FullDisk(blocks) = case.stop {
        let program = env.command(&[]);
        let mut shell = Command::new("/bin/sh");
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        shell.args(["-c", &script]).arg(program.get_program());
        shell
            .args(case.sync(&[]))
            .current_dir(env.path(""))
            .env_clear();
        let variables = program.get_envs();
        shell.envs(variables.filter_map(|(name, value)| Some((name, value?))));
        ended(spawn(&mut shell));
        return None;
    }
    let mut child = spawn(&mut env.command(&case.sync(&[])));
    if case.stop == Stop::No {
        return ended(child);
    }
    std::thread::sleep(Duration::from_millis(case.wait));
    match case.stop {
        Stop::Kill => drop(child.kill()),
        Stop::Twice => {
            let second = spawn(&mut env.command(&case.sync(&["--refused", "second.refused.csv"])));
            // One of them may be refused, or both run one after the other.
            let (first, second) = (ended(child), ended(second));
            for ran in [first, second].into_iter().flatten() {
                // A call of one run may revoke the new token of the other, which ends that with 4.
                assert!(
                    matches!(ran.code, Some(0 | 1 | 2 | 4 | 5 | 6)),
                    "{}",
                    ran.stderr
                );
            }
            return None;
        }
        Stop::Signals(names) => send_signals(&child, names),
        _ => {}
    }
    ended(child)
}

/// Returns the records by their codes; no code is there twice.
fn records(world: &World, case: &Case) -> BTreeMap<String, Columns> {
    let mut records = BTreeMap::new();
    for record in world.records(&case.table) {
        let text = |name: &str| {
            let text = record.get(name).and_then(Value::as_str);
            text.expect(name).to_owned()
        };
        let columns = (text("Name"), record.get("Age").and_then(Value::as_i64));
        let double = records.insert(text("Code"), columns);
        assert_eq!(double, None, "{} is doubled", text("Code"));
    }
    records
}

/// Checks that each row is where the program reports it.
fn check(world: &World, case: &Case, before: &BTreeMap<String, Columns>, ran: &Ran) {
    let env = &world.env;
    let after = records(world, case);
    if ran.stdout.is_empty() || !ran.stdout.contains("\"rows\"") {
        return;
    }
    let result = summary(ran);
    let number = |name: &str| result[name].as_u64().unwrap_or(0);
    let refused = match number("refused") {
        0 => BTreeMap::new(),
        _ => reasons(env, &case.refused),
    };
    assert_eq!(number("refused"), refused.len() as u64, "{result}");
    if ran.stderr.contains("nothing was written") || ran.stdout.contains("nothing was written") {
        assert_eq!(&after, before, "{result}");
        return;
    }
    let (mut right, mut open) = (0, 0);
    for row in &case.rows {
        let (old, now) = (before.get(&row.code), after.get(&row.code));
        match (refused.get(&row.line), &row.columns) {
            (Some(reason), new) if reason.starts_with("UNRESOLVED") => {
                open += 1;
                assert!(
                    now == old || now == new.as_ref(),
                    "{row:?} is {now:?}: {reason}"
                );
            }
            (Some(reason), _) => assert_eq!(now, old, "{row:?}: {reason}"),
            (None, None) => panic!("{row:?} is not refused"),
            (None, Some(new)) if now == Some(new) => right += 1,
            (None, Some(_)) => assert_eq!(now, old, "{row:?}"),
        }
    }
    assert_eq!(number("unresolved"), open, "{result}");
    let done = number("inserted") + number("updated") + number("unchanged");
    // Rows that were not sent may be equal to their records.
    assert!(
        done <= right && right <= done + number("not_sent"),
        "{right} right: {result}"
    );
    let read = number("rows");
    if done > 0 {
        assert_eq!(
            done + number("refused") + number("not_sent"),
            read,
            "{result}"
        );
    }
    let is_row = |code: &str| case.rows.iter().any(|row| row.code == code);
    let gone = before.keys().filter(|code| !after.contains_key(*code));
    let gone: Vec<&String> = gone.collect();
    assert!(
        gone.iter().all(|code| case.deletes && !is_row(code)),
        "{gone:?} are gone"
    );
    assert!(
        refused.is_empty() || gone.is_empty(),
        "{gone:?} are gone: {result}"
    );
}

/// Checks that a dry run reports what has to be written.
fn check_dry_run(env: &TestEnv, case: &Case) {
    let ran = env.run(&case.sync(&["--dry-run"]));
    assert!(
        matches!(ran.code, Some(0 | 5)),
        "{} {}",
        ran.stdout,
        ran.stderr
    );
    let result = summary(&ran);
    let mut counts = [0; 5];
    for row in &case.rows {
        let at = match (&row.columns, case.start.get(&row.code)) {
            (None, _) => 4,
            (Some(_), None) => 0,
            (Some(new), Some(old)) if new == old => 2,
            (Some(_), Some(_)) => 1,
        };
        counts[at] += 1;
    }
    let is_row = |code: &String| case.rows.iter().any(|row| row.code == *code);
    if case.deletes && counts[4] == 0 {
        counts[3] = case.start.keys().filter(|code| !is_row(code)).count();
    }
    let names = ["inserted", "updated", "unchanged", "deleted", "refused"];
    assert_eq!(
        names.map(|name| result[name].clone()),
        counts.map(Value::from),
        "{result}"
    );
}

fn play(world: &World, number: u64) {
    let env = &world.env;
    let mut random = Random::new(number ^ SEED);
    let case = Case::random(number, &mut random);
    let code = FieldDef::new("Code", DataType::Text255);
    let table = TableDef::new(&*case.table)
        .field(if case.is_unique { code.unique() } else { code })
        .field(FieldDef::new("Name", DataType::Text255))
        .field(FieldDef::new("Age", DataType::Integer));
    env.emulator.create_table(table).expect("a new table");
    for (code, (name, age)) in &case.start {
        let record = json!({ "Code": code, "Name": name, "Age": age });
        env.emulator.insert(&case.table, record).expect("a record");
    }
    fs::write(env.path(&case.file), &case.text).expect("written");
    if case.is_confirmed {
        let ran = env.run(&case.unconfirmed());
        assert_eq!(ran.code, Some(2), "{} {}", ran.stdout, ran.stderr);
        assert_eq!(records(world, &case), case.start, "nothing was confirmed");
    }
    if number.is_multiple_of(3) {
        check_dry_run(env, &case);
    }
    env.emulator.set_faults(faults(&mut random));

    let ran = run(env, &case);

    env.emulator.set_faults(Faults::none());
    match ran {
        Some(ran) => check(world, &case, &case.start, &ran),
        // What was sent before a kill may still be executed.
        None => drop(records(world, &case)),
    }
    // The same command finishes it.
    let (mut is_open, mut runs) = (true, 0);
    while is_open {
        runs += 1;
        assert!(runs < 6, "it is not finished after {runs} runs");
        let before = records(world, &case);
        let ran = env.run(&case.sync(&[]));
        let stopped = matches!(ran.code, Some(0 | 5));
        assert!(stopped, "{:?} {} {}", ran.code, ran.stdout, ran.stderr);
        if before == records(world, &case) || case.stop != Stop::Kill {
            check(world, &case, &before, &ran);
        }
        is_open = summary(&ran)["unresolved"] != json!(0);
        if is_open {
            // Five minutes pass: what was sent is in the table, or never will be.
            std::thread::sleep(Duration::from_millis(300));
            let _ = fs::remove_dir_all(env.path("state").join("syncs"));
        }
    }
    let there = records(world, &case);
    for row in &case.rows {
        let wanted = row.columns.as_ref().or(case.start.get(&row.code));
        assert_eq!(there.get(&row.code), wanted, "{row:?}");
    }
    // Once more writes nothing.
    let again = env.run(&case.sync(&[]));
    let result = summary(&again);
    let counts = ["inserted", "updated", "deleted"].map(|name| &result[name]);
    assert_eq!(counts, [&json!(0); 3], "{result}");
    assert_eq!(records(world, &case), there);
}

#[test]
fn every_row_of_a_sync_is_where_the_program_reports_it() {
    run_cases(100, play, |number| {
        let case = Case::random(number, &mut Random::new(number ^ SEED));
        let unique = if case.is_unique {
            "unique"
        } else {
            "not unique"
        };
        format!(
            "{:?} {:?} after {} ms, {unique}",
            case.options, case.stop, case.wait
        )
    });
}
