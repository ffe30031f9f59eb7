//! The ids of the requests whose responses were received, which show a response that comes a second time.

use super::super::REQUEST_ID;
use http::HeaderMap;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many ids are remembered: a response may be repeated at the end of a long call over its connection, and Caspio
/// permits 2,000 calls in 300 seconds.
const REMEMBERED: usize = 2_048;

/// Recognizes responses that were received before, by the service's ids of their requests.
///
/// A gateway may deliver a response twice over one connection. If the copy arrives after the next request was sent, it
/// is taken for the response to that request.
///
/// It is documented that every response has an id, and inferred that each request has its own: fact
/// `request-ids-differ`.
///
/// Ids that are not unique, as a gateway or a test's server may send them, refuse at most one response each: a response
/// is not refused while only one id has come, nor after one has come three times.
#[derive(Debug, Default)]
pub struct RequestIds {
    hasher: RandomState,
    recent: Mutex<Recent>,
}

/// Whether a response was received before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sighting {
    /// It was not, or it has no id, or ids identify no requests.
    First,
    /// It may have been: its id has come before, and it is the only one that has come so far.
    Unclear,
    /// It was.
    Repeated,
}

#[derive(Debug, Default)]
struct Recent {
    /// The hashes of the ids in the order in which they came.
    order: VecDeque<u64>,
    /// Whether each of them came a second time.
    repeated: HashMap<u64, bool>,
    /// Whether an id has come so often that ids identify no requests.
    are_ambiguous: bool,
}

impl RequestIds {
    /// Returns whether a response with these headers was received before, and remembers it.
    #[must_use]
    pub fn see(&self, headers: &HeaderMap) -> Sighting {
        match headers.get(REQUEST_ID) {
            Some(id) => self.recent().see(self.hasher.hash_one(id)),
            None => Sighting::First,
        }
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recent {
    fn see(&mut self, hash: u64) -> Sighting {
        let is_only = self.order.len() == 1;
        let Some(is_repeated) = self.repeated.get_mut(&hash) else {
            self.add(hash);
            return Sighting::First;
        };
        self.are_ambiguous |= *is_repeated;
        *is_repeated = true;
        match (self.are_ambiguous, is_only) {
            (true, _) => Sighting::First,
            (false, true) => Sighting::Unclear,
            (false, false) => Sighting::Repeated,
        }
    }

    fn add(&mut self, hash: u64) {
        if self.order.len() == REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.repeated.remove(&oldest);
        }
        self.order.push_back(hash);
        self.repeated.insert(hash, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    /// Returns the sightings of responses with these ids; an empty id is a missing one.
    fn seen(ids: &[&str]) -> Vec<Sighting> {
        let seen = RequestIds::default();
        let sightings = ids.iter().map(|id| {
            let mut headers = HeaderMap::new();
            if !id.is_empty() {
                headers.insert(REQUEST_ID, HeaderValue::from_str(id).expect("a value"));
            }
            seen.see(&headers)
        });
        sightings.collect()
    }

    fn refused(ids: &[&str]) -> usize {
        let is_refused = |sighting: &Sighting| *sighting == Sighting::Repeated;
        seen(ids).into_iter().filter(is_refused).count()
    }

    #[test]
    fn a_repeated_id_is_refused() {
        use Sighting::{First, Repeated, Unclear};

        let sightings = seen(&["a", "b", "b", "c", "d", "c"]);
        assert_eq!(sightings, [First, First, Repeated, First, First, Repeated]);
        assert_eq!(seen(&["a", "a", "b"]), [First, Unclear, First]);
    }

    #[test]
    fn missing_and_constant_ids_refuse_nothing() {
        assert_eq!(refused(&[""; 1_000]), 0);
        assert_eq!(refused(&["gateway"; 1_000]), 0);
        let mixed: Vec<&str> = (0..1_000).map(|at| ["", "gateway"][at % 2]).collect();
        assert_eq!(refused(&mixed), 0);
    }

    #[test]
    fn few_ids_by_turns_refuse_each_once_at_most() {
        let ids: Vec<&str> = (0..1_000).map(|at| ["a", "b", "c"][at % 3]).collect();
        assert_eq!(refused(&ids), 3);
        let mut later = vec!["token"];
        later.extend(["gateway"; 1_000]);
        assert_eq!(refused(&later), 1);
    }

    #[test]
    fn the_id_of_a_response_is_known_after_as_many_others_as_come_during_a_long_call() {
        let others = (0..2_000).map(|id| format!("other {id}"));
        let ids: Vec<String> = ["a".to_owned()]
            .into_iter()
            .chain(others)
            .chain(["a".to_owned()])
            .collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        assert_eq!(refused(&ids), 1);
    }

    #[test]
    fn few_ids_are_remembered() {
        let ids = RequestIds::default();
        for id in 0..10_000 {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from(id));
            assert_eq!(ids.see(&headers), Sighting::First);
        }
        assert_eq!(ids.recent().order.len(), REMEMBERED);
        assert_eq!(ids.recent().repeated.len(), REMEMBERED);
    }
}
