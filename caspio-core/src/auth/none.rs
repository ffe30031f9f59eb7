use futures::future::BoxFuture;

use super::{Authenticate, CredentialVersion};
use crate::{Body, Result};

/// No credentials: for the service's public addresses.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoAuth;

impl Authenticate for NoAuth {
    fn authorize<'a>(
        &'a self,
        _: &'a mut http::Request<Body>,
    ) -> BoxFuture<'a, Result<CredentialVersion>> {
        Box::pin(async { Ok(CredentialVersion::new()) })
    }

    fn authorize_now(&self, _: &mut http::Request<Body>) -> Option<Result<CredentialVersion>> {
        Some(Ok(CredentialVersion::new()))
    }
}
