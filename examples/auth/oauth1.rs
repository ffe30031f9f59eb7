//! Three-legged OAuth 1.0a: a temporary token, the user's consent, and the token that signs every request.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio_core::auth::OAuth1;
use caspio_core::{ClientCredentials, Request};
use caspio_examples::mock_service::{self, MockRequest, MockResponse};

fn service(request: &MockRequest) -> MockResponse {
    println!(
        "{} {}\n    {}",
        request.method,
        request.url.path(),
        request.header("authorization")
    );
    match request.url.path() {
        "/initiate" => MockResponse::new(
            200,
            "oauth_token=temp&oauth_token_secret=s1&oauth_callback_confirmed=true",
        ),
        "/token" => MockResponse::new(200, "oauth_token=lasting&oauth_token_secret=s2"),
        _ => MockResponse::new(200, "\"hello\""),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = mock_service::start(service)?;
    let legs = OAuth1::builder(ClientCredentials::new("key", "s3cret")).three_legged(
        url.join("initiate")?,
        url.join("authorize")?,
        url.join("token")?,
    )?;

    let authorization = legs.authorize_url("oob").await?;
    println!(
        "the user opens {} and returns with a verifier",
        authorization.url()
    );
    let auth = authorization.exchange("v3rifier").await?;

    println!(
        "the service says {}",
        mock_service::call(&url, auth, Request::get).await?
    );
    Ok(())
}
