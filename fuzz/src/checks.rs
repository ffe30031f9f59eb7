//! What holds for every input.

use std::error::Error;

/// What may be allocated whatever the length of an input, in bytes.
const LEAST_MEMORY: u64 = 1024 * 1024;
/// How many bytes may be allocated at once for each byte of an input.
const MEMORY_FACTOR: u64 = 200;

/// Runs the work of an input, and checks that the memory it allocates is in proportion to the input.
pub fn in_proportion<T>(input: &[u8], work: impl FnOnce() -> T) -> T {
    let mut result = None;
    let memory = allocation_counter::measure(|| result = Some(work()));
    let most = LEAST_MEMORY + input.len() as u64 * MEMORY_FACTOR;
    assert!(
        memory.bytes_max <= most,
        "{} bytes were allocated for an input of {} bytes",
        memory.bytes_max,
        input.len()
    );
    result.expect("the work has run")
}

/// Checks that an error and its causes are lines of a log: no line breaks, and no escapes of a terminal.
pub fn lines(error: &dyn Error) {
    let mut next = Some(error);
    while let Some(error) = next {
        line(&error.to_string());
        next = error.source();
    }
}

fn line(message: &str) {
    assert!(
        !message.contains(char::is_control),
        "a control character is in {message:?}"
    );
}
