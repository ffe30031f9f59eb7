//! Applying a plan to an account.

use super::{Plan, Step};
use crate::client::Client;
use crate::record::ObjectKind;
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use std::fmt;

const OPERATION: &str = "schema.apply";

/// Whether [`Client::apply`] carries out steps that may lose data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AllowDestructive {
    /// Refuses a plan with such a step before the first call.
    No,
    /// Carries them out like the others.
    Yes,
}

/// The error of a plan that stopped, with the steps that were done and those that were not.
///
/// ```no_run
/// # use caspio::schema::{AllowDestructive, Plan};
/// # async fn example(caspio: caspio::Client, plan: Plan) {
/// if let Err(failed) = caspio.apply(&plan, AllowDestructive::No).await {
///     println!("{}: {} steps were done", failed.error(), failed.done().len());
///     for step in failed.not_done() {
///         println!("not done: {step}");
///     }
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct ApplyError {
    steps: Vec<Step>,
    done: usize,
    error: Error,
}

impl ApplyError {
    /// Returns the steps that were done; they stay done.
    #[must_use]
    pub fn done(&self) -> &[Step] {
        &self.steps[..self.done]
    }

    /// Returns the steps that were not done. If any call was made, the first of them failed;
    /// [`Error::maybe_applied`] reports whether it may have taken effect anyway.
    #[must_use]
    pub fn not_done(&self) -> &[Step] {
        &self.steps[self.done..]
    }

    /// Returns the error that stopped the plan.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.error
    }
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (done, all) = (self.done, self.steps.len());
        write!(f, "{done} of {all} steps were done; {}", self.error)?;
        for step in self.done() {
            write!(f, "\n  done: {step}")?;
        }
        for step in self.not_done() {
            write!(f, "\n  not done: {step}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ApplyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl From<ApplyError> for Error {
    /// Returns the error that stopped the plan, with the number of finished steps in its hint.
    fn from(failed: ApplyError) -> Self {
        let hint = format!("{} of {} steps were done", failed.done, failed.steps.len());
        match failed.error.hint() {
            Some(known) => {
                let hint = format!("{hint}; {known}");
                failed.error.with_hint(hint)
            }
            None => failed.error.with_hint(hint),
        }
    }
}

impl Client {
    /// Applies a plan, one call for each step. It stops at the first failure. Finished steps stay done, and a new plan
    /// continues from there.
    ///
    /// # Errors
    ///
    /// `Refused`, without a call: the plan contains a change that the API cannot make
    /// ([`Plan::without_refused`] removes these), or a step may lose data and that is not allowed.
    /// Otherwise the error that stopped it.
    ///
    /// ```no_run
    /// use caspio::schema::{AllowDestructive, Plan, Schema};
    ///
    /// # async fn example(caspio: caspio::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let want = Schema::load("caspio.schema.json")?;
    /// let plan = Plan::between(&caspio.schema().await?, &want);
    /// println!("{plan}");
    /// caspio.apply(&plan, AllowDestructive::No).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn apply(
        &self,
        plan: &Plan,
        destructive: AllowDestructive,
    ) -> Result<(), ApplyError> {
        let failed = |done, error| ApplyError {
            steps: plan.steps().to_vec(),
            done,
            error,
        };
        check(plan, destructive).map_err(|error| failed(0, error))?;
        for (done, step) in plan.steps().iter().enumerate() {
            self.step(step).await.map_err(|error| failed(done, error))?;
        }
        Ok(())
    }

    async fn step(&self, step: &Step) -> Result<()> {
        let target = |table: &str| Target::new(ObjectKind::Table, table);
        match step {
            Step::CreateTable(table) => self.create_table(table).await,
            Step::AddField { table, field } => self.add_field(&target(table), field).await,
            Step::ChangeField {
                table,
                field,
                update,
            } => self.change_field(&target(table), &field.name, update).await,
            Step::DeleteField { table, field } => self.delete_field(&target(table), field).await,
            other => Err(Error::new(
                ErrorKind::Refused,
                format!("this version of the SDK does not support the step: {other}"),
            )),
        }
    }
}

fn check(plan: &Plan, destructive: AllowDestructive) -> Result<()> {
    let refused = |reason: String| Error::new(ErrorKind::Refused, reason).with_operation(OPERATION);
    if let Some(first) = plan.refused().first() {
        let more = match plan.refused().len() {
            1 => String::new(),
            all => format!(", and {} more", all - 1),
        };
        return Err(refused(format!("{first}{more}"))
            .with_hint("make this change in Caspio, or remove it with `Plan::without_refused`"));
    }
    if destructive == AllowDestructive::Yes {
        return Ok(());
    }
    match plan.steps().iter().find(|step| step.is_destructive()) {
        Some(step) => Err(refused(format!("not allowed: {step}"))
            .with_hint("check the plan, then allow it with `AllowDestructive::Yes`")),
        None => Ok(()),
    }
}
