//! The server of tests/authserver, and a minimal browser.

use caspio_core::http::{HeaderValue, Request, StatusCode, header};
use caspio_core::{Body, HttpService as _, ReqwestService, Url};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running server; it stops when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: Url,
}

impl Server {
    /// Starts the server. Returns `None` and prints why if it is not installed and not required.
    pub(crate) fn start() -> Option<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/authserver");
        if !folder.join("node_modules/oidc-provider").exists() {
            let required = std::env::var_os("CASPIO_REQUIRE_AUTHSERVER").is_some();
            assert!(
                !required,
                "the authorization server is not installed: run tests/authserver/install"
            );
            eprintln!(
                "skipped: run tests/authserver/install to test against an authorization server"
            );
            return None;
        }
        let mut child = Command::new("node")
            .arg("server.mjs")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node");
        let output = child.stdout.take().expect("a pipe");
        let url = BufReader::new(output)
            .lines()
            .map(|line| line.expect("text"))
            .find_map(|line| Url::parse(&line).ok().filter(|url| url.scheme() == "http"))
            .expect("the server's URL");
        Some(Self { child, url })
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        self.url.join(path).expect("a path")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Follows redirects with cookies, as a browser does.
pub(crate) struct Browser {
    service: ReqwestService,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn new(server: &Server) -> Self {
        Self {
            service: ReqwestService::for_url(&server.url).expect("a service"),
            cookies: BTreeMap::new(),
        }
    }

    /// Opens a URL and follows redirects up to the redirect URI, which is returned and not opened.
    pub(crate) async fn open(&mut self, start: &Url, is_back: impl Fn(&Url) -> bool) -> Url {
        let mut url = start.clone();
        for _ in 0..12 {
            if is_back(&url) {
                return url;
            }
            let (status, next) = self.get(&url).await;
            assert!(status.is_redirection(), "{status} at {}", url.path());
            url = url.join(&next.expect("a location")).expect("a URL");
        }
        panic!("too many redirects");
    }

    pub(crate) async fn get(&mut self, url: &Url) -> (StatusCode, Option<String>) {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = url.as_str().parse().expect("a URL");
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let cookies = HeaderValue::try_from(cookies.join("; ")).expect("cookies");
        request.headers_mut().insert(header::COOKIE, cookies);
        let response = self.service.call(request).await.expect("a response");
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let pair = cookie
                .to_str()
                .expect("text")
                .split(';')
                .next()
                .expect("a pair");
            let (name, value) = pair.split_once('=').expect("a pair");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let location = response.headers().get(header::LOCATION);
        let location = location.map(|value| value.to_str().expect("text").to_owned());
        (response.status(), location)
    }
}
