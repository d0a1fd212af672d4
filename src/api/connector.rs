//! Connecting, with a point behind it: TCP and TLS stand, and no byte of the request has left.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tower_layer::Layer;
use tower_service::Service;

use crate::failpoint::{self, Point};

/// Lets every connection pass [`Point::Connected`].
#[derive(Clone, Copy)]
pub(super) struct Passing;

impl<S> Layer<S> for Passing {
    type Service = Connecting<S>;

    fn layer(&self, inner: S) -> Connecting<S> {
        Connecting { inner }
    }
}

/// What connects, and then passes the point.
#[derive(Clone)]
pub(super) struct Connecting<S> {
    inner: S,
}

impl<S, Address> Service<Address> for Connecting<S>
where
    S: Service<Address, Error = Box<dyn Error + Send + Sync>>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, address: Address) -> Self::Future {
        let connecting = self.inner.call(address);
        Box::pin(async move {
            let connection = connecting.await?;
            failpoint::pass(Point::Connected)?;
            Ok(connection)
        })
    }
}
