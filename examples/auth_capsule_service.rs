//! Capsule as far as the example needs it: authorization code with PKCE, refresh tokens good for one use, parties in
//! pages with a `Link` header.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use caspio_core::{ClientCredentials, OAuth2, Url};

use crate::stand_in::{self, Asked, Said};

const PAGES: usize = 3;

/// What the service remembers.
#[derive(Debug, Default)]
pub(crate) struct State {
    challenges: Mutex<HashMap<String, String>>,
    /// The number of the tokens in force; earlier ones are refused.
    pub(crate) newest: AtomicUsize,
    pub(crate) consents: AtomicUsize,
    pub(crate) refreshes: AtomicUsize,
    /// Whether the next page is said to be on another host.
    pub(crate) leads_astray: AtomicBool,
    /// Whether the next call is one too many.
    pub(crate) is_tired: AtomicBool,
}

pub(crate) fn start() -> std::io::Result<Url> {
    start_with(Arc::new(State::default()))
}

pub(crate) fn start_with(state: Arc<State>) -> std::io::Result<Url> {
    stand_in::start(move |asked| match asked.url.path() {
        "/oauth/authorise" => authorise(&state, asked),
        "/oauth/token" => token(&state, &asked.fields()),
        "/api/v2/parties" => parties(&state, asked),
        _ => Said::new(404, "{}"),
    })
}

/// Opens the address as a person does who says yes.
pub(crate) fn visit(url: &Url) {
    let url = url.clone();
    std::thread::spawn(move || stand_in::browse(&url));
}

fn authorise(state: &State, asked: &Asked) -> Said {
    let fields = asked.fields();
    let number = state.consents.fetch_add(1, Ordering::SeqCst);
    let code = format!("code-{number}");
    let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let mut challenges = state
        .challenges
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    challenges.insert(code.clone(), field("code_challenge"));
    let Ok(mut back) = Url::parse(&field("redirect_uri")) else {
        return Said::new(400, "{}");
    };
    back.query_pairs_mut()
        .append_pair("code", &code)
        .append_pair("state", &field("state"));
    Said::redirect(&back)
}

fn token(state: &State, fields: &HashMap<String, String>) -> Said {
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
        return Said::new(401, r#"{"error":"invalid_grant"}"#);
    }
    let next = state.newest.fetch_add(1, Ordering::SeqCst) + 1;
    Said::new(
        200,
        format!(
            r#"{{"access_token":"access-{next}","refresh_token":"refresh-{next}","expires_in":604799,
                "token_type":"Bearer","scope":"read","subdomain":"example"}}"#
        ),
    )
}

/// The challenge that belongs to a verifier.
fn challenge_of(verifier: &str) -> Option<String> {
    let address: Url = "https://example.com/".parse().ok()?;
    let flow = OAuth2::builder(address.clone(), ClientCredentials::public("id"));
    let flow = flow.authorization_code(address).ok()?;
    let resumed = flow.resume("state", verifier);
    let mut pairs = resumed.url().query_pairs();
    pairs
        .find(|(name, _)| name == "code_challenge")
        .map(|(_, value)| value.into_owned())
}

fn parties(state: &State, asked: &Asked) -> Said {
    let newest = state.newest.load(Ordering::SeqCst);
    if asked.header("authorization") != format!("Bearer access-{newest}") {
        return Said::new(401, r#"{"message":"invalid token"}"#);
    }
    if state.is_tired.swap(false, Ordering::SeqCst) {
        return Said::new(429, r#"{"error":"rate limit reached"}"#).header("x-ratelimit-reset", 0);
    }
    let page = asked.url.query_pairs().find(|(name, _)| name == "page");
    let page: usize = page
        .and_then(|(_, number)| number.parse().ok())
        .unwrap_or(1);
    let body = format!(
        r#"{{"parties":[{{"id":{page}1,"type":"organisation","name":"Works No. {page}"}},
            {{"id":{page}2,"type":"person","firstName":"Ada","lastName":"Page-{page}"}}]}}"#
    );
    let said = Said::new(200, body);
    if page == PAGES {
        return said;
    }
    let mut next = asked.url.clone();
    if state.leads_astray.load(Ordering::SeqCst) {
        let _ = next.set_port(Some(1));
    }
    next.set_query(Some(&format!("page={}&perPage=100", page + 1)));
    said.header("link", format!("<{next}>; rel=\"next\""))
}
