//! A pool of connections, which is replaced if a connection delivers responses of other requests.

use crate::Result;
use hyper_util::client::legacy::connect::HttpInfo;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The connections of an HTTP client.
#[derive(Clone)]
pub(super) struct Pool {
    pub(super) client: reqwest::Client,
    refused: Arc<Mutex<Refused>>,
}

/// The connections whose responses are not accepted any more, by their local addresses.
#[derive(Default)]
pub(super) struct Refused(Vec<SocketAddr>);

impl Refused {
    /// Returns whether a response came over a connection that was refused after its request was sent.
    pub(super) fn contains(&self, response: &reqwest::Response) -> bool {
        !self.0.is_empty() && address(response).is_some_and(|address| self.0.contains(&address))
    }

    /// Accepts no more responses over the connection of this one.
    pub(super) fn add(&mut self, response: &reqwest::Response) {
        self.0.extend(address(response));
    }
}

impl Pool {
    fn new(client: reqwest::Client) -> Self {
        Self {
            client,
            refused: Arc::default(),
        }
    }

    /// Waits until no other response over these connections is being accepted.
    pub(super) fn accept(&self) -> MutexGuard<'_, Refused> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pool that new requests use.
pub(super) struct CurrentPool {
    pool: Mutex<Pool>,
    /// Sets up a client with connections of its own.
    client: Box<dyn Fn() -> Result<reqwest::Client> + Send + Sync>,
}

impl CurrentPool {
    pub(super) fn new(
        client: impl Fn() -> Result<reqwest::Client> + Send + Sync + 'static,
    ) -> Result<Self> {
        Ok(Self {
            pool: Mutex::new(Pool::new(client()?)),
            client: Box::new(client),
        })
    }

    pub(super) fn get(&self) -> Pool {
        self.pool().clone()
    }

    /// Uses new connections for new requests. Requests that were already sent over the old ones are completed.
    pub(super) fn replace(&self, old: &Pool) {
        let mut current = self.pool();
        if !Arc::ptr_eq(&current.refused, &old.refused) {
            return;
        }
        match (self.client)() {
            Ok(client) => *current = Pool::new(client),
            Err(error) => tracing::warn!(%error, "the connections cannot be replaced"),
        }
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn address(response: &reqwest::Response) -> Option<SocketAddr> {
    let connection = response.extensions().get::<HttpInfo>();
    connection.map(HttpInfo::local_addr)
}
