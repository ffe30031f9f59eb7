//! What is known of Caspio's REST API, as data, and probes that compare an account with it.
//!
//! The SDK and the emulator rest on facts: some are documented by Caspio, some were observed, some are inferred. Each
//! is an entry in one of the files in `facts/`, with its source and, where it can be tested, a probe: requests, and what
//! must hold of the responses.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod catalog;
mod check;
mod expect;
mod fact;
mod page;
mod parse;
mod parse_expect;
mod section;
mod spelling;
mod template;

pub use catalog::facts;
pub use fact::{Fact, Known, Needs};
pub use page::page;
pub use section::FactError;
