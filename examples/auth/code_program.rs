//! OAuth 2 with a user's consent, for a program on the user's machine: the browser is redirected to a local port.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio_core::{ClientCredentials, OAuth2};
use caspio_examples::mock_service::{self, MockRequest, MockResponse};

fn authorization_server(request: &MockRequest) -> MockResponse {
    let fields = request.fields();
    if request.url.path() == "/token" {
        println!("the service received: {}", request.text());
        return MockResponse::new(200, r#"{"access_token":"t0ken","expires_in":3600}"#);
    }
    let back = fields
        .get("redirect_uri")
        .and_then(|text| text.parse().ok());
    let mut back: caspio_core::Url = back.unwrap_or_else(|| request.url.clone());
    let state = fields.get("state").map_or("", String::as_str);
    back.query_pairs_mut()
        .append_pair("code", "c0de")
        .append_pair("state", state);
    MockResponse::redirect(&back)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let service = mock_service::start(authorization_server)?;

    let flow = OAuth2::builder(service.join("token")?, ClientCredentials::public("id"))
        .scope("read")
        .authorization_code(service.join("authorize")?)?;
    let auth = flow
        .authorize_here(|url| {
            // A real program opens the browser here, or shows the URL.
            println!("open {url}");
            let url = url.clone();
            std::thread::spawn(move || mock_service::browse(&url));
        })
        .await?;

    println!("authorized: {:?}", auth.token().await?);
    Ok(())
}
