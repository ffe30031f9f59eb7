//! OAuth 2 with a user's name and password, for services that offer nothing better.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio_core::{ClientCredentials, OAuth2};
use caspio_examples::mock_service::{self, MockResponse};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let service = mock_service::start(|request| {
        println!("the service received: {}", request.text());
        match request.fields().get("password").map(String::as_str) {
            Some("p4ss") => MockResponse::new(200, r#"{"access_token":"t0ken","expires_in":3600}"#),
            _ => MockResponse::new(400, r#"{"error":"invalid_grant"}"#),
        }
    })?;
    let token_url = service.join("oauth/token")?;

    for password in ["p4ss", "wr0ng"] {
        let client = ClientCredentials::new("id", "s3cret");
        let auth = OAuth2::builder(token_url.clone(), client)
            .password("ada", password)
            .build()?;
        match auth.token().await {
            Ok(token) => println!("a token until {:?}", token.expires_at()),
            Err(error) => println!("no token: {error}"),
        }
    }
    Ok(())
}
