//! Waits on a port of this machine for the browser to come back (RFC 8252, 7.3).

use super::authorization::{Authorization, Redirect};
use crate::error::ErrorContext as _;
use crate::http_client::is_loopback;
use crate::{Error, ErrorKind, Result};
use futures::future::{self, Either};
use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::pin::pin;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::error::Elapsed;
use url::{Host, Url};

const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The longest head of a request. A redirect is far shorter.
const MAX_HEAD: usize = 16 * 1024;
/// The limit of open connections. Further ones replace the oldest, so that another program cannot keep the browser out
/// with connections that send nothing.
const MAX_CONNECTIONS: usize = 32;
/// The time for a connection to send its request: browsers open connections that they never use.
const READ_LIMIT: Duration = Duration::from_secs(10);

/// How long to wait after a connection that could not be accepted, for example because the system has too many.
const PAUSE: Duration = Duration::from_millis(50);

type Requests = JoinSet<Result<Option<BrowserRequest>, Elapsed>>;

pub(super) struct Listener {
    /// One for each address of the host; `localhost` has two, and another program could listen on the second.
    listeners: Vec<TcpListener>,
    url: Url,
}

/// A request of the browser, or of another program on this machine.
struct BrowserRequest {
    stream: TcpStream,
    target: String,
}

/// An event at the port.
enum Event {
    Connected(std::io::Result<TcpStream>),
    Requested(BrowserRequest),
    Closed,
}

impl Listener {
    /// Opens the port of the URL, or any free one.
    pub(super) async fn bind(wanted: Option<&Url>) -> Result<Self> {
        if wanted.is_some_and(|wanted| !is_loopback(wanted) || wanted.scheme() != "http") {
            let message = "the redirect URI must be an http URL of this machine";
            return Err(Error::new(ErrorKind::Config, message)
                .with_hint("for a server, use authorize_url and exchange"));
        }
        let port = wanted.and_then(Url::port).unwrap_or(0);
        let (host, second) = match wanted.and_then(Url::host) {
            Some(Host::Ipv6(address)) => (IpAddr::V6(address), None),
            Some(Host::Ipv4(address)) => (IpAddr::V4(address), None),
            Some(Host::Domain(_)) => (LOCALHOST, Some(Ipv6Addr::LOCALHOST)),
            None => (LOCALHOST, None),
        };
        let bound = TcpListener::bind((host, port)).await;
        let mut listeners = vec![bound.map_err(no_port)?];
        let port = listeners[0].local_addr().map_err(no_port)?.port();
        if let Some(second) = second {
            match TcpListener::bind((second, port)).await {
                Ok(listener) => listeners.push(listener),
                // A machine without IPv6.
                Err(error) if error.kind() == std::io::ErrorKind::AddrNotAvailable => {}
                Err(error) if error.kind() == std::io::ErrorKind::Unsupported => {}
                Err(error) => return Err(no_port(error)),
            }
        }
        let mut url = match wanted {
            Some(wanted) => wanted.clone(),
            None => Url::parse("http://127.0.0.1/callback").expect("a valid URL"),
        };
        let _ = url.set_port(Some(port));
        Ok(Self { listeners, url })
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the URL the browser was redirected to.
    ///
    /// Other requests get a response and are ignored: a connection that a browser opens in advance, a
    /// request for an icon, a redirect with a foreign state.
    pub(super) async fn wait(self, authorization: &Authorization) -> Result<Url> {
        let mut requests = JoinSet::new();
        let mut open = VecDeque::new();
        loop {
            match self.next(&mut requests).await {
                Event::Connected(Ok(stream)) => {
                    open.retain(|request: &AbortHandle| !request.is_finished());
                    if open.len() >= MAX_CONNECTIONS
                        && let Some(oldest) = open.pop_front()
                    {
                        oldest.abort();
                    }
                    let request = tokio::time::timeout(READ_LIMIT, read(stream));
                    open.push_back(requests.spawn(request));
                }
                Event::Connected(Err(error)) => {
                    tracing::debug!(%error, "a connection of the browser was not accepted");
                    tokio::time::sleep(PAUSE).await;
                }
                Event::Requested(request) => {
                    if let Some(redirected) = self.receive(request, authorization).await {
                        return Ok(redirected);
                    }
                }
                Event::Closed => {}
            }
        }
    }

    async fn next(&self, requests: &mut Requests) -> Event {
        let connections = self
            .listeners
            .iter()
            .map(|listener| Box::pin(listener.accept()));
        let connected = future::select_all(connections);
        let requested = async {
            match requests.join_next().await {
                Some(request) => request,
                None => future::pending().await,
            }
        };
        match future::select(pin!(connected), pin!(requested)).await {
            Either::Left(((connected, ..), _)) => {
                Event::Connected(connected.map(|(stream, _)| stream))
            }
            Either::Right((Ok(Ok(Some(request))), _)) => Event::Requested(request),
            Either::Right(_) => Event::Closed,
        }
    }

    async fn receive(&self, request: BrowserRequest, authorization: &Authorization) -> Option<Url> {
        let redirected = self.url.join(&request.target).ok();
        let redirected = redirected
            .filter(|url| url.origin() == self.url.origin() && url.path() == self.url.path());
        let Some(redirected) = redirected else {
            request
                .respond("404 Not Found", "There is nothing here.")
                .await;
            return None;
        };
        match authorization.read(&redirected) {
            Redirect::Foreign => {
                request
                    .respond("400 Bad Request", "This is not the expected redirect.")
                    .await;
                return None;
            }
            Redirect::Failed(_) => {
                request
                    .respond("200 OK", "Not authorized. You can close this window.")
                    .await
            }
            Redirect::Code(_) => {
                request
                    .respond(
                        "200 OK",
                        "Received. You can close this window and return to the program.",
                    )
                    .await
            }
        }
        Some(redirected)
    }
}

impl BrowserRequest {
    async fn respond(mut self, status: &str, text: &str) {
        let page =
            format!("<!doctype html><meta charset=\"utf-8\"><title>{text}</title><p>{text}</p>\n");
        let length = page.len();
        let response = format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {length}\r\n\
             cache-control: no-store\r\nreferrer-policy: no-referrer\r\nconnection: close\r\n\r\n{page}"
        );
        let respond = async {
            let _ = self.stream.write_all(response.as_bytes()).await;
            let _ = self.stream.shutdown().await;
        };
        // A client that does not read the response must not delay the flow.
        let _ = tokio::time::timeout(Duration::from_secs(2), respond).await;
    }
}

/// Returns the target of one GET; `None` for anything else.
async fn read(mut stream: TcpStream) -> Option<BrowserRequest> {
    let mut head = Vec::new();
    let mut piece = [0; 2048];
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        let count = stream
            .read(&mut piece)
            .await
            .ok()
            .filter(|count| *count > 0)?;
        head.extend_from_slice(&piece[..count]);
        if head.len() > MAX_HEAD {
            return None;
        }
    }
    let line = head.split(|byte| *byte == b'\r').next()?;
    let target = std::str::from_utf8(line).ok()?.strip_prefix("GET ")?;
    let target = target.split(' ').next()?.to_owned();
    target
        .starts_with('/')
        .then_some(BrowserRequest { stream, target })
}

fn no_port(error: std::io::Error) -> Error {
    Error::new(
        ErrorKind::Config,
        "cannot open a port of this machine for the browser's redirect",
    )
    .with_source(error)
}
