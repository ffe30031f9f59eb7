//! A minimal server that sends exactly the bytes that a test specifies.

use caspio_core::Account;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The server's reaction to a request.
pub(crate) enum Act {
    /// Sends these bytes and keeps the connection open.
    Say(Vec<u8>),
    /// Sends these bytes and closes the connection.
    SayAndClose(Vec<u8>),
    /// Sends nothing.
    Silence,
}

/// Returns a complete HTTP/1.1 response.
pub(crate) fn response(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Act {
    let body = body.as_ref();
    let length = body.len();
    let mut bytes =
        format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}\r\n").into_bytes();
    bytes.extend_from_slice(body);
    Act::Say(bytes)
}

pub(crate) fn json(body: &str) -> Act {
    response("200 OK", "content-type: application/json\r\n", body)
}

/// A request as received over the socket.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn is_token_request(&self) -> bool {
        self.head.starts_with("POST /oauth/token ")
    }
}

pub(crate) struct Server {
    address: std::net::SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) async fn start(handle: impl Fn(&Request) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let server = Self {
            address: listener.local_addr().expect("an address"),
            requests: Arc::default(),
            connections: Arc::default(),
        };
        let (requests, connections) = (server.requests.clone(), server.connections.clone());
        let handle = Arc::new(handle);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let (requests, handle) = (requests.clone(), handle.clone());
                tokio::spawn(async move { serve(stream, &requests, &*handle).await });
            }
        });
        server
    }

    pub(crate) fn account(&self) -> Account {
        Account::new(&format!("http://{}", self.address)).expect("a loopback account")
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("no panic").clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn serve(
    mut stream: TcpStream,
    requests: &Mutex<Vec<Request>>,
    handle: &(dyn Fn(&Request) -> Act + Send + Sync),
) {
    let mut buffer = Vec::new();
    while let Some(request) = read(&mut stream, &mut buffer).await {
        let act = handle(&request);
        requests.lock().expect("no panic").push(request);
        match act {
            Act::Say(bytes) => stream.write_all(&bytes).await.expect("an open socket"),
            Act::SayAndClose(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
                return;
            }
            Act::Silence => std::future::pending().await,
        }
    }
}

/// Reads the next request, by its `Content-Length`; `None` if the connection is closed.
pub(crate) async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Request> {
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        fill(stream, buffer).await?;
    };
    let head = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(0, |text| text.trim().parse().expect("a length"));
    while buffer.len() < end + length {
        fill(stream, buffer).await?;
    }
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    let body = buffer[end..end + length].to_vec();
    buffer.drain(..end + length);
    Some(Request { head, body })
}

async fn fill(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<()> {
    let mut piece = [0; 4096];
    match stream.read(&mut piece).await {
        Ok(0) | Err(_) => None,
        Ok(count) => {
            buffer.extend_from_slice(&piece[..count]);
            Some(())
        }
    }
}
