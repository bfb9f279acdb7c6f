//! What lies below a layer, shared by all clones of it.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{extract::Request, routing::Route};
use tower::{Layer, Service, ServiceExt, util::Oneshot};

/// Puts what lies below it behind one count. Each layer of axum's is cloned with all that lies below it, twice for a request: without this,
/// the work grows with the square of the number of layers.
#[derive(Clone, Copy)]
pub(crate) struct Sharing;

/// What lies below.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Route<Infallible>>);

impl Layer<Route<Infallible>> for Sharing {
    type Service = Shared;

    fn layer(&self, route: Route<Infallible>) -> Shared {
        Shared(Arc::new(route))
    }
}

impl Service<Request> for Shared {
    type Response = <Route as Service<Request>>::Response;
    type Error = Infallible;
    type Future = Oneshot<Route, Request>;

    /// Routes are always ready.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        Route::clone(&self.0).oneshot(request)
    }
}
