//! A mock service on this machine, and a browser whose user consents, so that the examples of authentication run
//! without an account.

use caspio_core::auth::Authenticate;
use caspio_core::{Operation, Request, Result, Transport, Url};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

/// A request that the service received.
#[derive(Clone, Debug)]
pub struct MockRequest {
    /// `GET`, `POST`, ..
    pub method: String,
    /// The URL, with the query.
    pub url: Url,
    headers: HashMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

impl MockRequest {
    /// Returns a header, or an empty text. `name` is in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Returns the body as text.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// Returns the fields of a form, or those of the URL if it is not a POST.
    #[must_use]
    pub fn fields(&self) -> HashMap<String, String> {
        let mut form = self.url.clone();
        if self.method == "POST" {
            form.set_query(Some(&self.text()));
        }
        form.query_pairs().into_owned().collect()
    }
}

/// A response of the service, with a JSON body.
#[derive(Clone, Debug)]
pub struct MockResponse {
    status: u16,
    headers: String,
    body: String,
}

impl MockResponse {
    /// Creates a response with a status and a body.
    pub fn new(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            headers: String::new(),
            body: body.into(),
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.headers.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    /// Creates a redirect.
    #[must_use]
    pub fn redirect(to: &Url) -> Self {
        Self::new(302, "").header("location", to)
    }
}

/// Starts the service on a free port and returns its URL; it runs until the program ends.
///
/// # Errors
///
/// No port is free.
pub fn start(
    respond: impl Fn(&MockRequest) -> MockResponse + Send + Sync + 'static,
) -> std::io::Result<Url> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/", listener.local_addr()?);
    let url = Url::parse(&url).map_err(std::io::Error::other)?;
    let (base, respond) = (url.clone(), Arc::new(respond));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (base, respond) = (base.clone(), Arc::clone(&respond));
            std::thread::spawn(move || serve(stream, &base, &*respond));
        }
    });
    Ok(url)
}

/// Serves one connection until it is closed; `None` if it breaks.
fn serve(
    mut stream: TcpStream,
    base: &Url,
    respond: &dyn Fn(&MockRequest) -> MockResponse,
) -> Option<()> {
    while let Some(request) = read(&mut stream, base) {
        let MockResponse {
            status,
            headers,
            body,
        } = respond(&request);
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 {status} -\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        )
        .ok()?;
        if request.header("connection") == "close" {
            break;
        }
    }
    Some(())
}

fn read(stream: &mut TcpStream, base: &Url) -> Option<MockRequest> {
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
    Some(MockRequest {
        method,
        url: base.join(target).ok()?,
        headers,
        body,
    })
}

/// Follows redirects from a URL, as the browser of a consenting user does. Returns the last URL.
///
/// # Errors
///
/// A page cannot be loaded.
pub fn browse(start: &Url) -> std::io::Result<Url> {
    let mut url = start.clone();
    while url.host_str() == Some("127.0.0.1") {
        let mut stream = TcpStream::connect(("127.0.0.1", url.port().unwrap_or(80)))?;
        let (path, query) = (url.path(), url.query().unwrap_or_default());
        write!(
            stream,
            "GET {path}?{query} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n"
        )?;
        let mut response = String::new();
        stream.read_to_string(&mut response)?;
        let location = response
            .lines()
            .find_map(|line| line.strip_prefix("location: "));
        match location.and_then(|text| url.join(text).ok()) {
            Some(next) => url = next,
            None => break,
        }
    }
    Ok(url)
}

/// Sends one request with a scheme's credentials and returns the text of the response.
///
/// # Errors
///
/// The scheme has no credentials, or the service cannot be reached.
pub async fn call(
    service: &Url,
    auth: impl Authenticate + 'static,
    request: impl FnOnce(Url, Operation) -> Request,
) -> Result<String> {
    let transport = Transport::builder()
        .origin(service)
        .auth(Arc::new(auth))
        .build()?;
    let response = transport
        .send(request(service.clone(), Operation::new("example")))
        .await?;
    Ok(String::from_utf8_lossy(response.body()).into_owned())
}
