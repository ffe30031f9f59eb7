//! A proxy that holds some requests back, and sends them on also if the program that sent them has ended.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long requests that are on their way take at most.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// A proxy; its threads end with the test program.
pub(crate) struct SlowProxy {
    url: String,
    held: Arc<Held>,
}

/// The requests that are held back.
#[derive(Default)]
struct Held {
    count: AtomicUsize,
    /// The connections whose requests are not answered yet.
    open: AtomicUsize,
    released: AtomicBool,
    exchanges: Mutex<Vec<Exchange>>,
}

/// A request that was answered.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    /// Its method and its URL.
    pub(crate) line: String,
    pub(crate) arrived: Instant,
    pub(crate) answered: Instant,
}

impl SlowProxy {
    /// Starts a proxy that holds requests back whose line contains a word, and answers them at once with a response, if
    /// there is one.
    pub(crate) fn start(target: &str, word: &'static str, response: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let target = target.trim_start_matches("http://").to_owned();
        let held = Arc::new(Held::default());
        let shared = Arc::clone(&held);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (target, held) = (target.clone(), Arc::clone(&shared));
                held.open.fetch_add(1, Ordering::SeqCst);
                std::thread::spawn(move || {
                    forward(stream, &target, word, response, &held);
                    held.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { url, held }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// How many requests were held back so far.
    pub(crate) fn held(&self) -> usize {
        self.held.count.load(Ordering::SeqCst)
    }

    /// The requests that were answered so far.
    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        let exchanges = self.held.exchanges.lock();
        exchanges.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sends on what was held back, and holds nothing back any more.
    pub(crate) fn release(&self) {
        self.held.released.store(true, Ordering::SeqCst);
    }

    /// Waits until all requests of a program that has ended are answered.
    pub(crate) fn settle(&self) {
        let started = Instant::now();
        while self.held.open.load(Ordering::SeqCst) > 0 && started.elapsed() < LONGEST_WAIT {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Forwards one request, after which the connection is closed.
fn forward(stream: TcpStream, target: &str, word: &str, response: Option<&str>, held: &Held) {
    let mut reader = BufReader::new(&stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let lower = line.to_lowercase();
        if let Some(text) = lower.strip_prefix("content-length:") {
            length = text.trim().parse().expect("a length");
        }
        if line == "\r\n" {
            break;
        }
        if !lower.starts_with("connection:") {
            head.push_str(&line);
        }
    }
    let arrived = Instant::now();
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    if head.lines().next().is_some_and(|line| line.contains(word)) {
        let is_held = !held.released.load(Ordering::SeqCst);
        held.count.fetch_add(1, Ordering::SeqCst);
        if let Some(response) = response.filter(|_| is_held) {
            let _ = (&stream).write_all(response.as_bytes());
            let _ = stream.shutdown(std::net::Shutdown::Write);
        }
        while !held.released.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    let mut server = TcpStream::connect(target).expect("the emulator");
    let request = format!("{head}connection: close\r\n\r\n");
    server.write_all(request.as_bytes()).expect("sent");
    server.write_all(&body).expect("sent");
    let mut response = Vec::new();
    let _ = server.read_to_end(&mut response);
    let exchange = Exchange {
        line: head.lines().next().unwrap_or_default().to_owned(),
        arrived,
        answered: Instant::now(),
    };
    let exchanges = held.exchanges.lock();
    exchanges
        .unwrap_or_else(PoisonError::into_inner)
        .push(exchange);
    let _ = (&stream).write_all(&response);
}
