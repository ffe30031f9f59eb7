//! OAuth 2 from an existing refresh token, renewed over two days of a manual clock; each token is valid once.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio_core::token::ManualClock;
use caspio_core::{ClientCredentials, OAuth2};
use caspio_examples::mock_service::{self, MockResponse};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let used = AtomicU32::new(0);
    let service = mock_service::start(move |request| {
        let number = used.fetch_add(1, Ordering::SeqCst);
        let form = request.text();
        println!("the service received: {form}");
        if !form.contains(&format!("refresh_token=r{number}&")) {
            return MockResponse::new(400, r#"{"error":"invalid_grant"}"#);
        }
        let next = number + 1;
        let token =
            format!(r#"{{"access_token":"a{next}","expires_in":43200,"refresh_token":"r{next}"}}"#);
        MockResponse::new(200, token)
    })?;
    let clock = Arc::new(ManualClock::new());

    let auth = OAuth2::builder(
        service.join("oauth/token")?,
        ClientCredentials::public("id"),
    )
    .refresh_token("r0")
    .clock(clock.clone())
    .build()?;
    for _ in 0..4 {
        println!("{:?}", auth.token().await?);
        clock.advance(Duration::from_secs(12 * 3600));
    }
    Ok(())
}
