//! The tracing spans of reads, calls and attempts.
//!
//! A test program of its own: whether a span is enabled is kept for the whole process, and calls of other tests, which
//! have no subscriber, could disable it.

mod calls;
mod reads;
