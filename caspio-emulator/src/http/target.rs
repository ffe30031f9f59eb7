//! The URL of a request, whichever form its request line had.

use axum::http::{HeaderMap, Uri, header};
use percent_encoding::percent_decode_str;

/// The longest URL that Caspio accepts, scheme and host included.
const MAX_LENGTH: usize = 2_047;

/// The URL of a request.
#[derive(Debug)]
pub(crate) struct Target {
    /// The whole URL, scheme and host included.
    pub(crate) url: String,
    /// The decoded segments of the path without empty ones.
    pub(crate) path: Vec<String>,
    pub(crate) query: String,
}

impl Target {
    pub(crate) fn new(scheme: &str, uri: &Uri, headers: &HeaderMap) -> Self {
        let host = uri.authority().map_or_else(
            || {
                headers
                    .get(header::HOST)
                    .and_then(|host| host.to_str().ok())
                    .unwrap_or_default()
            },
            |authority| authority.as_str(),
        );
        let path_and_query = uri.path_and_query().map_or("/", |part| part.as_str());
        let path = uri
            .path()
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect();
        Self {
            url: format!("{scheme}://{host}{path_and_query}"),
            path,
            query: uri.query().unwrap_or_default().to_owned(),
        }
    }

    pub(crate) fn is_too_long(&self) -> bool {
        self.url.len() > MAX_LENGTH
    }

    /// Returns the rest of the path when it starts with `base`.
    pub(crate) fn below(&self, base: &[&str]) -> Option<&[String]> {
        let (head, rest) = self.path.split_at_checked(base.len())?;
        head.iter()
            .zip(base)
            .all(|(segment, wanted)| segment.eq_ignore_ascii_case(wanted))
            .then_some(rest)
    }
}
