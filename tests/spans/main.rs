//! The tracing spans of reads, calls and attempts, and what is logged of webhooks.
//!
//! A test program of its own: whether a span is enabled is kept for the whole process, and calls of other tests, which
//! have no subscriber, could disable it.

mod calls;
mod reads;
mod webhooks;
