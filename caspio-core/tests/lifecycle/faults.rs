//! The outcome of each fault of the token endpoint, in each state of a token.

use super::endpoint::{Endpoint, Reply};
use caspio_core::token::{CachePolicy, ManualClock};
use caspio_core::{Account, ClientCredentials, ErrorKind, HttpErrorKind, OAuth2, Result, Token};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

/// The result for the callers.
#[derive(Clone, Copy, Debug)]
enum Outcome {
    /// An error of this kind, and whether a later call may succeed.
    Error(ErrorKind, bool),
    /// A token with this lifetime in seconds.
    Token(u64),
}

struct Row {
    fault: &'static str,
    reply: Reply,
    outcome: Outcome,
    /// Token requests of a first run.
    first: usize,
    /// Token requests after the token expired: with the refresh token, then with the credentials.
    expired: usize,
}

#[rustfmt::skip]
fn table() -> Vec<Row> {
    use ErrorKind::{Auth, Config, Connect, Interrupted, Invalid, Protocol, RateLimited, Server, Timeout};
    use Outcome::{Error, Token};
    let row = |fault, reply, outcome, first, expired| Row { fault, reply, outcome, first, expired };
    let say = |status, body: &'static str| Reply::say(status, body);
    let year = 365 * 24 * 3600;
    vec![
        row("timeout", Reply::Silence, Error(Timeout, true), 2, 2),
        row("no connection", Reply::Fail(HttpErrorKind::NeverSent), Error(Connect, true), 2, 2),
        row("connection lost", Reply::Fail(HttpErrorKind::Interrupted), Error(Interrupted, true), 2, 2),
        row("400 of OAuth", say(400, r#"{"error":"invalid_client"}"#), Error(Auth, false), 1, 2),
        row("400 of Caspio", say(400, r#"{"Code":"X","Message":"m"}"#), Error(Auth, false), 1, 2),
        row("400 empty", say(400, ""), Error(Invalid, false), 1, 2),
        row("401", say(401, r#"{"error":"invalid_client"}"#), Error(Auth, false), 1, 2),
        row("401 empty", say(401, ""), Error(Auth, false), 1, 2),
        row("404", say(404, ""), Error(Config, false), 1, 2),
        row("429", say(429, ""), Error(RateLimited, true), 1, 1),
        row("429 with a wait", Reply::Say(429, vec![("retry-after", "7")], "".into()), Error(RateLimited, true), 1, 1),
        row("429 as 400", say(400, r#"[{"name":"api-calls-rate","message":"m"}]"#), Error(RateLimited, true), 1, 1),
        row("500", say(500, ""), Error(Server, true), 2, 4),
        row("500 as a page", say(500, "<html></html>"), Error(Server, true), 2, 4),
        row("503", say(503, ""), Error(Server, true), 2, 4),
        row("500 with a code", say(500, r#"{"Code":"X","Message":"m"}"#), Error(Server, true), 2, 4),
        row("redirect", Reply::Say(302, vec![("location", "https://evil.example/")], "".into()), Error(Protocol, false), 1, 2),
        row("HTML with 200", say(200, "<html></html>"), Error(Protocol, false), 1, 2),
        row("HTML with 401", say(401, "<html></html>"), Error(Protocol, false), 1, 2),
        row("nothing with 200", say(200, ""), Error(Protocol, false), 1, 2),
        row("truncated JSON", say(200, r#"{"access_token":"abc","expi"#), Error(Protocol, true), 2, 4),
        row("no access token", say(200, r#"{"expires_in":60}"#), Error(Protocol, false), 1, 2),
        row("access token null", say(200, r#"{"access_token":null}"#), Error(Protocol, false), 1, 2),
        row("access token empty", say(200, r#"{"access_token":""}"#), Error(Protocol, false), 1, 2),
        row("access token of blanks", say(200, r#"{"access_token":"a b"}"#), Error(Protocol, false), 1, 1),
        row("error with 200", say(200, r#"{"error":"invalid_client"}"#), Error(Auth, false), 1, 2),
        row("no expiry", say(200, r#"{"access_token":"a"}"#), Token(86_400), 1, 1),
        row("expiry null", say(200, r#"{"access_token":"a","expires_in":null}"#), Token(86_400), 1, 1),
        row("expiry as text", say(200, r#"{"access_token":"a","expires_in":"600"}"#), Token(600), 1, 1),
        row("expiry as words", say(200, r#"{"access_token":"a","expires_in":"soon"}"#), Token(86_400), 1, 1),
        row("expiry zero", say(200, r#"{"access_token":"a","expires_in":0}"#), Token(86_400), 1, 1),
        row("expiry negative", say(200, r#"{"access_token":"a","expires_in":-1}"#), Token(86_400), 1, 1),
        row("expiry huge", say(200, r#"{"access_token":"a","expires_in":1e300}"#), Token(year), 1, 1),
    ]
}

struct Bench {
    endpoint: Arc<Endpoint>,
    clock: Arc<ManualClock>,
    healthy: Arc<AtomicBool>,
    auth: OAuth2,
}

impl Bench {
    fn new(reply: Reply) -> Self {
        let healthy = Arc::new(AtomicBool::new(true));
        let switch = healthy.clone();
        let endpoint = Arc::new(Endpoint::new(move |_, number| {
            match switch.load(Ordering::SeqCst) {
                true => Reply::token(number, 3600),
                false => reply.clone(),
            }
        }));
        let clock = Arc::new(ManualClock::new());
        let mut policy = CachePolicy::default();
        policy.jitter = 0.0;
        let account = Account::new("b3poa").expect("an account");
        let auth = OAuth2::for_account(&account, ClientCredentials::new("id", "secret"))
            .service(endpoint.clone())
            .clock(clock.clone())
            .cache_policy(policy)
            .build()
            .expect("settings");
        Self {
            endpoint,
            clock,
            healthy,
            auth,
        }
    }

    fn break_down(&self) {
        self.healthy.store(false, Ordering::SeqCst);
    }

    /// The endpoint works again, and the longest pause has passed.
    async fn recovers(&self) -> bool {
        self.healthy.store(true, Ordering::SeqCst);
        self.clock.advance(Duration::from_secs(31));
        self.auth.token().await.is_ok()
    }
}

fn check(row: &Row, state: &str, result: &Result<Token>) {
    let context = format!("{} {state}: {result:?}", row.fault);
    match (row.outcome, result) {
        (Outcome::Error(kind, retryable), Err(error)) => {
            assert_eq!(
                (error.kind(), error.is_retryable()),
                (kind, retryable),
                "{context}"
            );
        }
        (Outcome::Token(seconds), Ok(token)) => {
            let lifetime = token.expires_at().duration_since(token.issued_at());
            assert_eq!(lifetime.expect("later").as_secs(), seconds, "{context}");
        }
        _ => panic!("{context}"),
    }
}

#[tokio::test(start_paused = true)]
async fn every_token_endpoint_fault_has_its_documented_outcome() {
    for row in table() {
        let first = Bench::new(row.reply.clone());
        first.break_down();
        check(&row, "at first", &first.auth.token().await);
        assert_eq!(
            first.endpoint.token_requests(),
            row.first,
            "{} at first",
            row.fault
        );
        assert!(first.recovers().await, "{} is not for good", row.fault);

        let near = Bench::new(row.reply.clone());
        near.auth.token().await.expect("a token");
        near.break_down();
        near.clock.advance(HOUR - Duration::from_secs(200));
        for _ in 0..3 {
            let served = near.auth.token().await;
            assert!(
                served.is_ok(),
                "{} displaced a token that served",
                row.fault
            );
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        assert!(near.recovers().await, "{} is not for good", row.fault);

        let expired = Bench::new(row.reply.clone());
        expired.auth.token().await.expect("a token");
        expired.break_down();
        expired.clock.advance(2 * HOUR);
        check(&row, "once expired", &expired.auth.token().await);
        assert_eq!(
            expired.endpoint.token_requests(),
            1 + row.expired,
            "{} once expired",
            row.fault
        );
        assert!(expired.recovers().await, "{} is not for good", row.fault);
    }
}

#[tokio::test(start_paused = true)]
async fn errors_after_faults_hide_secrets() {
    for row in table() {
        let bench = Bench::new(row.reply.clone());
        bench.auth.token().await.expect("a token");
        bench.break_down();
        bench.clock.advance(2 * HOUR);

        let shown = format!("{:?} {:?}", bench.auth.token().await, bench.auth);

        for secret in ["secret\"", "access-1", "refresh-1"] {
            assert!(!shown.contains(secret), "{}: {shown}", row.fault);
        }
    }
}
