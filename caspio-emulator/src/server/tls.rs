//! HTTPS: the same connections over TLS.

use super::connection::{ConnectionControl, ResettableListener, ResettableStream};
use crate::error::EmulatorError;
use crate::settings::TlsFiles;
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

/// A caller that takes longer for the handshake is disconnected.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Reads the files that HTTPS needs.
pub(crate) fn acceptor(files: &TlsFiles) -> Result<TlsAcceptor, EmulatorError> {
    let chain = CertificateDer::pem_file_iter(&files.certificates)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|source| unreadable("certificate", &files.certificates, source))?;
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|source| unreadable("private key", &files.key, source))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|source| unreadable("certificate", &files.certificates, source))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn unreadable(
    file: &str,
    path: &Path,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> EmulatorError {
    let message = format!("cannot use the {file} {}", path.display());
    EmulatorError::start(message, io::Error::other(source))
}

/// A TCP listener that returns connections after their handshake.
#[derive(Debug)]
pub(crate) struct TlsListener {
    address: SocketAddr,
    ready: mpsc::Receiver<(TlsStream<ResettableStream>, SocketAddr)>,
}

impl TlsListener {
    /// Starts accepting. Handshakes run concurrently, so that a slow one does not delay others.
    pub(crate) fn new(
        mut listener: ResettableListener,
        address: SocketAddr,
        acceptor: TlsAcceptor,
    ) -> Self {
        let (sender, ready) = mpsc::channel(64);
        tokio::spawn(async move {
            while !sender.is_closed() {
                let (stream, peer) = listener.accept().await;
                let (acceptor, sender) = (acceptor.clone(), sender.clone());
                tokio::spawn(async move {
                    if let Ok(Ok(stream)) = timeout(HANDSHAKE, acceptor.accept(stream)).await {
                        let _ = sender.send((stream, peer)).await;
                    }
                });
            }
        });
        Self { address, ready }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<ResettableStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        match self.ready.recv().await {
            Some(accepted) => accepted,
            // The accepting task runs as long as the runtime.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for ConnectionControl {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        stream.io().get_ref().0.control(*stream.remote_addr())
    }
}
