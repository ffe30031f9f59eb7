//! `caspio doctor`: checks the connection and proposes remedies. It only reads.

use crate::context::{Context, Tokens};
use crate::credentials::require_settings;
use crate::error::{CliError, ExitCode};
use crate::output::{paint, printable, takes_colours};
use crate::source::Source;
use anstyle::AnsiColor;
use caspio::record::ObjectKind;
use caspio::{Client, ErrorKind};
use caspio_core::diagnosis::Cause;
use clap::Args;
use futures::TryStreamExt;
use serde::Serialize;
use std::io;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Do not read from every table and view, which costs one call each
    #[arg(long)]
    quick: bool,
}

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    Warning,
    Failed,
}

#[derive(Debug, Serialize)]
struct Finding {
    check: String,
    state: State,
    finding: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
    #[serde(skip)]
    exit: Option<ExitCode>,
}

impl Finding {
    fn new(check: impl Into<String>, state: State, finding: impl Into<String>) -> Self {
        Self {
            check: check.into(),
            state,
            finding: finding.into(),
            remedy: None,
            exit: None,
        }
    }

    fn failed(check: impl Into<String>, failure: &CliError) -> Self {
        Self {
            exit: Some(failure.exit),
            remedy: failure.hint.clone(),
            ..Self::new(check, State::Failed, &failure.message)
        }
    }

    fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

pub(crate) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    let mut findings = Vec::new();
    if let Some(caspio) = settings(context, &mut findings).await
        && connection(&caspio, &mut findings).await
    {
        if !arguments.quick {
            permissions(&caspio, &mut findings).await;
        }
        limits(&caspio, &mut findings).await;
        cost(&caspio, &mut findings);
    }
    print(context, &findings)?;
    let worst = findings.iter().find_map(|finding| finding.exit);
    match worst {
        None => Ok(()),
        Some(exit) => {
            let failed = findings.iter().filter(|f| f.state == State::Failed).count();
            context.out.flush()?;
            let checks = if failed == 1 { "check" } else { "checks" };
            Err(CliError::new(exit, format!("{failed} {checks} failed")))
        }
    }
}

/// Checks the settings, and reports where they come from.
async fn settings(context: &mut Context, findings: &mut Vec<Finding>) -> Option<Client> {
    if !context.global.emulator {
        let found = context.settings().and_then(require_settings);
        match found {
            Ok(found) => findings.push(Finding::new(
                "settings",
                State::Ok,
                format!(
                    "account {} from {}",
                    found.settings.account.host(),
                    found.origin
                ),
            )),
            Err(failure) => {
                findings.push(Finding::failed("settings", &failure));
                return None;
            }
        }
    }
    // A stored token would hide that the credentials are no longer valid.
    match context.connect_with(Tokens::Temporary).await {
        Ok(caspio) => Some(caspio),
        Err(failure) => {
            findings.push(Finding::failed("settings", &failure));
            None
        }
    }
}

/// Checks that the account responds and accepts the credentials, and compares the clocks.
async fn connection(caspio: &Client, findings: &mut Vec<Finding>) -> bool {
    let checked = match caspio.test_connection().await {
        Ok(checked) => checked,
        Err(error) => {
            let advice = error
                .hint()
                .unwrap_or(Cause::of(&error).advice())
                .to_owned();
            let failure = CliError::from(error).with_hint(advice);
            findings.push(Finding::failed("connection", &failure));
            return false;
        }
    };
    findings.push(Finding::new(
        "connection",
        State::Ok,
        format!("{} responds on {}", checked.host, caspio.api_version()),
    ));
    findings.push(match checked.tables {
        0 => Finding::new(
            "credentials",
            State::Warning,
            "accepted, but no table is visible",
        )
        .remedy("grant the web services profile access to tables in the account"),
        tables => Finding::new(
            "credentials",
            State::Ok,
            format!("accepted, {tables} tables visible"),
        ),
    });
    if let Some(offset) = checked.clock_offset {
        findings.push(if offset.is_off() {
            Finding::new("clock", State::Warning, offset.to_string()).remedy(
                "set this machine's clock: a wrong one makes tokens appear to expire too early or too late",
            )
        } else {
            Finding::new("clock", State::Ok, "agrees with the account's clock")
        });
    }
    true
}

/// Checks that each table and view can be read.
async fn permissions(caspio: &Client, findings: &mut Vec<Finding>) {
    let tables = caspio.tables().await;
    let views = caspio.views().await;
    for (kind, names) in [(ObjectKind::Table, tables), (ObjectKind::View, views)] {
        match names {
            Ok(names) => {
                for name in names {
                    findings.push(readable(caspio, &Source::new(kind, &name)).await);
                }
            }
            Err(error) => {
                let failure = CliError::from(error);
                findings.push(Finding::failed(format!("{kind}s"), &failure));
            }
        }
    }
}

async fn readable(caspio: &Client, source: &Source) -> Finding {
    let check = format!("{} {}", source.kind, source.name);
    let first = source.query(caspio).limit(1).pages().try_next().await;
    match first {
        Ok(_) => Finding::new(check, State::Ok, "can be read"),
        Err(error) if error.kind() == ErrorKind::Permission => {
            Finding::failed(check, &CliError::new(ExitCode::Denied, "cannot be read"))
                .remedy("grant the web services profile `Select` on it in the account")
        }
        Err(error) => Finding::failed(check, &CliError::from(error)),
    }
}

/// Reports the account's limits. A missing limit is not an error: only v4 reports it.
async fn limits(caspio: &Client, findings: &mut Vec<Finding>) {
    let limit = match caspio.profile().await {
        Ok(profile) => profile.rate_limit,
        Err(_) => None,
    };
    let finding = match limit {
        Some(limit) => format!("{} calls in {} s", limit.calls, limit.window.as_secs()),
        None => "the account does not report its rate limit".to_owned(),
    };
    findings.push(Finding::new("limit", State::Ok, finding));
    findings.push(Finding::new(
        "quota",
        State::Ok,
        "Caspio shows the month's calls only on the account's usage page; `caspio usage` shows those of this program on this machine",
    ));
}

/// Reports the calls that the check made.
fn cost(caspio: &Client, findings: &mut Vec<Finding>) {
    let meter = caspio.meter().snapshot();
    let limited: u64 = meter
        .operations
        .values()
        .filter_map(|operation| operation.statuses.get(&429))
        .sum();
    let calls = format!("this check made {} calls", meter.calls);
    findings.push(match limited {
        0 => Finding::new(
            "rate",
            State::Ok,
            format!("no call was rate limited; {calls}"),
        ),
        _ => Finding::new(
            "rate",
            State::Warning,
            format!("{limited} calls were rate limited; {calls}"),
        )
        .remedy("other programs use the same API profile: give each its own, or slow them down"),
    });
}

fn print(context: &mut Context, findings: &[Finding]) -> Result<(), CliError> {
    if context.out.json {
        return context.out.json(&findings);
    }
    let colour = takes_colours(&io::stdout());
    for finding in findings {
        let state = match finding.state {
            State::Ok => paint(AnsiColor::Green, "ok     ", colour),
            State::Warning => paint(AnsiColor::Yellow, "warning", colour),
            State::Failed => paint(AnsiColor::Red, "failed ", colour),
        };
        let check = printable(&finding.check);
        let text = printable(&finding.finding);
        context.out.line(format_args!("{state}  {check}: {text}"))?;
        if let Some(remedy) = &finding.remedy {
            context.out.line(format_args!("         -> {remedy}"))?;
        }
    }
    Ok(())
}
