use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode};

use super::{Answer, Judge, Refusal, ServiceFault, Shape, Verdict, kind, shape};
use crate::response::{REQUEST_ID, header_text};
use crate::{Error, ErrorKind, Expect, retry_after};

const FIVE_MINUTES: Duration = Duration::from_secs(300);

/// How Caspio answers, in all versions of its API.
///
/// Two of its habits, seen in production, need care: the rate limit may come as status 400 with an array
/// for a body, and an expired token may come as `400 IncorrectQueryParameter` instead of 401. The second
/// is suspected only of a token of a certain age, because the same code also answers a wrong query.
#[derive(Debug, Clone)]
pub struct CaspioJudge {
    suspect_after: Duration,
}

impl Default for CaspioJudge {
    fn default() -> Self {
        Self {
            suspect_after: FIVE_MINUTES,
        }
    }
}

impl CaspioJudge {
    /// A judge that suspects tokens older than five minutes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The age from which a token is suspected behind a `400 IncorrectQueryParameter`; the suspicion costs
    /// one token request and one more call. [`Duration::MAX`] turns it off.
    #[must_use]
    pub fn suspect_after(mut self, age: Duration) -> Self {
        self.suspect_after = age;
        self
    }

    fn suspects(&self, answer: &Answer<'_>, fault: &ServiceFault) -> bool {
        answer.status == StatusCode::BAD_REQUEST
            && fault.code.as_deref() == Some("IncorrectQueryParameter")
            && answer.token_age.is_some_and(|age| age > self.suspect_after)
    }

    fn refusal(&self, answer: &Answer<'_>) -> Verdict {
        let read = ServiceFault::read(answer.body);
        let told = read.is_some();
        let fault = read.unwrap_or_default();
        if fault.rate_limited || answer.status == StatusCode::TOO_MANY_REQUESTS {
            return Verdict::RateLimited(rate_limited(answer, fault));
        }
        let error = if told {
            explained(answer, &fault)
        } else {
            unexplained(answer)
        };
        if answer.status == StatusCode::UNAUTHORIZED {
            return Verdict::StaleToken {
                error,
                refusal: Refusal::Certain,
            };
        }
        if self.suspects(answer, &fault) {
            return Verdict::StaleToken {
                error,
                refusal: Refusal::Suspected,
            };
        }
        Verdict::Failed(error)
    }
}

impl Judge for CaspioJudge {
    fn judge(&self, answer: &Answer<'_>) -> Verdict {
        if !answer.status.is_success() {
            return self.refusal(answer);
        }
        match success(answer) {
            Ok(()) => Verdict::Ok,
            Err(error) => Verdict::Failed(error),
        }
    }
}

fn success(answer: &Answer<'_>) -> Result<(), Error> {
    if answer.expect == Expect::Anything {
        return Ok(());
    }
    let error = match shape(answer.headers, answer.body) {
        Shape::Empty | Shape::Json => return Ok(()),
        Shape::BrokenOff => Error::new(ErrorKind::Protocol, "the answer was cut short")
            .with_hint("the JSON breaks off; reading again is safe, writing again may write twice")
            .with_retryable(true),
        Shape::Html => Error::new(
            ErrorKind::Protocol,
            "the answer is an HTML page instead of JSON",
        )
        .with_hint("a proxy or gateway answered in the service's place"),
        Shape::Other => Error::new(ErrorKind::Protocol, "the answer is not JSON")
            .with_hint("check the address, and what stands between here and the service"),
    };
    Err(facts(error, answer, None))
}

fn explained(answer: &Answer<'_>, fault: &ServiceFault) -> Error {
    let code = fault.code.as_deref();
    let kind = match answer.status {
        StatusCode::UNAUTHORIZED => ErrorKind::Auth,
        status => kind::kind(status, code),
    };
    let message = match kind {
        ErrorKind::Server => "the service failed",
        _ => "the service refused the request",
    };
    let mut error = facts(Error::new(kind, message), answer, Some(fault));
    if let Some(fields) = fault.fields() {
        error = error.with_field(fields);
    }
    let own = kind::hint(answer.status, code).map(str::to_owned);
    match fault.remedy.clone().or(own) {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

/// A refusal without a readable body: a gateway's page, or nothing at all.
fn unexplained(answer: &Answer<'_>) -> Error {
    let status = answer.status;
    let page = shape(answer.headers, answer.body);
    let mut kind = kind::kind(status, None);
    let mut hint = kind::hint(status, None);
    if status.is_redirection() {
        hint = Some(
            "redirects are not followed, they could carry credentials elsewhere: check the account",
        );
    }
    if status == StatusCode::NOT_FOUND && page == Shape::Html {
        kind = ErrorKind::Protocol;
        hint = Some("there is no such address: check the account and the API version");
    }
    if page == Shape::Html {
        hint = hint.or(Some("a proxy or gateway answered in the service's place"));
    }
    let message = match (status, page) {
        (status, _) if status.is_redirection() => "the service answered with a redirect",
        (_, Shape::Html) => "the service answered with an HTML page instead of JSON",
        (_, Shape::BrokenOff) => "the service's error was cut short",
        (_, Shape::Empty) => "the service refused the request without a word",
        _ => "the service refused the request in an unknown form",
    };
    let error = facts(Error::new(kind, message), answer, None);
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

fn rate_limited(answer: &Answer<'_>, mut fault: ServiceFault) -> Error {
    fault.remedy = None;
    let error = Error::new(ErrorKind::RateLimited, "too many calls in a short time");
    facts(error, answer, Some(&fault))
        .with_hint("make fewer calls a second; refused calls are billed too")
}

fn facts(mut error: Error, answer: &Answer<'_>, fault: Option<&ServiceFault>) -> Error {
    error = error.with_status(answer.status.as_u16());
    if let Some(wait) = wait_of(answer.headers) {
        error = error.with_retry_after(wait);
    }
    if let Some(id) = request_id(answer.headers, fault) {
        error = error.with_request_id(super::clean(&id, 100));
    }
    let Some(fault) = fault else { return error };
    if let Some(code) = &fault.code {
        error = error.with_code(code.clone());
    }
    if let Some(message) = &fault.message {
        error = error.with_service_message(message.clone());
    }
    error
}

fn wait_of(headers: &HeaderMap) -> Option<Duration> {
    retry_after::of(headers, SystemTime::now())
}

fn request_id(headers: &HeaderMap, fault: Option<&ServiceFault>) -> Option<String> {
    header_text(headers, REQUEST_ID)
        .map(str::to_owned)
        .or_else(|| fault?.request_id.clone())
}
