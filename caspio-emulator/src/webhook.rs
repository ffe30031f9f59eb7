//! Webhook delivery: at least once, in the order of the writes, with a signature.

use crate::app::App;
#[cfg(feature = "tls")]
use crate::https;
use crate::store::StoreError;
use crate::store::document;
use crate::store::outbox::{self, PendingMessage};
use crate::store::webhook::{Event, Traffic, Webhook};
use axum::body::Body;
use axum::http::{Request, StatusCode, Uri, header};
use hmac::{Hmac, KeyInit as _, Mac as _};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use sha2::Sha256;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Caspio's retry schedule is not recorded; this one is short, for tests.
const MAX_ATTEMPTS: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to sleep when no message is due.
const IDLE: Duration = Duration::from_millis(50);

/// Delivers queued messages for as long as the emulator runs.
pub(crate) async fn run(app: Arc<App>) {
    loop {
        match step(&app).await {
            Ok(true) => {}
            Ok(false) => {
                let _ = timeout(IDLE, app.store.woken()).await;
            }
            Err(_) => tokio::time::sleep(IDLE).await,
        }
    }
}

/// Tries to deliver one message; returns whether there was one.
async fn step(app: &Arc<App>) -> Result<bool, StoreError> {
    if !app.store.has_messages() {
        return Ok(false);
    }
    // Pauses are those of the system clock: they also end while the emulator's time stands still.
    let now = Timestamp::now().as_millisecond();
    let Some(waiting) = app.store.next_message(now)? else {
        return Ok(false);
    };
    let Some(webhook) = find(app, &waiting.webhook)? else {
        app.store.message_done(waiting.seq)?;
        return Ok(true);
    };
    let mut delivered = true;
    for url in &webhook.urls {
        delivered &= post(app, &webhook, url, &waiting.body).await.is_some();
    }
    count(app, &waiting, delivered)?;
    if delivered || waiting.attempts + 1 >= MAX_ATTEMPTS {
        app.store.message_done(waiting.seq)?;
    } else {
        let pause = FIRST_PAUSE * 2_u32.pow(waiting.attempts);
        let due = now + i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
        app.store.message_failed(waiting.seq, due)?;
    }
    Ok(true)
}

fn find(app: &App, id: &str) -> Result<Option<Webhook>, StoreError> {
    app.store
        .read(|connection, _| document::get(connection, id))
}

fn count(app: &App, waiting: &PendingMessage, delivered: bool) -> Result<(), StoreError> {
    app.store.write(|transaction, _| {
        if !outbox::contains(transaction, waiting.seq)? {
            return Ok(());
        }
        if let Some(mut webhook) = document::get::<Webhook>(transaction, &waiting.webhook)? {
            add(&mut webhook.traffic, waiting, delivered);
            document::put(transaction, &webhook)?;
        }
        if let Some(mut event) = document::get::<Event>(transaction, &waiting.event)? {
            add(&mut event.traffic, waiting, delivered);
            document::put(transaction, &event)?;
        }
        Ok(())
    })
}

fn add(traffic: &mut Traffic, waiting: &PendingMessage, delivered: bool) {
    traffic.messages += u32::from(waiting.attempts == 0);
    traffic.calls += 1;
    traffic.errors += u32::from(!delivered);
}

/// Returns whether messages to a URL are delivered: by `http` or `https` to this machine.
pub(crate) fn is_delivered(uri: &Uri) -> bool {
    let is_here = matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match uri.scheme_str() {
        Some("https") => is_here && cfg!(feature = "tls"),
        Some("http") => is_here,
        _ => false,
    }
}

/// Posts a message, and returns `None` unless the receiver responds with a 2xx status.
async fn post(app: &App, webhook: &Webhook, url: &str, body: &str) -> Option<()> {
    let uri: Uri = url.parse().ok()?;
    if !is_delivered(&uri) {
        return None;
    }
    let is_https = uri.scheme_str() == Some("https");
    let host = uri.host()?;
    let port = uri.port_u16().unwrap_or(if is_https { 443 } else { 80 });
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::post(path)
        .header(header::HOST, format!("{host}:{port}"))
        .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
        .header(
            &app.settings.signature_header,
            signature(&webhook.secret, body),
        )
        .header(header::CONNECTION, "close")
        .body(Body::from(body.to_owned()))
        .ok()?;
    let host = host.trim_matches(['[', ']']);
    let sending = async {
        let stream = TcpStream::connect((host, port)).await.ok()?;
        #[cfg(feature = "tls")]
        if is_https {
            return exchange(https::connect(host, stream).await?, request).await;
        }
        exchange(stream, request).await
    };
    let status = timeout(PATIENCE, sending).await.ok()??;
    status.is_success().then_some(())
}

/// Sends one request on a new connection, and returns the status of the response.
async fn exchange<S>(stream: S, request: Request<Body>) -> Option<StatusCode>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::Builder::new()
        .title_case_headers(true)
        .handshake(TokioIo::new(stream))
        .await
        .ok()?;
    let connection = tokio::spawn(connection);
    let response = sender.send_request(request).await;
    connection.abort();
    Some(response.ok()?.status())
}

/// Returns the HMAC-SHA256 of the body, keyed with the secret, in hex. Which bytes Caspio signs,
/// and in which form it sends the signature, is not published.
pub(crate) fn signature(secret: &str, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(body.as_bytes());
    let bytes = mac.finalize().into_bytes();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signature_matches_rfc_4231() {
        assert_eq!(
            signature("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
