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

/// The number of characters of an error. It quotes the beginning of a long text.
const LONGEST_ERROR: usize = 4_000;

/// Checks that an error is a line of a log that somebody reads, and its causes lines of a log: no line breaks, and no
/// escapes of a terminal.
pub fn lines(error: &dyn Error) {
    let length = error.to_string().chars().count();
    assert!(length <= LONGEST_ERROR, "an error of {length} characters");
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
