//! Responses that a gateway delivers twice.

use super::*;
use caspio_core::Result;
use futures::StreamExt as _;
use server::read;
use std::sync::Mutex;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};

/// Sends a response, and before some of them the response before again.
#[derive(Default)]
struct Gateway {
    last: Mutex<Vec<u8>>,
    count: AtomicUsize,
}

impl Gateway {
    /// Responds with the number of the request as id and body; a request whose number is `doubled` first gets the
    /// response before.
    fn act(&self, doubled: impl Fn(usize) -> bool, id: impl Fn(usize) -> String) -> Act {
        let number = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        let header = match id(number) {
            id if id.is_empty() => id,
            id => format!("X-Caspio-Request-ID: {id}\r\n"),
        };
        let Act::Say(own) = response("200 OK", &header, format!("{{\"n\":{number}}}")) else {
            unreachable!("a response is sent");
        };
        let mut last = self.last.lock().expect("no panic");
        let before = std::mem::replace(&mut *last, own.clone());
        match doubled(number) {
            true => Act::Say([before, own].concat()),
            false => Act::Say(own),
        }
    }
}

async fn gateway(
    doubled: impl Fn(usize) -> bool + Send + Sync + 'static,
    id: impl Fn(usize) -> String + Send + Sync + 'static,
) -> Server {
    let gateway = Gateway::default();
    Server::start(move |_| gateway.act(&doubled, &id)).await
}

fn body(sent: Result<caspio_core::Response>) -> Result<String> {
    sent.map(|response| String::from_utf8_lossy(response.body()).into_owned())
}

#[tokio::test]
async fn insert_does_not_get_the_response_of_the_one_before() {
    let server = gateway(|number| number == 3, |number| format!("r-{number}")).await;
    let account = server.account();
    let transport = plain(&account);
    let insert = async || body(transport.send(post(&account)).await);

    assert_eq!(insert().await.expect("sent"), "{\"n\":1}");
    assert_eq!(insert().await.expect("sent"), "{\"n\":2}");
    let error = insert().await.expect_err("its response is lost");
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert!(error.maybe_applied() && !error.is_retryable(), "{error:?}");
    assert_eq!(server.connections(), 1);
    assert_eq!(insert().await.expect("sent"), "{\"n\":4}");
    assert_eq!(server.connections(), 2, "the connection is not used again");
}

#[tokio::test]
async fn read_whose_response_is_another_ones_is_repeated() {
    let server = gateway(|number| number == 3, |number| format!("r-{number}")).await;
    let account = server.account();
    let transport = plain(&account);
    let read = async || body(transport.send(get(&account)).await);

    for number in [1, 2, 4, 5] {
        let expected = format!("{{\"n\":{number}}}");
        assert_eq!(read().await.expect("read"), expected);
    }
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn response_to_a_token_request_is_not_that_of_a_call() {
    let requests = AtomicUsize::new(0);
    let token_id = "X-Caspio-Request-ID: token\r\n";
    let server = Server::start(move |request| {
        let number = requests.fetch_add(1, Ordering::SeqCst);
        let Act::Say(token) = response("200 OK", token_id, TOKEN) else {
            unreachable!("a response is sent");
        };
        let id = format!("X-Caspio-Request-ID: r-{number}\r\n");
        match (request.is_token_request(), number) {
            (true, _) => Act::Say(token),
            (false, 2) => Act::Say([token, b"HTTP/1.1 500 Own\r\n\r\n".to_vec()].concat()),
            (false, _) => response("200 OK", &id, format!("{{\"n\":{number}}}")),
        }
    })
    .await;
    let account = server.account();
    let transport = authorized(&account);
    let insert = async || body(transport.send(post(&account)).await);

    assert_eq!(insert().await.expect("sent"), "{\"n\":1}");
    assert!(insert().await.expect_err("lost").maybe_applied());
    assert_eq!(insert().await.expect("sent"), "{\"n\":3}");
}

/// What happens without the check, which needs ids.
#[tokio::test]
async fn without_ids_the_next_request_gets_a_response_that_comes_twice() {
    let server = gateway(|number| number == 3, |_| String::new()).await;
    let account = server.account();
    let transport = plain(&account);

    let mut bodies = Vec::new();
    for _ in 0..3 {
        bodies.push(body(transport.send(post(&account)).await).expect("sent"));
    }

    assert_eq!(bodies[1], bodies[2]);
}

#[tokio::test]
async fn constant_and_missing_ids_refuse_nothing() {
    for id in ["", "gateway"] {
        let server = gateway(|_| false, move |_| id.to_owned()).await;
        let account = server.account();
        let transport = plain(&account);

        for number in 1..20 {
            let sent = body(transport.send(post(&account)).await);
            assert_eq!(sent.expect("sent"), format!("{{\"n\":{number}}}"));
        }
        // A constant id may be that of a response that came twice, so its connection is not used again.
        let connections = if id.is_empty() { 1 } else { 2 };
        assert_eq!(server.connections(), connections);
    }
}

#[tokio::test]
async fn first_response_that_comes_twice_shifts_no_others() {
    let server = gateway(|number| number == 2, |number| format!("r-{number}")).await;
    let account = server.account();
    let transport = plain(&account);

    let mut bodies = Vec::new();
    for _ in 0..4 {
        bodies.push(body(transport.send(post(&account)).await).expect("sent"));
    }

    assert_eq!(bodies[2..], ["{\"n\":3}", "{\"n\":4}"]);
}

/// Responds with the body of each request. After some requests, the response before comes again, so that all later
/// responses over the connection are those of the requests before.
async fn shifting(mut stream: TcpStream, count: &AtomicUsize) -> Option<()> {
    let (mut buffer, mut last, mut is_shifted) = (Vec::new(), Vec::new(), false);
    loop {
        let request = read(&mut stream, &mut buffer).await?;
        let number = count.fetch_add(1, Ordering::SeqCst);
        let id = format!("X-Caspio-Request-ID: r-{number}\r\n");
        let Act::Say(own) = response("200 OK", &id, request.body) else {
            unreachable!("a response is sent");
        };
        is_shifted |= number % 20 == 19 && !last.is_empty();
        let sent = if is_shifted { &last } else { &own };
        stream.write_all(sent).await.ok()?;
        last = own;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_concurrent_insert_gets_the_response_of_another_one() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let count = Arc::new(AtomicUsize::new(0));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let count = Arc::clone(&count);
            tokio::spawn(async move { shifting(stream, &count).await });
        }
    });
    let account = Account::new(&format!("http://{address}")).expect("an account");
    let transport = plain(&account);

    let inserts = (0..500).map(|number| {
        let (transport, sent) = (transport.clone(), format!("{{\"n\":{number}}}"));
        let request = post(&account).json(sent.clone());
        async move { (body(transport.send(request).await), sent) }
    });
    let inserts = stream::iter(inserts).map(tokio::spawn).buffer_unordered(8);
    let results: Vec<_> = inserts
        .map(|joined| joined.expect("no panic"))
        .collect()
        .await;

    let (written, lost): (Vec<_>, Vec<_>) = results.iter().partition(|(result, _)| result.is_ok());
    for (result, sent) in written {
        assert_eq!(result.as_ref().expect("written"), sent);
    }
    assert!((1..=100).contains(&lost.len()), "{} are lost", lost.len());
    for (result, _) in lost {
        assert!(result.as_ref().expect_err("lost").maybe_applied());
    }
}
