//! Spans of time that dates are compared with.

use jiff::Span;
use std::time::Duration;

/// A span of time: `7.days()`, or a [`Duration`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a span of time",
    label = "expected a span",
    note = "a span is written as `7.days()` or `90.minutes()`, by `caspio::prelude::ToSpan`, or given as a `std::time::Duration`",
    note = "a column is compared with a date by `ge(date!(\"2024-01-31\"))`, `on` or `between`"
)]
pub trait IntoSpan {
    /// Returns the span.
    fn into_span(self) -> Span;
}

impl IntoSpan for Span {
    fn into_span(self) -> Span {
        self
    }
}

#[cfg(feature = "chrono")]
#[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
impl IntoSpan for chrono::TimeDelta {
    fn into_span(self) -> Span {
        self.abs().to_std().unwrap_or_default().into_span()
    }
}

#[cfg(feature = "time")]
#[cfg_attr(docsrs, doc(cfg(feature = "time")))]
impl IntoSpan for time::Duration {
    fn into_span(self) -> Span {
        self.unsigned_abs().into_span()
    }
}

impl IntoSpan for Duration {
    fn into_span(self) -> Span {
        // A longer one leaves the service's calendar as well.
        Span::try_from(self).unwrap_or_else(|_| Span::new().years(19_998))
    }
}
