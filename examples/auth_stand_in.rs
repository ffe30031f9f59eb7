//! A service on this machine that stands in for a real one, and a browser that says yes, so that the examples of
//! authentication run with no account.
#![allow(dead_code, reason = "each example uses a part")]

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use caspio_core::auth::Authenticate;
use caspio_core::{Operation, Request, Result, Transport, Url};

/// A request as the service got it.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) url: Url,
    headers: HashMap<String, String>,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The fields of a form, or of the address where there is none.
    pub(crate) fn fields(&self) -> HashMap<String, String> {
        let mut form = self.url.clone();
        if self.method == "POST" {
            form.set_query(Some(&self.body));
        }
        form.query_pairs().into_owned().collect()
    }
}

/// What the service says.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    status: u16,
    headers: String,
    body: String,
}

impl Said {
    pub(crate) fn new(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            headers: String::new(),
            body: body.into(),
        }
    }

    pub(crate) fn header(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.headers.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    pub(crate) fn redirect(to: &Url) -> Self {
        Self::new(302, "").header("location", to)
    }
}

/// Starts the service on a free port; it lives as long as the program.
pub(crate) fn start(
    answer: impl Fn(&Asked) -> Said + Send + Sync + 'static,
) -> std::io::Result<Url> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://{}/", listener.local_addr()?);
    let address = Url::parse(&address).map_err(std::io::Error::other)?;
    let (base, answer) = (address.clone(), Arc::new(answer));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (base, answer) = (base.clone(), Arc::clone(&answer));
            std::thread::spawn(move || serve(stream, &base, &*answer));
        }
    });
    Ok(address)
}

fn serve(mut stream: TcpStream, base: &Url, answer: &dyn Fn(&Asked) -> Said) -> Option<()> {
    while let Some(asked) = read(&mut stream, base) {
        let Said {
            status,
            headers,
            body,
        } = answer(&asked);
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 {status} -\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        )
        .ok()?;
        if asked.header("connection") == "close" {
            break;
        }
    }
    Some(())
}

fn read(stream: &mut TcpStream, base: &Url) -> Option<Asked> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?);
    let headers: HashMap<_, _> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers
        .get("content-length")
        .and_then(|text| text.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    Some(Asked {
        method,
        url: base.join(target).ok()?,
        headers,
        body: String::from_utf8(body).ok()?,
    })
}

/// Goes to an address and wherever it is sent, as a browser does whose person says yes. Returns the last address.
pub(crate) fn browse(start: &Url) -> std::io::Result<Url> {
    let mut url = start.clone();
    while url.host_str() == Some("127.0.0.1") {
        let mut stream = TcpStream::connect(("127.0.0.1", url.port().unwrap_or(80)))?;
        let (path, query) = (url.path(), url.query().unwrap_or_default());
        write!(
            stream,
            "GET {path}?{query} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let location = answer
            .lines()
            .find_map(|line| line.strip_prefix("location: "));
        match location.and_then(|text| url.join(text).ok()) {
            Some(next) => url = next,
            None => break,
        }
    }
    Ok(url)
}

/// Sends one request with a scheme's credentials, and returns the answer's text.
pub(crate) async fn call(
    service: &Url,
    auth: impl Authenticate + 'static,
    request: impl FnOnce(Url, Operation) -> Request,
) -> Result<String> {
    let transport = Transport::builder()
        .origin(service)
        .auth(Arc::new(auth))
        .build()?;
    let answer = transport
        .send(request(service.clone(), Operation::new("example")))
        .await?;
    Ok(String::from_utf8_lossy(answer.body()).into_owned())
}
