//! No credentials at all, for a service's public addresses.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

#[path = "auth_stand_in.rs"]
mod stand_in;

use caspio_core::Request;
use caspio_core::auth::NoAuth;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let service = stand_in::start(|asked| {
        stand_in::Said::new(200, format!("{:?}", asked.header("authorization")))
    })?;

    let saw = stand_in::call(&service, NoAuth, Request::get).await?;

    println!("the service saw {saw}");
    Ok(())
}
