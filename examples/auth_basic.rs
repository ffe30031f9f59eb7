//! A user name and a password by HTTP Basic.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

#[path = "auth_stand_in.rs"]
mod stand_in;

use caspio_core::Request;
use caspio_core::auth::Basic;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let service = stand_in::start(|asked| {
        stand_in::Said::new(200, format!("{:?}", asked.header("authorization")))
    })?;

    let auth = Basic::new("ada", "p4ss")?;
    let saw = stand_in::call(&service, auth.clone(), Request::get).await?;

    println!("the service saw {saw}");
    println!("and a log would show {auth:?}");
    Ok(())
}
