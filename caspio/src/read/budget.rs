//! The calls that a read makes, within its number of calls and its time.

use super::plan::Plan;
use crate::client::Client;
use crate::dialect::ListParams;
use bytes::Bytes;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout_at};

/// The calls that the parts of one read have made together.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls(Arc<AtomicU64>);

impl Calls {
    pub(super) fn made(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Returns how many more calls the plan permits.
    pub(super) fn left(&self, plan: &Plan) -> u64 {
        let most = plan.max_calls.unwrap_or(u64::MAX);
        most.saturating_sub(self.made())
    }

    /// Starts one call of a read.
    ///
    /// # Errors
    ///
    /// `Incomplete`: the plan permits no more calls, or its deadline has passed. The call fails with it if the
    /// deadline passes before the response.
    pub(super) fn list(
        &self,
        client: &Client,
        plan: &Plan,
        params: ListParams,
    ) -> Result<BoxFuture<'static, Result<Bytes>>> {
        if self.left(plan) == 0 {
            let message = "the read has made all calls that `max_calls` permits";
            return Err(incomplete(plan, message));
        }
        let late = incomplete(plan, "the read's deadline has passed");
        let Some(deadline) = plan.deadline else {
            self.0.fetch_add(1, Ordering::Relaxed);
            return Ok(client.list(plan.target.clone(), params));
        };
        if Instant::now() >= deadline {
            return Err(late);
        }
        self.0.fetch_add(1, Ordering::Relaxed);
        let call = client.list(plan.target.clone(), params);
        if Handle::try_current().is_err() {
            // A timer would panic; the call fails with the reason.
            return Ok(call);
        }
        let call = timeout_at(deadline, call);
        Ok(async move { call.await.unwrap_or(Err(late)) }.boxed())
    }
}

fn incomplete(plan: &Plan, message: &'static str) -> Error {
    Error::new(ErrorKind::Incomplete, message)
        .with_operation("records.list")
        .with_resource(plan.target.to_string())
}
