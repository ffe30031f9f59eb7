//! The calls that a command takes, which `--cost` prints instead of running it.

use crate::context::Context;
use crate::error::CliError;
use caspio::Client;
use serde::Serialize;

/// The calls that a command takes, in its steps.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Cost {
    steps: Vec<Step>,
}

/// The calls of a step.
#[derive(Debug, Serialize)]
struct Step {
    action: String,
    least: u64,
    most: u64,
    /// Why the number is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

impl Cost {
    /// Adds a step whose calls are known.
    pub(crate) fn exactly(&mut self, action: impl Into<String>, calls: u64) {
        self.add(action.into(), calls, calls, None);
    }

    /// Adds a step that takes at most this many calls; fewer for this reason.
    pub(crate) fn between(
        &mut self,
        action: impl Into<String>,
        (least, most): (u64, u64),
        reason: &'static str,
    ) {
        let reason = (least < most).then_some(reason);
        self.add(action.into(), least, most, reason);
    }

    fn add(&mut self, action: String, least: u64, most: u64, reason: Option<&'static str>) {
        if most > 0 {
            self.steps.push(Step {
                action,
                least,
                most,
                reason,
            });
        }
    }

    /// Prints the cost, and how many calls finding it out took.
    pub(crate) fn print(&self, context: &mut Context, spent: u64) -> Result<(), CliError> {
        let least: u64 = self.steps.iter().map(|step| step.least).sum();
        let most: u64 = self.steps.iter().map(|step| step.most).sum();
        let out = &mut context.out;
        if out.json {
            return out.json(&serde_json::json!({
                "least": least,
                "most": most,
                "steps": self.steps,
                "calls": spent,
            }));
        }
        out.line(format_args!("{}", range(least, most)))?;
        for step in &self.steps {
            let reason = step.reason.map(|reason| format!(" ({reason})"));
            let (calls, reason) = (range(step.least, step.most), reason.unwrap_or_default());
            out.line(format_args!("  {}: {calls}{reason}", step.action))?;
        }
        out.note(format_args!(
            "Only the calls were counted, which took {}. A repeated call and the request of a token come in addition.",
            range(spent, spent)
        ));
        Ok(())
    }
}

/// Returns how many calls a client has made, without the requests of tokens.
pub(crate) fn calls(caspio: &Client) -> u64 {
    let counts = caspio.meter().snapshot();
    counts.calls - counts.token_calls
}

fn range(least: u64, most: u64) -> String {
    match (least, most) {
        (1, 1) => "1 call".to_owned(),
        (least, most) if least == most => format!("{least} calls"),
        (least, most) => format!("{least} to {most} calls"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_without_calls_is_left_out_and_a_known_one_needs_no_reason() {
        let mut cost = Cost::default();
        cost.exactly("nothing", 0);
        cost.between("known", (2, 2), "why");
        cost.between("open", (0, 2), "why");
        let reasons: Vec<_> = cost.steps.iter().map(|step| step.reason).collect();
        assert_eq!(reasons, [None, Some("why")]);
        assert_eq!(range(1, 1), "1 call");
        assert_eq!(range(0, 2), "0 to 2 calls");
    }
}
