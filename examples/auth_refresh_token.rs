//! OAuth 2 from a refresh token got elsewhere, renewed over two days of a scripted clock; each is good once.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

#[path = "auth_stand_in.rs"]
mod stand_in;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use caspio_core::token::ManualClock;
use caspio_core::{ClientCredentials, OAuth2};
use stand_in::Said;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let used = AtomicU32::new(0);
    let service = stand_in::start(move |asked| {
        let number = used.fetch_add(1, Ordering::SeqCst);
        println!("the service was asked: {}", asked.body);
        match asked.body.contains(&format!("refresh_token=r{number}&")) {
            true => {
                let next = number + 1;
                Said::new(
                    200,
                    format!(
                        r#"{{"access_token":"a{next}","expires_in":43200,"refresh_token":"r{next}"}}"#
                    ),
                )
            }
            false => Said::new(400, r#"{"error":"invalid_grant"}"#),
        }
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
