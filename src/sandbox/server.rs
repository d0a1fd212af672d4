//! A listener on loopback and its connections.
//!
//! The loop is ours and not the framework's for one reason: an answer marked as dropped must close its
//! connection without a byte, and that is only possible where the connection is served.

use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tower_service::Service as _;

use super::faults::Dropped;

/// An answer that the scenario withholds.
#[derive(Debug, thiserror::Error)]
#[error("the scenario closes the connection here")]
struct Withheld;

/// A bound listener.
#[derive(Debug)]
pub struct Listener {
    listener: TcpListener,
    address: SocketAddr,
}

/// A listener at work. Dropping it stops it too, without waiting.
#[derive(Debug)]
pub struct Serving {
    /// Its end is the sign to stop.
    open: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Listener {
    /// Binds a port of the loopback interface; 0 takes any.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn bind(port: u16) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// Where it listens, as `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves on the present runtime.
    pub fn serve(self, router: Router) -> Serving {
        let (open, closed) = oneshot::channel();
        Serving { open, task: tokio::spawn(accept(self.listener, router, closed)) }
    }
}

impl Serving {
    /// Stops, and waits until every connection is closed and all that it held is free.
    pub async fn stop(self) {
        drop(self.open);
        // A loop that panicked is stopped as well.
        self.task.await.unwrap_or_default();
    }
}

async fn accept(listener: TcpListener, router: Router, mut closed: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, router.clone()));
                }
                // Out of file descriptors: one that closes makes room.
                Err(_) => {
                    connections.join_next().await;
                }
            },
            Some(_) = connections.join_next() => {}
            _ = &mut closed => break,
        }
    }
    connections.shutdown().await;
}

async fn serve(stream: TcpStream, router: Router) {
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| answer(router.clone(), request));
    let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    // Clients hang up, and so do scenarios.
    connection.await.unwrap_or_default();
}

async fn answer(mut router: Router, request: hyper::Request<Incoming>) -> Result<Response, Withheld> {
    let Ok(response) = router.call(request.map(Body::new)).await;
    if response.extensions().get::<Dropped>().is_some() { Err(Withheld) } else { Ok(response) }
}
