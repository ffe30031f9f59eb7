//! A web server for the deliveries of a test.

use caspio::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

/// Starts a server that answers each request with the status that a function returns, and returns its URL.
pub(super) async fn serve<F, A>(answer: F) -> String
where
    F: Fn(HeaderMap, Vec<u8>) -> A + Clone + Send + 'static,
    A: Future<Output = StatusCode> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("bound"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                let (headers, body) = read(&mut stream).await;
                let status = answer(headers, body).await;
                let text =
                    format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                let _ = stream.write_all(text.as_bytes()).await;
            });
        }
    });
    url
}

async fn read(stream: &mut TcpStream) -> (HeaderMap, Vec<u8>) {
    let mut bytes = Vec::new();
    let end = loop {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            break end;
        }
        assert!(stream.read_buf(&mut bytes).await.expect("a head") > 0);
    };
    let head = String::from_utf8(bytes[..end].to_vec()).expect("a head");
    let headers: HeaderMap = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| {
            let name: HeaderName = name.parse().expect("a name");
            (name, HeaderValue::from_str(value).expect("a value"))
        })
        .collect();
    let length: usize = headers["content-length"]
        .to_str()
        .expect("digits")
        .parse()
        .expect("a length");
    let mut body = bytes.split_off(end + 4);
    while body.len() < length {
        assert!(stream.read_buf(&mut body).await.expect("a body") > 0);
    }
    (headers, body)
}

/// The next of what was received.
pub(super) async fn next<T>(received: &mut UnboundedReceiver<T>) -> T {
    timeout(Duration::from_secs(20), received.recv())
        .await
        .expect("a delivery in time")
        .expect("a server")
}
