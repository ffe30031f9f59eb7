//! A small client of Capsule CRM built on caspio-core alone: every party of an account, page by page.
//!
//! With CAPSULE_CLIENT_ID in the environment it connects to Capsule: it prints a URL to open, waits for the browser,
//! and keeps the tokens in CAPSULE_TOKEN_FILE, so that the next start needs no consent. Register
//! <http://127.0.0.1:8910/callback> as the application's redirect URI. Without CAPSULE_CLIENT_ID it uses a mock.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

#[cfg(test)]
mod tests;

use caspio_core::auth::{AuthorizationCode, ClientAuth};
use caspio_core::error::ErrorContext as _;
use caspio_core::http::{HeaderMap, header};
use caspio_core::token::{Clock, FileStore, MemoryStore, SystemClock, TokenStore};
use caspio_core::{
    CaspioClassifier, Classification, ClientCredentials, ErrorKind, OAuth2, Operation, Request,
    ResponseClassifier, ResponseView, Transport, Url,
};
use caspio_examples::mock_capsule;
use serde::Deserialize;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

const CAPSULE: &str = "https://api.capsulecrm.com/";

/// A person or an organisation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Party {
    id: u64,
    name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
}

impl Party {
    fn display_name(&self) -> String {
        let person = [self.first_name.as_deref(), self.last_name.as_deref()];
        let person: Vec<_> = person.into_iter().flatten().collect();
        self.name.clone().unwrap_or_else(|| person.join(" "))
    }
}

#[derive(Debug, Deserialize)]
struct Page {
    parties: Vec<Party>,
}

/// Classifies Capsule's responses as Caspio's, and reads when the rate limit ends from its own header.
#[derive(Debug)]
struct CapsuleClassifier(CaspioClassifier);

impl ResponseClassifier for CapsuleClassifier {
    fn classify(&self, response: &ResponseView<'_>) -> Classification {
        match self.0.classify(response) {
            Classification::RateLimited(error) => {
                Classification::RateLimited(match reset(response.headers) {
                    Some(wait) => error.with_retry_after(wait),
                    None => error,
                })
            }
            other => other,
        }
    }
}

fn reset(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get("x-ratelimit-reset")?
        .to_str()
        .ok()?
        .parse()
        .ok()?;
    let end = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?;
    Some(end.duration_since(SystemTime::now()).unwrap_or_default())
}

struct Capsule {
    transport: Transport,
    api: Url,
}

impl Capsule {
    fn new(base: &Url, auth: OAuth2) -> Result<Self, Box<dyn Error>> {
        let transport = Transport::builder()
            .origin(base)
            .auth(Arc::new(auth))
            .classifier(Arc::new(CapsuleClassifier(CaspioClassifier::new())))
            .max_url(None)
            .build()?;
        let api = base.join("api/v2/")?;
        Ok(Self { transport, api })
    }

    /// Reads all parties, following the `Link` of each page to the next.
    async fn parties(&self) -> Result<Vec<Party>, Box<dyn Error>> {
        let mut next = Some(self.api.join("parties?page=1&perPage=100")?);
        let mut parties = Vec::new();
        while let Some(url) = next {
            let request = Request::get(url.clone(), Operation::new("parties.list"));
            // A link to another host is refused by the transport: the token is not sent there.
            let response = self.transport.send(request).await?;
            let link = response.header(header::LINK.as_str());
            next = link
                .and_then(next_page)
                .map(|link| url.join(link))
                .transpose()?;
            let page: Page = serde_json::from_slice(response.body())?;
            parties.extend(page.parties);
        }
        Ok(parties)
    }
}

/// Returns the URL of `Link: <url>; rel="next"`.
fn next_page(link: &str) -> Option<&str> {
    link.split(',').find_map(|part| {
        let (url, parameters) = part.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = |text: &str| matches!(text.trim(), "rel=\"next\"" | "rel=next");
        parameters.split(';').any(is_next).then_some(url)
    })
}

fn flow(
    base: &Url,
    client: ClientCredentials,
    store: Arc<dyn TokenStore>,
    clock: Arc<dyn Clock>,
) -> Result<AuthorizationCode, Box<dyn Error>> {
    let builder = OAuth2::builder(base.join("oauth/token")?, client)
        .client_auth(ClientAuth::Basic)
        .scope("read")
        .store(store)
        .clock(clock);
    Ok(builder.authorization_code(base.join("oauth/authorise")?)?)
}

/// Uses the stored tokens, or asks the user for consent.
async fn connect(
    flow: AuthorizationCode,
    open: impl FnOnce(&Url),
) -> Result<OAuth2, Box<dyn Error>> {
    let stored = flow.stored()?;
    match stored.token().await {
        Ok(_) => Ok(stored),
        Err(error) if error.kind() == ErrorKind::Auth => Ok(flow.authorize_here(open).await?),
        Err(error) => Err(error.into()),
    }
}

async fn print(base: &Url, auth: OAuth2) -> Result<(), Box<dyn Error>> {
    let parties = Capsule::new(base, auth)?.parties().await?;
    for party in &parties {
        println!("{:>10}  {}", party.id, party.display_name());
    }
    println!("{} parties", parties.len());
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let Ok(id) = std::env::var("CAPSULE_CLIENT_ID") else {
        println!("No CAPSULE_CLIENT_ID in the environment: this is sample data from a mock.");
        println!(
            "Set CAPSULE_CLIENT_ID, CAPSULE_CLIENT_SECRET (if the application has one) and CAPSULE_TOKEN_FILE"
        );
        println!("to connect to Capsule.\n");
        let base = mock_capsule::start()?;
        let store = Arc::new(MemoryStore::new());
        let clock = Arc::new(SystemClock::new());
        let flow = flow(&base, ClientCredentials::public("id"), store, clock)?;
        let auth = connect(flow, mock_capsule::visit).await?;
        return print(&base, auth).await;
    };
    let client = match std::env::var("CAPSULE_CLIENT_SECRET") {
        Ok(secret) => ClientCredentials::new(id, secret),
        Err(_) => ClientCredentials::public(id),
    };
    let file = std::env::var_os("CAPSULE_TOKEN_FILE").map(PathBuf::from);
    let store = FileStore::new(file.unwrap_or_else(|| "capsule.token".into()));
    let base: Url = CAPSULE.parse()?;
    let clock = Arc::new(SystemClock::new());
    let flow = flow(&base, client, Arc::new(store), clock)?
        .redirect_uri("http://127.0.0.1:8910/callback".parse()?);
    let auth = connect(flow, |url| println!("Open this URL to connect:\n{url}\n")).await?;
    print(&base, auth).await
}
