//! OAuth 2 with a person's consent, for a server: two steps, with the session in between.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

#[path = "auth_stand_in.rs"]
mod stand_in;

use std::sync::Arc;

use caspio_core::token::MemoryStore;
use caspio_core::{ClientCredentials, OAuth2};
use stand_in::{Asked, Said};

const BACK: &str = "https://shop.example.com/back";

fn authorization_server(asked: &Asked) -> Said {
    if asked.url.path() == "/token" {
        println!("the service was asked: {}", asked.body);
        return Said::new(200, r#"{"access_token":"t0ken","expires_in":3600}"#);
    }
    let state = asked.fields().get("state").cloned().unwrap_or_default();
    match BACK.parse::<caspio_core::Url>() {
        Ok(mut back) => {
            back.query_pairs_mut()
                .append_pair("code", "c0de")
                .append_pair("state", &state);
            Said::redirect(&back)
        }
        Err(error) => Said::new(500, error.to_string()),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let service = stand_in::start(authorization_server)?;
    let client = ClientCredentials::new("id", "s3cret");
    let flow = OAuth2::builder(service.join("token")?, client)
        .authorization_code(service.join("authorize")?)?
        .redirect_uri(BACK.parse()?);

    // First request: the person wants to connect. State and verifier go into the session, the browser goes away.
    let authorization = flow.authorize_url()?;
    let session = (
        authorization.state().clone(),
        authorization.verifier().clone(),
    );
    println!("the browser is sent to {}", authorization.url());
    let redirected = stand_in::browse(authorization.url())?;

    // Second request, perhaps in another process: the browser is back.
    let (state, verifier) = session;
    let store_of_this_person = Arc::new(MemoryStore::new());
    let flow = flow.store(store_of_this_person);
    let auth = flow
        .resume(state, verifier)
        .exchange_redirect(&redirected)
        .await?;
    println!("authorized: {:?}", auth.token().await?);

    // An answer that somebody else slipped into a session is refused.
    let refused = flow.authorize_url()?.exchange("c0de", "forged").await;
    println!(
        "a forged answer: {}",
        refused
            .err()
            .map_or_else(String::new, |error| error.to_string())
    );
    Ok(())
}
