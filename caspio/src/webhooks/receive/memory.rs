//! Which deliveries were handled before: a bounded memory of their fingerprints.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What identifies a delivery: half of a SHA-256.
pub(super) type Fingerprint = [u8; 16];

/// The deliveries that are being handled, and the last ones that were.
#[derive(Debug)]
pub(super) struct Memory {
    state: Mutex<State>,
    /// How many deliveries are remembered after they were handled.
    capacity: usize,
}

#[derive(Debug, Default)]
struct State {
    known: HashMap<Fingerprint, Phase>,
    /// The deliveries that were handled, the oldest first.
    handled: VecDeque<Fingerprint>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    InProgress,
    Handled,
}

/// Why a delivery is not passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// It is being handled, and may still fail.
    InProgress,
    /// It was handled.
    Handled,
}

impl Memory {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            state: Mutex::default(),
            capacity,
        }
    }

    /// Claims a delivery. Until the claim ends, no other has it.
    pub(super) fn claim(self: &Arc<Self>, fingerprint: Fingerprint) -> Result<Claim, Known> {
        let mut state = self.state();
        match state.known.get(&fingerprint) {
            Some(Phase::InProgress) => return Err(Known::InProgress),
            Some(Phase::Handled) => return Err(Known::Handled),
            None => {}
        }
        state.known.insert(fingerprint, Phase::InProgress);
        Ok(Claim {
            held: Some((Arc::clone(self), fingerprint)),
        })
    }

    fn keep(&self, fingerprint: Fingerprint) {
        let mut state = self.state();
        state.known.insert(fingerprint, Phase::Handled);
        state.handled.push_back(fingerprint);
        while state.handled.len() > self.capacity {
            if let Some(oldest) = state.handled.pop_front() {
                state.known.remove(&oldest);
            }
        }
    }

    fn forget(&self, fingerprint: Fingerprint) {
        self.state().known.remove(&fingerprint);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A delivery that is being handled. Dropping it gives the delivery back, so that the next attempt is passed on.
pub(super) struct Claim {
    /// `None` if nothing identifies the delivery.
    held: Option<(Arc<Memory>, Fingerprint)>,
}

impl Claim {
    /// The claim on a delivery that nothing identifies.
    pub(super) fn of_nothing() -> Self {
        Self { held: None }
    }

    /// Remembers the delivery as handled.
    pub(super) fn handled(mut self) {
        if let Some((memory, fingerprint)) = self.held.take() {
            memory.keep(fingerprint);
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some((memory, fingerprint)) = self.held.take() {
            memory.forget(fingerprint);
        }
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Claim").field(&self.held.is_some()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint(number: u32) -> Fingerprint {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        bytes
    }

    #[test]
    fn a_delivery_is_claimed_by_one_until_it_is_given_back() {
        let memory = Arc::new(Memory::new(10));

        let first = memory.claim(fingerprint(1)).expect("it is new");
        assert_eq!(memory.claim(fingerprint(1)).err(), Some(Known::InProgress));
        drop(first);
        let second = memory.claim(fingerprint(1)).expect("it was given back");
        second.handled();

        assert_eq!(memory.claim(fingerprint(1)).err(), Some(Known::Handled));
        assert!(memory.claim(fingerprint(2)).is_ok());
    }

    #[test]
    fn a_panic_gives_the_delivery_back() {
        let memory = Arc::new(Memory::new(10));

        let claimed = Arc::clone(&memory);
        let panicked = std::thread::spawn(move || {
            let _claim = claimed.claim(fingerprint(1)).expect("it is new");
            panic!("the handler fails");
        });

        assert!(panicked.join().is_err());
        assert!(memory.claim(fingerprint(1)).is_ok());
    }

    #[test]
    fn memory_is_bounded_and_forgets_the_oldest() {
        let memory = Arc::new(Memory::new(100));

        for number in 0..10_000 {
            memory
                .claim(fingerprint(number))
                .expect("it is new")
                .handled();
        }

        let state = memory.state();
        assert_eq!((state.known.len(), state.handled.len()), (100, 100));
        drop(state);
        assert_eq!(memory.claim(fingerprint(9_900)).err(), Some(Known::Handled));
        assert!(memory.claim(fingerprint(9_899)).is_ok());
    }

    #[test]
    fn without_a_capacity_nothing_is_remembered() {
        let memory = Arc::new(Memory::new(0));

        memory.claim(fingerprint(1)).expect("it is new").handled();

        assert!(memory.claim(fingerprint(1)).is_ok());
    }
}
