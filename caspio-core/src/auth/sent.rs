use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;

/// Secrets a request carries elsewhere than in a header, or in another form than their own: travels in the
/// request's extensions, so that an answer that echoes one does not bring it into an error.
#[derive(Clone)]
pub(crate) struct SentSecrets(Arc<[SecretString]>);

impl SentSecrets {
    pub(crate) fn new(secrets: impl IntoIterator<Item = SecretString>) -> Self {
        Self(secrets.into_iter().collect())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &SecretString> {
        self.0.iter()
    }
}

impl fmt::Debug for SentSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SentSecrets([REDACTED])")
    }
}
