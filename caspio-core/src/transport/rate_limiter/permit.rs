//! The permission for one call.

use super::Shared;
use std::fmt;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

/// The permission for one call, which counts as in progress until it is dropped.
pub(in crate::transport) struct CallPermit {
    shared: Arc<Shared>,
    slot: Option<OwnedSemaphorePermit>,
    /// When it was sent, if it is the call that finds out whether a rate limit has ended.
    probe: Option<Instant>,
}

impl CallPermit {
    pub(super) fn new(
        shared: Arc<Shared>,
        slot: Option<OwnedSemaphorePermit>,
        probe: Option<Instant>,
    ) -> Self {
        Self {
            shared,
            slot,
            probe,
        }
    }

    /// Notes that the service did not refuse the call because of its rate.
    pub(in crate::transport) fn accepted(&mut self) {
        let mut state = self.shared.lock();
        let Some(recovery) = &mut state.recovery else {
            return;
        };
        let probed = self.probe.take().is_some();
        if recovery.accepted(probed) {
            state.recovery = None;
        }
        drop(state);
        if probed {
            self.shared.wake.notify_waiters();
        }
    }

    /// Returns the guard by which the call counts as in progress.
    pub(in crate::transport) fn into_slot(mut self) -> Option<OwnedSemaphorePermit> {
        self.slot.take()
    }
}

impl fmt::Debug for CallPermit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallPermit")
            .field("probe", &self.probe)
            .finish_non_exhaustive()
    }
}

impl Drop for CallPermit {
    fn drop(&mut self) {
        let Some(started) = self.probe.take() else {
            return;
        };
        if let Some(recovery) = &mut self.shared.lock().recovery {
            recovery.abandon(started);
        }
        self.shared.wake.notify_waiters();
    }
}
