//! Random files imported with faults, signals and kills: every row is in the table once, in the file of refused rows
//! with its reason, or not sent yet, and the program's counts are true. Between a stop and the resumed run the files of
//! the stopped one may be lost, cut off or imported, and the resumed run may be killed, too.

use crate::cases::{World, ended, run_cases, send_signals, spawn};
use crate::import_case::{Case, Stop, faults, quoted};
use crate::random::Random;
use crate::support::people::{reasons, summary};
use crate::support::slow_proxy::SlowProxy;
use crate::support::{Ran, TestEnv};
use caspio_emulator::{DataType, Faults, FieldDef, TableDef};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

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
            proxy.settle();
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
                let before = names_at_rest(self.world, case);
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

/// Returns the names after the calls of a program that was stopped or lost its connections: the service executes them
/// to the end. A read does not wait for that, a write does.
fn names_at_rest(world: &World, case: &Case) -> BTreeMap<u64, Vec<String>> {
    let after_writes = || {
        let none = world.env.emulator.delete(&case.table, "PK_ID = 0");
        assert_eq!(none.expect("a table"), 0);
        names(world, case)
    };
    let mut before = after_writes();
    loop {
        std::thread::sleep(Duration::from_millis(500));
        let now = after_writes();
        if now == before {
            return now;
        }
        before = now;
    }
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
    let before = names_at_rest(run.world, case);
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
