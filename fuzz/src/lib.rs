//! What the targets share: a service whose responses are the input, and checks of what comes of them.
//!
//! `tests/fuzz` runs the same targets without libFuzzer.

pub mod checks;
pub mod responses;

pub use libfuzzer_sys;

/// Makes a program of the target that a function is.
#[macro_export]
macro_rules! target {
    ($run:ident) => {
        $crate::libfuzzer_sys::fuzz_target!(|input: &[u8]| $run(input));
    };
}
