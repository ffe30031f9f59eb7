//! The token lifecycle through the public interface: faults, time, many callers, interleavings, other
//! programs.

mod crowd;
mod endpoint;
mod faults;
mod interleavings;
mod processes;
mod two_days;
