//! From a connection to an operation's handler and back.

mod admin;
pub(crate) mod answer;
pub(crate) mod call;
pub(crate) mod multipart;
pub(crate) mod params;
pub(crate) mod refusal;
pub(crate) mod route;
pub(crate) mod server;
mod service;
mod target;
#[cfg(feature = "tls")]
pub(crate) mod tls;
pub(crate) mod version;
mod wire;

pub(crate) use answer::Answer;
pub(crate) use call::Call;
pub(crate) use refusal::Refusal;
pub(crate) use version::Version;
