//! OAuth 2 with a client's own id and secret, and a token that outlives the program in a file.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

#[path = "auth_stand_in.rs"]
mod stand_in;

use std::sync::Arc;

use caspio_core::token::FileStore;
use caspio_core::{ClientCredentials, OAuth2};
use stand_in::Said;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let service = stand_in::start(|asked| {
        println!("the service was asked: {}", asked.body);
        Said::new(200, r#"{"access_token":"t0ken","expires_in":86399}"#)
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
        "asked once for three starts; the file was {}",
        file.display()
    );
    std::fs::remove_file(&file)?;
    let _ = std::fs::remove_file(format!("{}.lock", file.display()));
    Ok(())
}
