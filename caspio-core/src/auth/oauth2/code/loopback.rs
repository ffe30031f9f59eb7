//! A port of this machine that waits for the browser to come back (RFC 8252, 7.3).

use std::net::{IpAddr, Ipv4Addr};
use std::pin::pin;
use std::time::Duration;

use futures::future::{self, Either};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::error::Elapsed;
use url::{Host, Url};

use super::authorization::{Answer, Authorization};
use crate::http_client::is_loopback;
use crate::{Error, ErrorKind, Result};

const MAX_HEAD: usize = 16 * 1024;
const MAX_CONNECTIONS: usize = 32;
const READ_LIMIT: Duration = Duration::from_secs(10);

pub(super) struct Listener {
    listener: TcpListener,
    address: Url,
}

/// One request of the browser, or of anything else on this machine.
struct Visit {
    stream: TcpStream,
    target: String,
}

/// What happens at the port.
enum Event {
    Came(Result<TcpStream>),
    Spoke(Visit),
    Left,
}

impl Listener {
    /// Opens the port of the address, or any free one.
    pub(super) async fn bind(wanted: Option<&Url>) -> Result<Self> {
        if wanted.is_some_and(|wanted| !is_loopback(wanted) || wanted.scheme() != "http") {
            let message = "the browser can come back to http on this machine only";
            return Err(Error::new(ErrorKind::Config, message)
                .with_hint("for a server use authorize_url and exchange"));
        }
        let port = wanted.and_then(Url::port).unwrap_or(0);
        let host = match wanted.and_then(Url::host) {
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            _ => IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        let bound = TcpListener::bind((host, port)).await;
        let listener = bound.map_err(no_port)?;
        let mut address = match wanted {
            Some(wanted) => wanted.clone(),
            None => Url::parse("http://127.0.0.1/callback").expect("a valid address"),
        };
        let port = listener.local_addr().map_err(no_port)?.port();
        let _ = address.set_port(Some(port));
        Ok(Self { listener, address })
    }

    pub(super) fn address(&self) -> &Url {
        &self.address
    }

    /// The address the browser came back to. Whatever else comes is answered and let go: a browser that
    /// connects ahead and says nothing, an icon, an answer with a foreign state.
    pub(super) async fn wait(self, authorization: &Authorization) -> Result<Url> {
        let mut visits = JoinSet::new();
        loop {
            match self.next(&mut visits).await {
                Event::Came(stream) => {
                    visits.spawn(tokio::time::timeout(READ_LIMIT, read(stream?)));
                }
                Event::Spoke(visit) => {
                    if let Some(redirected) = self.receive(visit, authorization).await {
                        return Ok(redirected);
                    }
                }
                Event::Left => {}
            }
        }
    }

    async fn next(&self, visits: &mut JoinSet<Result<Option<Visit>, Elapsed>>) -> Event {
        let is_full = visits.len() >= MAX_CONNECTIONS;
        let came = async {
            match is_full {
                true => future::pending().await,
                false => self.listener.accept().await,
            }
        };
        let spoke = async {
            match visits.join_next().await {
                Some(visit) => visit,
                None => future::pending().await,
            }
        };
        match future::select(pin!(came), pin!(spoke)).await {
            Either::Left((came, _)) => Event::Came(came.map(|(stream, _)| stream).map_err(no_port)),
            Either::Right((Ok(Ok(Some(visit))), _)) => Event::Spoke(visit),
            Either::Right(_) => Event::Left,
        }
    }

    async fn receive(&self, visit: Visit, authorization: &Authorization) -> Option<Url> {
        let redirected = self.address.join(&visit.target).ok();
        let redirected = redirected.filter(|url| {
            url.origin() == self.address.origin() && url.path() == self.address.path()
        });
        let Some(redirected) = redirected else {
            visit.say("404 Not Found", "There is nothing here.").await;
            return None;
        };
        match authorization.read(&redirected) {
            Answer::Foreign => {
                visit
                    .say(
                        "400 Bad Request",
                        "This is not the answer that is waited for.",
                    )
                    .await;
                return None;
            }
            Answer::Refused(_) => {
                visit
                    .say("200 OK", "Not authorized. You can close this window.")
                    .await
            }
            Answer::Code(_) => {
                visit
                    .say("200 OK", "Authorized. You can close this window.")
                    .await
            }
        }
        Some(redirected)
    }
}

impl Visit {
    async fn say(mut self, status: &str, text: &str) {
        let page =
            format!("<!doctype html><meta charset=\"utf-8\"><title>{text}</title><p>{text}</p>\n");
        let length = page.len();
        let answer = format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {length}\r\n\
             cache-control: no-store\r\nreferrer-policy: no-referrer\r\nconnection: close\r\n\r\n{page}"
        );
        let say = async {
            let _ = self.stream.write_all(answer.as_bytes()).await;
            let _ = self.stream.shutdown().await;
        };
        // Whoever does not listen is not waited for.
        let _ = tokio::time::timeout(Duration::from_secs(2), say).await;
    }
}

/// The target of one GET; `None` for anything else.
async fn read(mut stream: TcpStream) -> Option<Visit> {
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
    target.starts_with('/').then_some(Visit { stream, target })
}

fn no_port(error: std::io::Error) -> Error {
    Error::new(
        ErrorKind::Config,
        "no port of this machine can wait for the browser",
    )
    .with_source(error)
}
