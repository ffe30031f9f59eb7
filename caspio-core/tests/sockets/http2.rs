//! Requests that a server ends by the means of HTTP/2.

use super::*;
use caspio_core::RateLimiter;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;

const NO_ERROR: u32 = 0;
const REFUSED_STREAM: u32 = 7;
const CANCEL: u32 = 8;

/// What the server does with a complete request.
#[derive(Clone, Copy, Debug)]
enum End {
    Reset(u32),
    /// Shuts down, with the last stream that it processes: this one, or none.
    GoAway {
        processed: bool,
    },
    Close,
}

struct Http2 {
    account: Account,
    certificate: String,
    requests: Arc<AtomicUsize>,
}

impl Http2 {
    /// Starts a server that ends the first request like this, and accepts all later ones.
    async fn start(end: End) -> Self {
        let names = vec!["localhost".to_owned()];
        let signed = rcgen::generate_simple_self_signed(names).expect("a certificate");
        let key = PrivatePkcs8KeyDer::from(signed.signing_key.serialize_der());
        let certificates = vec![signed.cert.der().clone()];
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(certificates, PrivateKeyDer::Pkcs8(key));
        let mut config = config.expect("a certificate with its key");
        config.alpn_protocols = vec![b"h2".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let requests = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, seen) = (acceptor.clone(), Arc::clone(&seen));
                tokio::spawn(async move {
                    let stream = acceptor.accept(stream).await.ok()?;
                    serve(stream, end, &seen).await
                });
            }
        });
        let account = Account::new(&format!("https://localhost:{port}")).expect("an account");
        Self {
            account,
            certificate: signed.cert.pem(),
            requests,
        }
    }

    fn transport(&self, policy: RetryPolicy, limiter: RateLimiter) -> Transport {
        let service = ReqwestService::builder()
            .account(&self.account)
            .root_certificate_pem(self.certificate.clone())
            .only_given_certificates()
            .build();
        Transport::builder()
            .account(&self.account)
            .service(Arc::new(service.expect("a service")))
            .retry(policy)
            .rate_limiter(limiter)
            .build()
            .expect("a transport")
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("short").to_be_bytes();
    let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
    [&head, payload].concat()
}

/// Speaks as much HTTP/2 as is needed; `None` at the end of the connection.
async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    end: End,
    requests: &AtomicUsize,
) -> Option<()> {
    let mut preface = [0; 24];
    stream.read_exact(&mut preface).await.ok()?;
    let mut out = frame(SETTINGS, 0, 0, &[]);
    loop {
        stream.write_all(&out).await.ok()?;
        stream.flush().await.ok()?;
        let mut head = [0; 9];
        stream.read_exact(&mut head).await.ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        stream.read_exact(&mut payload).await.ok()?;
        let (kind, flags) = (head[3], head[4]);
        let id = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        let is_complete = matches!(kind, DATA | HEADERS) && flags & 1 == 1;
        out = match (kind, is_complete) {
            (SETTINGS, _) if flags & 1 == 0 => frame(SETTINGS, 1, 0, &[]),
            (_, false) => Vec::new(),
            (_, true) if requests.fetch_add(1, Ordering::SeqCst) > 0 => {
                // The status 200 is the eighth entry of the static table.
                frame(HEADERS, 5, id, &[0x88])
            }
            (_, true) => match end {
                End::Reset(code) => frame(RST_STREAM, 0, id, &code.to_be_bytes()),
                End::GoAway { processed } => {
                    let last = if processed { id } else { 0 };
                    let payload = [last.to_be_bytes(), NO_ERROR.to_be_bytes()].concat();
                    stream
                        .write_all(&frame(GOAWAY, 0, 0, &payload))
                        .await
                        .ok()?;
                    return stream.shutdown().await.ok();
                }
                End::Close => return stream.shutdown().await.ok(),
            },
        };
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_request_is_sent_and_counted_by_the_transport() {
    let server = Http2::start(End::Reset(REFUSED_STREAM)).await;
    let limiter = RateLimiter::unlimited().limit(1, Duration::from_secs(60));
    let transport = server.transport(RetryPolicy::none(), limiter);

    let error = fails(&transport, post(&server.account)).await;

    assert_eq!((server.requests(), error.attempts()), (1, 1), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::Connect);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn insert_is_repeated_only_if_the_server_did_not_process_it() {
    for (end, is_repeated) in [
        (End::Reset(REFUSED_STREAM), true),
        (End::GoAway { processed: false }, true),
        (End::GoAway { processed: true }, false),
        (End::Reset(CANCEL), false),
        (End::Close, false),
    ] {
        let server = Http2::start(end).await;
        let transport = server.transport(RetryPolicy::default(), RateLimiter::unlimited());

        let sent = transport.send(post(&server.account)).await;

        match sent {
            Ok(response) => assert!(is_repeated && response.attempts() == 2, "{end:?}"),
            Err(error) => assert!(!is_repeated && error.maybe_applied(), "{end:?}: {error:?}"),
        }
        assert_eq!(server.requests(), 1 + usize::from(is_repeated), "{end:?}");
    }
}
