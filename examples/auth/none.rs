//! No credentials, for a service's public URLs.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio_core::Request;
use caspio_core::auth::NoAuth;
use caspio_examples::mock_service::{self, MockResponse};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let service = mock_service::start(|request| {
        MockResponse::new(200, format!("{:?}", request.header("authorization")))
    })?;

    let saw = mock_service::call(&service, NoAuth, Request::get).await?;

    println!("the service saw {saw}");
    Ok(())
}
