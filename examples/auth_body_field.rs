//! A key as a field of the JSON body of every POST.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

#[path = "auth_stand_in.rs"]
mod stand_in;

use caspio_core::Request;
use caspio_core::auth::{BodyField, BodyKind};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let service = stand_in::start(|asked| stand_in::Said::new(200, format!("{:?}", &asked.body)))?;

    let auth = BodyField::new(BodyKind::Json, "api_key", "k3y");
    let saw = stand_in::call(&service, auth.clone(), |url, operation| {
        Request::post(url, operation).json(r#"{"name":"Ada"}"#)
    })
    .await?;

    println!("the service saw {saw}");
    println!("and a log would show {auth:?}");
    Ok(())
}
