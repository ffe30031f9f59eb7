//! The life of tokens through the public interface: faults, time, crowds, interleavings, other programs.

mod crowd;
mod endpoint;
mod faults;
mod interleavings;
mod processes;
mod two_days;
