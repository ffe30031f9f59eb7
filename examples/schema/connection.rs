//! Whether the connection works, what the version of the API has, and a call that the SDK has no method for.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::Capability;
use caspio::raw::Method;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::connect().await?;
    let caspio = &connection.caspio;

    let report = caspio.test_connection().await?;
    println!("{} tables on {}", report.tables, report.host);
    for capability in [Capability::Attachments, Capability::ViewFields] {
        println!("{capability:?}: {}", caspio.supports(capability));
    }

    let views = caspio.raw(Method::GET, "views").await?;
    println!("{}", String::from_utf8_lossy(views.body()));

    // A short program waits for the renewal of a token before it ends.
    caspio.settle().await;
    Ok(())
}
