//! Runs the probes.

use crate::answer::Answer;
use crate::expect::Mismatch;
use crate::fact::{Fact, Needs, Sender, Step};
use crate::plan::{Plan, Planned};
use crate::recorder::Recorder;
use crate::report::{Difference, Finding, Outcome, Report};
use crate::scratch::{MARK, Scratch};
use crate::send::Caller;
use crate::spelling;
use crate::template::Values;
use caspio::http_client::HttpService;
use caspio::raw::Method;
use caspio::{ApiVersion, Client, Error, ErrorKind, RateLimiter, Result};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Runs probes with a client.
#[derive(Clone, Debug)]
pub struct Prober {
    caller: Caller,
}

/// What a run has found out before its probes.
struct Prepared {
    /// The ids of tables and views, by their names in lower case.
    ids: BTreeMap<(Needs, String), String>,
    scratch: Option<Scratch>,
    /// Why nothing can be written.
    no_scratch: Option<String>,
}

impl Prober {
    /// Creates a prober.
    ///
    /// The client's HTTP service must be `service`, which the [recorder](Recorder::around) returned; its retries should
    /// be off, because each is a call. The requests without the account's token share its rate limiter and its meter.
    ///
    /// # Errors
    ///
    /// As for [`Transport`](caspio_core::Transport).
    pub fn new(
        client: Client,
        recorder: Recorder,
        service: Arc<dyn HttpService>,
        limiter: RateLimiter,
    ) -> Result<Self> {
        Ok(Self {
            caller: Caller::new(client, recorder, service, limiter)?,
        })
    }

    /// Runs the probes of a plan one after another, and calls `seen` after each.
    ///
    /// # Errors
    ///
    /// The account cannot be reached, or refuses the credentials, before the first response. Later it ends the run: the
    /// other facts are not probed.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped, the scratch tables are not emptied; the next run with the same tables empties them.
    pub async fn run(&self, plan: &Plan, mut seen: impl FnMut(&Finding)) -> Result<Report> {
        let calls_before = self.calls();
        let prepared = Box::pin(self.prepare(plan)).await?;
        let mut findings = Vec::new();
        let mut is_answered = prepared.scratch.is_some();
        let mut stopped = None;
        for planned in plan.planned() {
            let reason = why_not(planned, &prepared).or_else(|| stopped.clone());
            let outcome = match reason {
                Some(reason) => Ok(not_run(reason)),
                None => Box::pin(self.probe(plan, planned, &prepared)).await,
            };
            let outcome = match outcome {
                Ok(outcome) => outcome,
                Err(error) if !is_answered => return Err(error),
                Err(error) => not_run(stopped.insert(why_no_answer(&error)).clone()),
            };
            is_answered |= matches!(outcome, Outcome::Agrees | Outcome::Differs(_));
            let finding = Finding {
                fact: planned.fact.id.clone(),
                version: planned.version.as_str(),
                known: planned.fact.known,
                outcome,
            };
            seen(&finding);
            findings.push(finding);
        }
        let records_left = match &prepared.scratch {
            Some(scratch) => Box::pin(scratch.empty(&self.caller.client)).await.is_err(),
            None => false,
        };
        Ok(Report {
            facts_of: env!("CARGO_PKG_VERSION"),
            calls: self.calls() - calls_before,
            records_left,
            findings,
        })
    }

    fn calls(&self) -> u64 {
        self.caller.client.meter().snapshot().calls
    }

    async fn prepare(&self, plan: &Plan) -> Result<Prepared> {
        let mut prepared = Prepared {
            ids: BTreeMap::new(),
            scratch: None,
            no_scratch: None,
        };
        if let (Some(prefix), true) = (&plan.choice.scratch, plan.writes()) {
            let scratch = Scratch::new(prefix);
            match scratch.prepare(&self.caller.client).await {
                Ok(Ok(())) => prepared.scratch = Some(scratch),
                Ok(Err(reason)) => prepared.no_scratch = Some(reason.to_owned()),
                Err(error) if ends_the_run(&error) => return Err(error),
                Err(error) => prepared.no_scratch = Some(why_no_tables(&error)),
            }
        }
        for version in &plan.choice.versions {
            if spelling::has_ids(*version) {
                match self.find_ids(plan, *version, &mut prepared).await {
                    Err(error) if ends_the_run(&error) => return Err(error),
                    // Without ids, the probes that need one are not run.
                    Ok(()) | Err(_) => {}
                }
            }
        }
        Ok(prepared)
    }

    async fn find_ids(
        &self,
        plan: &Plan,
        version: ApiVersion,
        prepared: &mut Prepared,
    ) -> Result<()> {
        let tables = plan.needs(version, Needs::Table) || plan.needs(version, Needs::Scratch);
        let views = plan.needs(version, Needs::View);
        for (needs, path, is_needed) in [
            (Needs::Table, "tables", tables),
            (Needs::View, "views", views),
        ] {
            if !is_needed {
                continue;
            }
            let list = self.caller.client.raw(Method::GET, path).version(version);
            let list = list.query("pageNumber", 1).query("pageSize", 1_000).await?;
            let list: Value = list.json()?;
            for item in list["data"].as_array().into_iter().flatten() {
                if let (Some(name), Some(id)) = (item["name"].as_str(), id(item)) {
                    let key = (needs, name.to_lowercase());
                    prepared.ids.insert(key, id.to_owned());
                }
            }
        }
        Ok(())
    }

    async fn probe(&self, plan: &Plan, planned: &Planned, prepared: &Prepared) -> Result<Outcome> {
        let mut values = match values(plan, planned, prepared) {
            Ok(values) => values,
            Err(reason) => return Ok(not_run(reason)),
        };
        let steps = planned.fact.steps(planned.version);
        for (index, step) in steps.iter().enumerate() {
            let end = self.step(planned, index + 1, step, &mut values).await?;
            if let Some(outcome) = end {
                return Ok(outcome);
            }
        }
        Ok(Outcome::Agrees)
    }

    /// Runs a step. Returns the outcome of the probe, if it ends here.
    async fn step(
        &self,
        planned: &Planned,
        number: usize,
        step: &Step,
        values: &mut Values,
    ) -> Result<Option<Outcome>> {
        let answer = self.caller.answer(planned.version, &step.request, values);
        let answer = match answer.await {
            Ok(answer) => answer,
            Err(error) if ends_the_run(&error) => return Err(error),
            Err(error) => return Ok(Some(not_run(why_no_answer(&error)))),
        };
        let holds = step.expect.check(&answer, values);
        let holds = holds.and_then(|()| capture(step, &answer, values));
        let outcome = |mismatch| match why_unclear(planned.fact, step, &answer) {
            Some(reason) => not_run(reason),
            None => Outcome::Differs(difference(planned.fact, number, &answer, mismatch)),
        };
        Ok(holds.err().map(outcome))
    }
}

/// Adds what later steps use to the values of the placeholders.
fn capture(step: &Step, answer: &Answer, values: &mut Values) -> Result<(), Mismatch> {
    for (name, capture) in &step.captures {
        let value = capture.of(answer, values).ok_or_else(|| Mismatch {
            expected: format!("a value for `{name}`"),
            got: "nothing".to_owned(),
            value: None,
        })?;
        values.insert(name.clone(), value);
    }
    Ok(())
}

/// Returns why a response that is not as expected says nothing about a fact.
fn why_unclear(fact: &Fact, step: &Step, answer: &Answer) -> Option<&'static str> {
    let is_refused = answer.status == 403 || answer.code() == Some("UnsufficientPrivileges");
    let is_forbidden = is_refused && step.request.sender == Sender::Account;
    let reads = matches!(fact.needs, Needs::Table | Needs::View);
    if answer.is_rate_limited() {
        Some("the rate limit refused a call")
    } else if is_forbidden {
        Some("the API profile lacks the permission")
    } else if reads && answer.status == 404 {
        Some("the table or view was not found")
    } else if reads && has_no_records(answer) {
        Some("the table or view has no records")
    } else {
        None
    }
}

/// Returns why a fact is not probed.
fn why_not(planned: &Planned, prepared: &Prepared) -> Option<String> {
    if let Some(reason) = &planned.left_out {
        return Some(reason.clone());
    }
    let is_scratch = planned.fact.needs == Needs::Scratch;
    prepared.no_scratch.clone().filter(|_| is_scratch)
}

/// The id in an item of a list; its name differs between tables and views.
fn id(item: &Value) -> Option<&str> {
    let mut members = item.as_object()?.iter();
    let (_, id) = members.find(|(name, _)| name.ends_with("Id"))?;
    id.as_str()
}

/// Returns what the placeholders of a probe stand for, or why it cannot be run.
fn values(plan: &Plan, planned: &Planned, prepared: &Prepared) -> Result<Values, String> {
    let mut values = spelling::values(planned.version);
    let has_ids = spelling::has_ids(planned.version);
    let mut put = |placeholder: &str, needs: Needs, name: &str| {
        let in_path = match has_ids {
            false => Some(name.to_owned()),
            true => prepared.ids.get(&(needs, name.to_lowercase())).cloned(),
        };
        let in_path = in_path.ok_or("the account does not list the table or view")?;
        values.insert(placeholder.to_owned(), in_path);
        Ok::<(), &str>(())
    };
    let choice = &plan.choice;
    match planned.fact.needs {
        Needs::Account => {}
        Needs::Table => put("table", Needs::Table, choice.table.as_deref().unwrap_or(""))?,
        Needs::View => put("view", Needs::View, choice.view.as_deref().unwrap_or(""))?,
        Needs::Scratch => {
            if let Some(scratch) = &prepared.scratch {
                put("scratch", Needs::Table, &scratch.types)?;
                put("unique", Needs::Table, &scratch.unique)?;
                let mark = format!("{MARK} {} {}", planned.version, planned.fact.id);
                values.insert("mark".to_owned(), mark);
                values.insert("scratch_name".to_owned(), scratch.types.clone());
            }
        }
    }
    Ok(values)
}

/// Whether no further call can succeed.
fn ends_the_run(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Connect | ErrorKind::Auth | ErrorKind::Config
    )
}

fn not_run(reason: impl Into<String>) -> Outcome {
    Outcome::NotRun {
        reason: reason.into(),
    }
}

/// Only words of this program: what the service says may have values.
fn why_no_answer(error: &Error) -> String {
    match error.kind() {
        ErrorKind::Budget => "more calls than are permitted".to_owned(),
        // The messages of refusals are the SDK's own.
        ErrorKind::Refused => error.message().to_owned(),
        kind => format!("no response ({})", kind.as_str()),
    }
}

fn why_no_tables(error: &Error) -> String {
    let status = error.status();
    let status = status.map_or_else(
        || error.kind().to_string(),
        |status| format!("status {status}"),
    );
    format!("the tables to write to cannot be made or found ({status})")
}

/// Whether a read found no records.
fn has_no_records(answer: &Answer) -> bool {
    let json = answer.json.as_ref();
    let rows = json.and_then(|json| json.get("Result").or_else(|| json.get("data")));
    answer.status == 200 && rows.and_then(Value::as_array).is_some_and(Vec::is_empty)
}

fn difference(fact: &Fact, step: usize, answer: &Answer, mismatch: Mismatch) -> Difference {
    let is_own = fact.needs == Needs::Scratch;
    Difference {
        step,
        expected: mismatch.expected,
        got: mismatch.got,
        status: answer.status,
        code: answer.shown_code(),
        shape: answer.shape(|name| is_own || WIRE_NAMES.contains(&name)),
        value: mismatch.value.filter(|_| is_own),
    }
}

/// The members of responses that are not fields of an account.
const WIRE_NAMES: [&str; 42] = [
    "Code",
    "Message",
    "Resource",
    "RequestId",
    "DocumentationUrl",
    "Hint",
    "Note",
    "Remediation",
    "code",
    "message",
    "error",
    "error_description",
    "name",
    "status",
    "Result",
    "Pagination",
    "TotalCount",
    "PageNumber",
    "PageSize",
    "RecordsAffected",
    "data",
    "pagination",
    "totalCount",
    "pageNumber",
    "pageSize",
    "recordsAffected",
    "PK_ID",
    "Name",
    "Type",
    "Label",
    "TableFieldName",
    "Folders",
    "Files",
    "ExternalKey",
    "tableId",
    "viewId",
    "dataType",
    "fields",
    "wsProfileName",
    "rateLimit",
    "limit",
    "windowSeconds",
];
