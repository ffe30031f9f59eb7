//! A receiver of webhook messages.

use serde_json::Value;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// A receiver that refuses the first `refusals` messages.
pub(crate) async fn receiver(
    mut refusals: u32,
) -> (String, mpsc::UnboundedReceiver<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("bound"));
    let (sender, messages) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (head, body) = request(&mut stream).await;
            let status = match refusals {
                0 => "200 OK",
                _ => "500 Internal Server Error",
            };
            refusals = refusals.saturating_sub(1);
            let response =
                format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            let _ = stream.write_all(response.as_bytes()).await;
            let body = serde_json::from_str(&body).unwrap_or(Value::Null);
            let _ = sender.send((head, body));
        }
    });
    (url, messages)
}

async fn request(stream: &mut tokio::net::TcpStream) -> (String, String) {
    let mut bytes = Vec::new();
    let mut piece = [0; 4_096];
    loop {
        let read = stream.read(&mut piece).await.unwrap_or(0);
        bytes.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("Content-Length: "))
                .and_then(|length| length.parse::<usize>().ok())
                .unwrap_or(0);
            if body.len() >= length || read == 0 {
                return (head.to_owned(), body.to_owned());
            }
        }
    }
}

pub(crate) async fn next(
    messages: &mut mpsc::UnboundedReceiver<(String, Value)>,
) -> (String, Value) {
    timeout(Duration::from_secs(5), messages.recv())
        .await
        .expect("a message in time")
        .expect("a receiver")
}
