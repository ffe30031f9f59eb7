//! A web service on axum: orders by page, filters from the query string, errors as statuses, and a graceful end.
//!
//! ```sh
//! cargo run --example axum_service
//! curl 'http://127.0.0.1:3000/orders?status=Shipped&least=100'
//! ```
#![allow(clippy::print_stdout, reason = "a program for a person to read")]
#![allow(clippy::print_stderr, reason = "a program for a person to read")]

mod errors;
mod orders;
#[cfg(test)]
mod tests;

use caspio::{Client, RetryPolicy};
use std::error::Error;
use std::time::Duration;
use tokio::net::TcpListener;

/// How long a call may be repeated: a person waits for the response.
const DEADLINE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let retry = RetryPolicy::default().deadline(DEADLINE);
    let connection = caspio_examples::connect_with(|client| client.retry(retry)).await?;
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    println!("http://{}/orders", listener.local_addr()?);
    serve(listener, connection.caspio.clone(), stop_signal()).await?;
    Ok(())
}

/// Serves until `stop`, and then until the requests in progress have their responses.
async fn serve(
    listener: TcpListener,
    caspio: Client,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, orders::router(caspio.clone()))
        .with_graceful_shutdown(stop)
        .await?;
    // The renewal of a token, which would otherwise be billed and lost.
    caspio.settle().await;
    Ok(())
}

/// Waits for Ctrl-C, or for SIGTERM, which services and containers get.
async fn stop_signal() {
    let ctrl_c = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = ctrl_c => {}
        () = terminated => {}
    }
}
