//! Stops an import by a signal.

use crate::error::{CliError, ExitCode};
use crate::gate::Gate;
use crate::output::message;

/// Acts on a stop signal: the first one stops further calls, the second one abandons those in progress.
pub(super) fn stop(gate: &Gate, signals: u32, quiet: bool) {
    if signals > 1 {
        return gate.abandon();
    }
    gate.stop();
    if !quiet {
        message(format_args!(
            "Stopping after the calls in progress; press Ctrl-C again to stop now."
        ));
    }
}

/// Returns the error of an import that a signal stopped.
pub(super) fn interrupted() -> CliError {
    CliError::new(ExitCode::Incomplete, "the import was stopped")
}

/// Returns the error of a sync that a signal stopped before it wrote.
pub(super) fn nothing_written() -> CliError {
    interrupted().with_hint("nothing was written to the table; run the same command again")
}
