//! Reads `Retry-After`: a number of seconds, or an HTTP date.

use crate::response::header_text;
use http::{HeaderMap, header};
use std::time::{Duration, SystemTime};

/// The upper limit of a wait, so that adding it to a time cannot overflow.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// Returns the wait that a response asks for.
///
/// A date is compared with the response's own `Date` header, so that a wrong clock on either side does
/// no harm; with `now` if there is none.
pub(crate) fn of(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = header_text(headers, header::RETRY_AFTER.as_str())?.trim();
    let wait = seconds(text).or_else(|| {
        let until = date(text)?;
        let sent = header_text(headers, header::DATE.as_str()).and_then(date);
        Some(
            until
                .duration_since(sent.unwrap_or(now))
                .unwrap_or_default(),
        )
    })?;
    Some(wait.min(LONGEST))
}

fn seconds(text: &str) -> Option<Duration> {
    if !text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let seconds: f64 = text.parse().ok()?;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

/// Parses an HTTP date, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(crate) fn date(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text).ok()
}

#[cfg(test)]
mod tests {
    use super::{date, of};
    use http::{HeaderMap, HeaderValue, header};
    use std::time::{Duration, SystemTime};

    fn asked(value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::RETRY_AFTER,
            HeaderValue::from_str(value).expect("a header value"),
        );
        of(
            &headers,
            date("Sun, 06 Nov 1994 08:49:37 GMT").expect("a date"),
        )
    }

    #[test]
    fn seconds_and_dates_are_parsed_and_anything_else_is_ignored() {
        for (text, seconds) in [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            // The two obsolete forms of RFC 9110.
            ("Sunday, 06-Nov-94 08:50:37 GMT", Some(60)),
            ("Sun Nov  6 08:50:37 1994", Some(60)),
            ("-1", None),
            ("soon", None),
            ("", None),
            (".", None),
            ("Sun, 06 Nov 1994 08:50:37", None),
            ("Sun, 99 Nov 1994 08:50:37 GMT", None),
            ("Sun, 06 Foo 1994 08:50:37 GMT", None),
            ("Sun, 06 Nov 1994 25:50:37 GMT", None),
        ] {
            assert_eq!(asked(text), seconds.map(Duration::from_secs), "{text}");
        }
        assert_eq!(asked("99999999999999999999999"), Some(super::LONGEST));
    }

    #[test]
    fn date_counts_from_the_date_of_the_response() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::RETRY_AFTER,
            HeaderValue::from_static("Sun, 06 Nov 1994 08:49:47 GMT"),
        );
        headers.insert(
            header::DATE,
            HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT"),
        );

        assert_eq!(
            of(&headers, SystemTime::now()),
            Some(Duration::from_secs(10))
        );
    }

    #[test]
    fn dates_are_days_of_the_gregorian_calendar() {
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
            ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
        ] {
            let expected = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(date(text), Some(expected), "{text}");
        }
    }
}
