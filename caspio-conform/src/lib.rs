//! What is known of Caspio's REST API, as data, and probes that compare an account with it.
//!
//! The SDK and the emulator rest on facts: some are documented by Caspio, some were observed, some are inferred. Each
//! is an entry in one of the files in `facts/`, with its source and, where it can be tested, a probe: requests, and
//! what must hold of the responses. A [`Plan`] chooses probes and counts their calls, and a [`Prober`] runs them
//! against an account. Its [`Report`] has no values and no secrets, so that it can be attached to an issue.
//!
//! A [`Replay`] compares the calls that [`ClientBuilder::record_to`](caspio::ClientBuilder::record_to) recorded with an
//! emulator.
//!
//! ```no_run
//! use caspio::http_client::ReqwestService;
//! use caspio::{Account, ApiVersion, Client, RateLimiter, RetryPolicy};
//! use caspio_conform::{Choice, Plan, Prober, Recorder};
//! use std::sync::Arc;
//!
//! # async fn example() -> caspio::Result<()> {
//! let mut choice = Choice::new([ApiVersion::V3]);
//! choice.table = Some("Contacts".to_owned());
//! let plan = Plan::new(choice)?;
//! println!("at most {} calls", plan.calls());
//!
//! let account = Account::new("b3poa")?;
//! let recorder = Recorder::new();
//! let service = recorder.around(Arc::new(ReqwestService::for_account(&account)?));
//! let limiter = RateLimiter::caspio();
//! let client = Client::builder()
//!     .account("b3poa")
//!     .credentials("client-id", "client-secret")
//!     .http_service(service.clone())
//!     .rate_limiter(limiter.clone())
//!     .retry(RetryPolicy::none())
//!     .max_calls(plan.calls())
//!     .build()?;
//! let report = Prober::new(client, recorder, service, limiter)?.run(&plan, |_| {}).await?;
//! for finding in report.differences() {
//!     println!("{finding:?}");
//! }
//! # Ok(())
//! # }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod catalog;
mod check;
mod expect;
mod fact;
mod page;
mod parse;
mod parse_expect;
mod plan;
mod prober;
mod recorder;
mod replay;
mod report;
mod scratch;
mod section;
mod send;
mod spelling;
mod template;

pub use catalog::facts;
pub use fact::{Fact, Known, Needs};
pub use page::page;
pub use plan::{Choice, Plan, Planned};
pub use prober::Prober;
pub use recorder::Recorder;
pub use replay::{Replay, ReplayOutcome, ReplayReport, ReplayedCall};
pub use report::{Difference, Finding, Outcome, Report};
pub use section::FactError;
