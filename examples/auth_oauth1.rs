//! OAuth 1.0a in three legs: a temporary token, the person's word, the lasting token that signs every request.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

#[path = "auth_stand_in.rs"]
mod stand_in;

use caspio_core::auth::OAuth1;
use caspio_core::{ClientCredentials, Request};
use stand_in::{Asked, Said};

fn service(asked: &Asked) -> Said {
    println!(
        "{} {}\n    {}",
        asked.method,
        asked.url.path(),
        asked.header("authorization")
    );
    match asked.url.path() {
        "/initiate" => Said::new(
            200,
            "oauth_token=temp&oauth_token_secret=s1&oauth_callback_confirmed=true",
        ),
        "/token" => Said::new(200, "oauth_token=lasting&oauth_token_secret=s2"),
        _ => Said::new(200, "\"hello\""),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = stand_in::start(service)?;
    let legs = OAuth1::builder(ClientCredentials::new("key", "s3cret")).three_legged(
        address.join("initiate")?,
        address.join("authorize")?,
        address.join("token")?,
    )?;

    let authorization = legs.authorize_url("oob").await?;
    println!(
        "the person goes to {} and brings a verifier",
        authorization.url()
    );
    let auth = authorization.exchange("v3rifier").await?;

    println!(
        "the service says {}",
        stand_in::call(&address, auth, Request::get).await?
    );
    Ok(())
}
