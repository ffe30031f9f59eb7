//! `caspio conform`: compares the account with what the SDK and the emulator rest on.

mod replay;

use crate::context::Context;
use crate::error::{CliError, ExitCode};
use crate::format::{Align, fitted};
use caspio_conform::{Choice, Finding, Outcome, Plan, Planned, Prober, Recorder, Report};
use caspio_support::file::{Access, replace};
use clap::Args;
use serde::Serialize;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A table to read from
    #[arg(long, value_name = "TABLE")]
    table: Option<String>,
    /// A view to read from
    #[arg(long, value_name = "VIEW")]
    view: Option<String>,
    /// Also write: make two tables whose names begin with this, which stay, and delete what was written
    #[arg(long, value_name = "TABLE_PREFIX")]
    scratch: Option<String>,
    /// Probe only this fact; may be repeated
    #[arg(long, value_name = "ID")]
    only: Vec<String>,
    /// Probe every version of the API, not only that of --api-version
    #[arg(long)]
    all_versions: bool,
    /// Make at most this many calls, and leave out the probes for which none are left
    #[arg(long, value_name = "CALLS")]
    max_calls: Option<u64>,
    /// Write the report to a file, as JSON without values, names of objects or secrets
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// List the probes and their calls, and make none
    #[arg(long)]
    dry_run: bool,
    /// Compare a recording of `caspio record` with the emulator instead, without an account
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["table", "view", "scratch", "only", "all_versions", "max_calls", "dry_run"]
    )]
    replay: Option<PathBuf>,
}

pub(crate) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    if let Some(file) = &arguments.replay {
        return replay::run(context, file, arguments.report.as_deref()).await;
    }
    let mut choice = match arguments.all_versions {
        true => Choice::of_every_version(),
        false => Choice::new([context.global.api_version]),
    };
    choice.table = arguments.table;
    choice.view = arguments.view;
    choice.scratch = arguments.scratch;
    choice.only = arguments.only;
    choice.max_calls = arguments.max_calls;
    let plan = Plan::new(choice)?;
    if arguments.dry_run {
        return print_plan(context, &plan);
    }
    let most = arguments.max_calls.unwrap_or_else(|| plan.calls());
    let calls = format!("This makes at most {} calls.", most.min(plan.calls()));
    context.out.note(format_args!("{calls}"));
    let recorder = Recorder::new();
    let connected = context.connect_recorded(&recorder, most).await?;
    let (client, service, limiter) = connected;
    let prober = Prober::new(client, recorder, service, limiter)?;
    let report = Box::pin(prober.run(&plan, |_| {})).await?;
    if let Some(path) = &arguments.report {
        save(&report, path)?;
    }
    print_report(context, &report)
}

fn save(report: &impl Serialize, path: &Path) -> Result<(), CliError> {
    let json = serde_json::to_string_pretty(report)
        .map_err(|error| CliError::new(ExitCode::General, format!("no report: {error}")))?;
    replace(path, format!("{json}\n").as_bytes(), Access::Default)
        .map_err(|error| CliError::file("write", path, &error))
}

/// A probe of a dry run.
#[derive(Serialize)]
struct PlannedProbe<'p> {
    fact: &'p str,
    version: &'static str,
    calls: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<&'p str>,
}

impl<'p> PlannedProbe<'p> {
    fn new(planned: &'p Planned) -> Self {
        Self {
            fact: &planned.fact.id,
            version: planned.version.as_str(),
            calls: planned.calls,
            left_out: planned.left_out.as_deref(),
        }
    }
}

fn print_plan(context: &mut Context, plan: &Plan) -> Result<(), CliError> {
    let probes: Vec<_> = plan.planned().iter().map(PlannedProbe::new).collect();
    if context.out.json {
        let json = serde_json::json!({ "calls": plan.calls(), "probes": probes });
        return context.out.json(&json);
    }
    let rows = probes.iter().map(|probe| {
        let (calls, note) = match probe.left_out {
            None => (probe.calls.to_string(), String::new()),
            Some(reason) => ("-".to_owned(), reason.to_owned()),
        };
        vec![probe.fact.to_owned(), probe.version.to_owned(), calls, note]
    });
    let header = [
        ("Fact", Align::Left),
        ("Version", Align::Left),
        ("Calls", Align::Right),
        ("Not run because", Align::Left),
    ];
    let table = fitted(&header, rows.collect(), false);
    context.out.line(format_args!("{table}"))?;
    let calls = plan.calls();
    context.out.line(format_args!("at most {calls} calls"))
}

fn print_report(context: &mut Context, report: &Report) -> Result<(), CliError> {
    if context.out.json {
        context.out.json(report)?;
    } else {
        let rows = report.findings.iter().map(row).collect();
        let header = ["Fact", "Version", "Outcome", "Expected", "Found"];
        let header = header.map(|name| (name, Align::Left));
        context
            .out
            .line(format_args!("{}", fitted(&header, rows, false)))?;
        context.out.line(format_args!("{}", summary(report)))?;
    }
    if report.records_left {
        context.out.note(format_args!(
            "warning: the tables that were written to could not be emptied; the next run tries it again"
        ));
    }
    match report.differences().count() {
        0 => Ok(()),
        count => {
            context.out.flush()?;
            let differ = if count == 1 {
                "1 fact"
            } else {
                &format!("{count} facts")
            };
            let message = format!("the account differs in {differ}");
            let hint = "report it with the file of `--report`: it has no values and no names";
            Err(CliError::new(ExitCode::Different, message).with_hint(hint))
        }
    }
}

fn row(finding: &Finding) -> Vec<String> {
    let (outcome, expected, found) = match &finding.outcome {
        Outcome::Agrees => ("agrees", String::new(), String::new()),
        Outcome::Differs(difference) => {
            let mut found = format!("{} (status {})", difference.got, difference.status);
            if let Some(value) = &difference.value {
                found = format!("{found}: {}", shortened(value));
            }
            ("differs", difference.expected.clone(), found)
        }
        Outcome::NotRun { reason } => ("not run", String::new(), reason.clone()),
        _ => ("unknown", String::new(), String::new()),
    };
    let fact = finding.fact.clone();
    let version = finding.version.to_owned();
    vec![fact, version, outcome.to_owned(), expected, found]
}

/// The most characters of a value that are shown.
const LONGEST_VALUE: usize = 80;

fn shortened(value: &str) -> String {
    match value.char_indices().nth(LONGEST_VALUE) {
        None => value.to_owned(),
        Some((end, _)) => format!("{}…", &value[..end]),
    }
}

fn summary(report: &Report) -> String {
    let count = |is_meant: fn(&Outcome) -> bool| {
        let findings = report.findings.iter();
        findings
            .filter(|finding| is_meant(&finding.outcome))
            .count()
    };
    format!(
        "{} agree, {} differ, {} were not run; {} calls",
        count(|outcome| matches!(outcome, Outcome::Agrees)),
        count(|outcome| matches!(outcome, Outcome::Differs(_))),
        count(|outcome| matches!(outcome, Outcome::NotRun { .. })),
        report.calls
    )
}
