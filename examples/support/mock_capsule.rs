//! A mock of Capsule CRM: authorization code with PKCE, refresh tokens that are valid once, parties in pages with a
//! `Link` header.

use crate::mock_service::{self, MockRequest, MockResponse};
use caspio_core::{ClientCredentials, OAuth2, Url};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

const PAGES: usize = 3;

/// The state of the mock, with counts and switches for tests.
#[derive(Debug, Default)]
pub struct State {
    challenges: Mutex<HashMap<String, String>>,
    /// The number of the valid tokens; earlier ones are refused.
    pub newest: AtomicUsize,
    /// How often a user consented.
    pub consents: AtomicUsize,
    /// How often a token was refreshed.
    pub refreshes: AtomicUsize,
    /// Whether the link to the next page points to another host.
    pub links_to_other_host: AtomicBool,
    /// Whether the next call is refused by the rate limit.
    pub rate_limits_next: AtomicBool,
}

/// Starts the mock and returns its URL.
///
/// # Errors
///
/// No port is free.
pub fn start() -> std::io::Result<Url> {
    start_with(Arc::new(State::default()))
}

/// Starts the mock with a state that the caller can read and change.
///
/// # Errors
///
/// No port is free.
pub fn start_with(state: Arc<State>) -> std::io::Result<Url> {
    mock_service::start(move |request| match request.url.path() {
        "/oauth/authorise" => authorise(&state, request),
        "/oauth/token" => token(&state, &request.fields()),
        "/api/v2/parties" => parties(&state, request),
        _ => MockResponse::new(404, "{}"),
    })
}

/// Opens a URL in the background, as the browser of a consenting user does.
pub fn visit(url: &Url) {
    let url = url.clone();
    std::thread::spawn(move || mock_service::browse(&url));
}

fn authorise(state: &State, request: &MockRequest) -> MockResponse {
    let fields = request.fields();
    let number = state.consents.fetch_add(1, Ordering::SeqCst);
    let code = format!("code-{number}");
    let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let mut challenges = state
        .challenges
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    challenges.insert(code.clone(), field("code_challenge"));
    let Ok(mut back) = Url::parse(&field("redirect_uri")) else {
        return MockResponse::new(400, "{}");
    };
    back.query_pairs_mut()
        .append_pair("code", &code)
        .append_pair("state", &field("state"));
    MockResponse::redirect(&back)
}

fn token(state: &State, fields: &HashMap<String, String>) -> MockResponse {
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    let newest = state.newest.load(Ordering::SeqCst);
    let granted = match field("grant_type") {
        "authorization_code" => {
            let mut challenges = state
                .challenges
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let challenge = challenges.remove(field("code"));
            challenge.is_some() && challenge == challenge_of(field("code_verifier"))
        }
        "refresh_token" => {
            state.refreshes.fetch_add(1, Ordering::SeqCst);
            field("refresh_token") == format!("refresh-{newest}")
        }
        _ => false,
    };
    if !granted {
        return MockResponse::new(401, r#"{"error":"invalid_grant"}"#);
    }
    let next = state.newest.fetch_add(1, Ordering::SeqCst) + 1;
    MockResponse::new(
        200,
        format!(
            r#"{{"access_token":"access-{next}","refresh_token":"refresh-{next}","expires_in":604799,
                "token_type":"Bearer","scope":"read","subdomain":"example"}}"#
        ),
    )
}

/// The PKCE challenge of a verifier.
fn challenge_of(verifier: &str) -> Option<String> {
    let url: Url = "https://example.com/".parse().ok()?;
    let builder = OAuth2::builder(url.clone(), ClientCredentials::public("id"));
    let flow = builder.authorization_code(url).ok()?;
    let resumed = flow.resume("state", verifier);
    let mut pairs = resumed.url().query_pairs();
    pairs
        .find(|(name, _)| name == "code_challenge")
        .map(|(_, value)| value.into_owned())
}

fn parties(state: &State, request: &MockRequest) -> MockResponse {
    let newest = state.newest.load(Ordering::SeqCst);
    if request.header("authorization") != format!("Bearer access-{newest}") {
        return MockResponse::new(401, r#"{"message":"invalid token"}"#);
    }
    if state.rate_limits_next.swap(false, Ordering::SeqCst) {
        return MockResponse::new(429, r#"{"error":"rate limit reached"}"#)
            .header("x-ratelimit-reset", 0);
    }
    let page = request.url.query_pairs().find(|(name, _)| name == "page");
    let page: usize = page
        .and_then(|(_, number)| number.parse().ok())
        .unwrap_or(1);
    let body = format!(
        r#"{{"parties":[{{"id":{page}1,"type":"organisation","name":"Works No. {page}"}},
            {{"id":{page}2,"type":"person","firstName":"Ada","lastName":"Page-{page}"}}]}}"#
    );
    let response = MockResponse::new(200, body);
    if page == PAGES {
        return response;
    }
    let mut next = request.url.clone();
    if state.links_to_other_host.load(Ordering::SeqCst) {
        let _ = next.set_port(Some(1));
    }
    next.set_query(Some(&format!("page={}&perPage=100", page + 1)));
    response.header("link", format!("<{next}>; rel=\"next\""))
}
