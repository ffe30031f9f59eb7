//! The server: its thread and sockets, and the steps of a request before and after its handler.

mod admin;
mod connection;
mod error_response;
mod job;
mod logging;
mod own;
#[cfg(feature = "page")]
mod page;
mod service;
mod thread;
#[cfg(feature = "tls")]
mod tls;
mod token_endpoint;

pub(crate) use service::respond;
pub(crate) use thread::Server;
