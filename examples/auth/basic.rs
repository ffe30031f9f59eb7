//! A user name and a password by HTTP Basic.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio_core::Request;
use caspio_core::auth::Basic;
use caspio_examples::mock_service::{self, MockResponse};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let service = mock_service::start(|request| {
        MockResponse::new(200, format!("{:?}", request.header("authorization")))
    })?;

    let auth = Basic::new("ada", "p4ss")?;
    let saw = mock_service::call(&service, auth.clone(), Request::get).await?;

    println!("the service saw {saw}");
    println!("and a log would show {auth:?}");
    Ok(())
}
