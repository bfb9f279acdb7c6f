//! `/ws`: one socket per tab or program, for all rooms. Here: who may open one, and how many there are.

mod command;
mod handshake;
mod listener;
mod socket;
mod transport;

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Query, Request, State},
    http::header,
    response::{IntoResponse, Response},
};
use protocol::{ErrorCode, limits};
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::{
    sync::{CancellationToken, WaitForCancellationFutureOwned},
    task::TaskTracker,
};

use self::socket::Socket;
use crate::{AppState, answers::Refusal};

/// How much of the sockets.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Sockets that are open at the same time.
    pub sockets: usize,
    /// Time without any frame from the client, after which its socket is closed.
    pub silence: Duration,
    /// Time for a close to get through to a client that does not read; also for its last frames when the server stops.
    pub goodbye: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { sockets: 20_000, silence: Duration::from_secs(limits::IDLE_SECONDS), goodbye: Duration::from_secs(10) }
    }
}

/// The open sockets of this process, and the word that ends them.
#[derive(Clone)]
pub struct Sockets {
    limits: Limits,
    places: Arc<Semaphore>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Sockets {
    /// None yet; `stop` ends them all.
    #[must_use]
    pub fn new(limits: Limits, stop: CancellationToken) -> Self {
        Self { limits, places: Arc::new(Semaphore::new(limits.sockets)), tasks: TaskTracker::new(), stop }
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Until the server is to stop.
    pub(crate) fn stopped(&self) -> WaitForCancellationFutureOwned {
        self.stop.clone().cancelled_owned()
    }

    /// Until every socket is closed.
    pub(crate) async fn drained(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn place(&self) -> Option<Place> {
        let permit = Arc::clone(&self.places).try_acquire_owned().ok()?;
        metrics::gauge!("snug_connections").increment(1);
        Some(Place { _permit: permit })
    }
}

/// The right to be one of the open sockets.
struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        metrics::gauge!("snug_connections").decrement(1);
    }
}

#[derive(Deserialize)]
struct Params {
    token: Option<String>,
}

/// Opens a socket. What is wrong with a token is said on the socket, since browsers cannot read a refused handshake.
pub(crate) async fn upgrade(State(state): State<AppState>, request: Request) -> Response {
    let headers = request.headers();
    // The browser opens sockets for any page and sends no cookie check along: without this, other sites could use a token they got.
    let origin = headers.get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or_default());
    if origin.is_some_and(|origin| !state.hosts.is_own_origin(origin, headers)) {
        return Refusal::from(ErrorCode::ForeignOrigin).into_response();
    }
    let Ok(Query(Params { token })) = Query::try_from_uri(request.uri()) else {
        return Refusal::from(ErrorCode::BadRequest).into_response();
    };
    let token = handshake::offered_token(headers).map(str::to_owned).or(token);
    let Some((answer, upgrade)) = handshake::accept(request) else {
        return Refusal::from(ErrorCode::BadRequest).into_response();
    };
    let place = state.sockets.place();
    // Counted from here on: a stop that comes before the task starts has to wait for it.
    let counted = state.sockets.tasks.token();
    tokio::spawn(async move {
        let _counted = counted;
        if let Some((stream, read)) = upgrade.done().await {
            Socket::new(&state.chat, stream, read).serve(token, place, &state.chat, &state.sockets).await;
        }
    });
    answer
}
