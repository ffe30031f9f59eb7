//! The listening socket, with a way to reset a connection instead of responding.

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Resets the connection of a request from within its handler.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionControl {
    peer: SocketAddr,
    cut: Arc<AtomicBool>,
    /// Whether there is no connection: the request came from this process.
    is_direct: bool,
}

impl ConnectionControl {
    /// Returns the control of a request that came without a connection.
    pub(crate) fn direct() -> Self {
        Self {
            peer: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            cut: Arc::default(),
            is_direct: true,
        }
    }

    pub(crate) fn is_direct(&self) -> bool {
        self.is_direct
    }

    /// Makes the connection send a TCP reset instead of the next byte.
    pub(crate) fn reset(&self) {
        self.cut.store(true, Ordering::Release);
    }

    pub(crate) fn is_reset(&self) -> bool {
        self.cut.load(Ordering::Acquire)
    }

    pub(crate) fn is_loopback(&self) -> bool {
        self.peer.ip().is_loopback()
    }
}

impl Connected<IncomingStream<'_, ResettableListener>> for ConnectionControl {
    fn connect_info(stream: IncomingStream<'_, ResettableListener>) -> Self {
        stream.io().control(*stream.remote_addr())
    }
}

/// A TCP listener whose connections can be reset.
#[derive(Debug)]
pub(crate) struct ResettableListener(pub(crate) TcpListener);

impl Listener for ResettableListener {
    type Io = ResettableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (ResettableStream, SocketAddr) {
        loop {
            match self.0.accept().await {
                Ok((stream, peer)) => {
                    let _ = stream.set_nodelay(true);
                    let cut = Arc::default();
                    return (ResettableStream { stream, cut }, peer);
                }
                // Out of file handles: wait until some are closed.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// One accepted connection.
#[derive(Debug)]
pub(crate) struct ResettableStream {
    stream: TcpStream,
    cut: Arc<AtomicBool>,
}

impl ResettableStream {
    pub(crate) fn control(&self, peer: SocketAddr) -> ConnectionControl {
        ConnectionControl {
            peer,
            cut: Arc::clone(&self.cut),
            is_direct: false,
        }
    }

    fn check(&self) -> io::Result<()> {
        if self.cut.load(Ordering::Acquire) {
            let _ = self.stream.set_zero_linger();
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl AsyncRead for ResettableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for ResettableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }
}
