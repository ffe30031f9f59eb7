//! The webhooks that a program wants: compared with those of the account, and written where they differ.

mod compare;
mod plan;
mod report;
mod run;
mod wanted;

pub use report::{EnsureAction, EnsureError, EnsureReport, EnsureStep, EnsureWarning};
pub use run::Ensure;
pub use wanted::WantedWebhook;
