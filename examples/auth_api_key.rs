//! An API key in a header, with a prefix.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

#[path = "auth_stand_in.rs"]
mod stand_in;

use caspio_core::Request;
use caspio_core::auth::ApiKey;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let service = stand_in::start(|asked| {
        stand_in::Said::new(200, format!("{:?}", asked.header("authorization")))
    })?;

    let auth = ApiKey::with_prefix("authorization", "Token ", "k3y")?;
    let saw = stand_in::call(&service, auth.clone(), Request::get).await?;

    println!("the service saw {saw}");
    println!("and a log would show {auth:?}");
    Ok(())
}
