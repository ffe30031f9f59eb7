//! OAuth 2 with a client id and secret, and a token kept in a file between starts.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio_core::token::FileStore;
use caspio_core::{ClientCredentials, OAuth2};
use caspio_examples::mock_service::{self, MockResponse};
use std::sync::Arc;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let service = mock_service::start(|request| {
        println!("the service received: {}", request.text());
        MockResponse::new(200, r#"{"access_token":"t0ken","expires_in":86399}"#)
    })?;
    let file = std::env::temp_dir().join(format!("caspio-example-{}.token", std::process::id()));

    for start in 1..=3 {
        let credentials = ClientCredentials::new("id", "s3cret");
        let auth = OAuth2::builder(service.join("oauth/token")?, credentials)
            .store(Arc::new(FileStore::new(&file)))
            .build()?;
        println!("start {start}: {:?}", auth.token().await?);
    }

    println!(
        "one token request for three starts; the file was {}",
        file.display()
    );
    std::fs::remove_file(&file)?;
    let _ = std::fs::remove_file(format!("{}.lock", file.display()));
    Ok(())
}
