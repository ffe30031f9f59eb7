//! OAuth 2 with a person's consent, for a program on the person's own machine: the browser comes back to a port.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

#[path = "auth_stand_in.rs"]
mod stand_in;

use caspio_core::{ClientCredentials, OAuth2};
use stand_in::{Asked, Said};

fn authorization_server(asked: &Asked) -> Said {
    let fields = asked.fields();
    if asked.url.path() == "/token" {
        println!("the service was asked: {}", asked.body);
        return Said::new(200, r#"{"access_token":"t0ken","expires_in":3600}"#);
    }
    let back = fields
        .get("redirect_uri")
        .and_then(|text| text.parse().ok());
    let mut back: caspio_core::Url = back.unwrap_or_else(|| asked.url.clone());
    let state = fields.get("state").map_or("", String::as_str);
    back.query_pairs_mut()
        .append_pair("code", "c0de")
        .append_pair("state", state);
    Said::redirect(&back)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let service = stand_in::start(authorization_server)?;

    let flow = OAuth2::builder(service.join("token")?, ClientCredentials::public("id"))
        .scope("read")
        .authorization_code(service.join("authorize")?)?;
    let auth = flow
        .authorize_here(|url| {
            // A real program opens the browser here, or shows the address.
            println!("open {url}");
            let url = url.clone();
            std::thread::spawn(move || stand_in::browse(&url));
        })
        .await?;

    println!("authorized: {:?}", auth.token().await?);
    Ok(())
}
