//! Several programs that share one token file.

use caspio_core::token::FileStore;
use caspio_core::{Account, ClientCredentials, OAuth2};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const URL: &str = "CASPIO_TEST_URL";
const FILE: &str = "CASPIO_TEST_FILE";

/// Counts token requests, and delays each response so that the other programs also send theirs.
fn token_endpoint() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let number = counted.fetch_add(1, Ordering::SeqCst) + 1;
            std::thread::spawn(move || response(stream.expect("a connection"), number));
        }
    });
    (url, count)
}

fn response(mut stream: TcpStream, number: usize) {
    let mut head = [0; 4096];
    let _ = stream.read(&mut head);
    std::thread::sleep(Duration::from_millis(300));
    let body = format!(r#"{{"access_token":"access-{number}","expires_in":3600}}"#);
    let length = body.len();
    let _ = write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
}

/// Not a test: the code that each of the programs runs.
#[tokio::test]
async fn one_program_among_others() {
    let (Ok(url), Ok(file)) = (std::env::var(URL), std::env::var(FILE)) else {
        return;
    };
    let account = Account::new(&url).expect("an account");
    let auth = OAuth2::for_account(&account, ClientCredentials::new("id", "secret"))
        .store(Arc::new(FileStore::new(file)))
        .build()
        .expect("settings");
    auth.token().await.expect("a token");
}

fn program(url: &str, file: &std::path::Path) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "processes::one_program_among_others"])
        .env(URL, url)
        .env(FILE, file)
        .stdout(Stdio::null())
        .spawn()
        .expect("a program")
}

#[test]
fn ten_programs_that_start_together_make_one_token_request() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    let (url, count) = token_endpoint();

    let programs: Vec<_> = (0..10).map(|_| program(&url, &file)).collect();
    for mut program in programs {
        assert!(program.wait().expect("an end").success());
    }

    assert_eq!(count.load(Ordering::SeqCst), 1);
}
