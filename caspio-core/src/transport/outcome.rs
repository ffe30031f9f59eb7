//! Whether it is known what the service did with a write.

use super::retry::FailureClass;
use crate::classify::{CaspioClassifier, Classification, ResponseClassifier, ResponseView};
use crate::{Body, Error, ErrorKind};

/// Returns whether a write that failed may have been executed. `class` is that of the error.
pub(super) fn may_be_executed(error: &Error, class: FailureClass) -> bool {
    let unreadable = error.kind() == ErrorKind::Protocol
        && error
            .status()
            .is_none_or(|status| (200..300).contains(&status));
    // The service does not report how far it came before its internal error.
    let failed_inside = error.kind() == ErrorKind::Server;
    class == FailureClass::Ambiguous || unreadable || failed_inside
}

/// Returns whether a response shows that the service executed a write, or refused it.
#[doc(hidden)]
#[must_use]
pub fn is_outcome(response: &http::Response<Body>) -> bool {
    let body = response.body().as_bytes().map_or(&[][..], |bytes| bytes);
    let view = ResponseView::new(response.status(), response.headers(), body);
    match CaspioClassifier::new().classify(&view) {
        Classification::Failed(error) => !may_be_executed(&error, FailureClass::of(&error)),
        _ => true,
    }
}
