//! The emulator's own thread and runtime.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::oneshot;

use super::connection::{ConnectionControl, ResettableListener};
use super::service;
#[cfg(feature = "tls")]
use super::tls::{self, TlsListener};
use crate::app::App;
use crate::error::EmulatorError;
use crate::webhook;

/// A server that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Server {
    /// Binds `listen` and serves `app` from its own thread, so that a test's runtime may block or
    /// end at any time.
    pub(crate) async fn start(app: Arc<App>, listen: SocketAddr) -> Result<Self, EmulatorError> {
        let (stop, stopped) = oneshot::channel();
        let (ready, bound) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("caspio-emulator".into())
            .spawn(move || run(app, listen, ready, stopped))
            .map_err(|source| {
                EmulatorError::start("the emulator's thread did not start", source)
            })?;
        let address = bound.await.map_err(|_| EmulatorError::stopped())??;
        Ok(Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(
    app: Arc<App>,
    listen: SocketAddr,
    ready: oneshot::Sender<Result<SocketAddr, EmulatorError>>,
    stopped: oneshot::Receiver<()>,
) {
    let built = runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(16)
        .thread_name("caspio-emulator")
        .enable_all()
        .build();
    let runtime = match built {
        Ok(runtime) => runtime,
        Err(source) => {
            let _ = ready.send(Err(EmulatorError::start(
                "no runtime for the emulator",
                source,
            )));
            return;
        }
    };
    runtime.block_on(async {
        match bind(&app, listen).await {
            Ok((listening, address)) => {
                let _ = ready.send(Ok(address));
                serve(app, listening, stopped).await;
            }
            Err(error) => {
                let _ = ready.send(Err(error));
            }
        }
    });
    runtime.shutdown_background();
}

#[cfg_attr(
    not(feature = "tls"),
    expect(unused_variables, reason = "only TLS has settings")
)]
async fn bind(app: &App, listen: SocketAddr) -> Result<(Listening, SocketAddr), EmulatorError> {
    let failed = |source| EmulatorError::start(format!("cannot listen on {listen}"), source);
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let listener = ResettableListener(listener);
    #[cfg(feature = "tls")]
    if let Some(files) = &app.settings.tls {
        let acceptor = tls::acceptor(files)?;
        return Ok((
            Listening::Tls(TlsListener::new(listener, address, acceptor)),
            address,
        ));
    }
    Ok((Listening::Plain(listener), address))
}

/// A bound address, with or without TLS.
enum Listening {
    Plain(ResettableListener),
    #[cfg(feature = "tls")]
    Tls(TlsListener),
}

async fn serve(app: Arc<App>, listening: Listening, stopped: oneshot::Receiver<()>) {
    let deliveries = webhook::run(Arc::clone(&app));
    let requests = async {
        match listening {
            Listening::Plain(listener) => axum::serve(listener, router(app)).await,
            #[cfg(feature = "tls")]
            Listening::Tls(listener) => axum::serve(listener, router(app)).await,
        }
    };
    tokio::select! {
        _ = requests => {}
        () = deliveries => {}
        // The sender is dropped without a message if the owner is gone: stop in both cases.
        _ = stopped => {}
    }
}

fn router(app: Arc<App>) -> IntoMakeServiceWithConnectInfo<Router, ConnectionControl> {
    Router::new()
        .fallback(service::serve)
        .layer(DefaultBodyLimit::disable())
        .with_state(app)
        .into_make_service_with_connect_info()
}
