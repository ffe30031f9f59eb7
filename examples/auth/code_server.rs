//! OAuth 2 with a user's consent, for a server: two requests, with a session in between.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio_core::token::MemoryStore;
use caspio_core::{ClientCredentials, OAuth2};
use caspio_examples::mock_service::{self, MockRequest, MockResponse};
use std::sync::Arc;

const BACK: &str = "https://shop.example.com/back";

fn authorization_server(request: &MockRequest) -> MockResponse {
    if request.url.path() == "/token" {
        println!("the service received: {}", request.text());
        return MockResponse::new(200, r#"{"access_token":"t0ken","expires_in":3600}"#);
    }
    let state = request.fields().get("state").cloned().unwrap_or_default();
    match BACK.parse::<caspio_core::Url>() {
        Ok(mut back) => {
            back.query_pairs_mut()
                .append_pair("code", "c0de")
                .append_pair("state", &state);
            MockResponse::redirect(&back)
        }
        Err(error) => MockResponse::new(500, error.to_string()),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let service = mock_service::start(authorization_server)?;
    let client = ClientCredentials::new("id", "s3cret");
    let flow = OAuth2::builder(service.join("token")?, client)
        .authorization_code(service.join("authorize")?)?
        .redirect_uri(BACK.parse()?);

    // First request: the user wants to connect. The session keeps state and verifier, the browser is redirected.
    let authorization = flow.authorize_url()?;
    let session = (
        authorization.state().clone(),
        authorization.verifier().clone(),
    );
    println!("the browser is redirected to {}", authorization.url());
    let redirected = mock_service::browse(authorization.url())?;

    // Second request, perhaps in another process: the browser returns.
    let (state, verifier) = session;
    let store_of_this_user = Arc::new(MemoryStore::new());
    let flow = flow.store(store_of_this_user);
    let auth = flow
        .resume(state, verifier)
        .exchange_redirect(&redirected)
        .await?;
    println!("authorized: {:?}", auth.token().await?);

    // A response with another session's state is refused.
    let refused = flow.authorize_url()?.exchange("c0de", "forged").await;
    println!(
        "a forged response: {}",
        refused
            .err()
            .map_or_else(String::new, |error| error.to_string())
    );
    Ok(())
}
