//! An API key in a header, with a prefix.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio_core::Request;
use caspio_core::auth::ApiKey;
use caspio_examples::mock_service::{self, MockResponse};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let service = mock_service::start(|request| {
        MockResponse::new(200, format!("{:?}", request.header("authorization")))
    })?;

    let auth = ApiKey::with_prefix("authorization", "Token ", "k3y")?;
    let saw = mock_service::call(&service, auth.clone(), Request::get).await?;

    println!("the service saw {saw}");
    println!("and a log would show {auth:?}");
    Ok(())
}
