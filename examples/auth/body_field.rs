//! A key as a field of the JSON body of every POST.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio_core::Request;
use caspio_core::auth::{BodyField, BodyKind};
use caspio_examples::mock_service::{self, MockResponse};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let service =
        mock_service::start(|request| MockResponse::new(200, format!("{:?}", request.text())))?;

    let auth = BodyField::new(BodyKind::Json, "api_key", "k3y");
    let saw = mock_service::call(&service, auth.clone(), |url, operation| {
        Request::post(url, operation).json(r#"{"name":"Ada"}"#)
    })
    .await?;

    println!("the service saw {saw}");
    println!("and a log would show {auth:?}");
    Ok(())
}
