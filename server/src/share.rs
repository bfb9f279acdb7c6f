//! What those who come through a proxy have of the connections.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use protocol::Error;

use crate::{AppState, answers::Door, caller::Client};

/// Seconds after which somebody who has too much open may try again.
const RETRY_SECONDS: u64 = 5;

/// Counts the requests of each address behind a proxy, as connections are counted of those that come by themselves: the proxy's own
/// connections stand for many people. Sockets have a count of their own.
pub(crate) async fn share(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let behind_proxy = request.extensions().get::<Client>().filter(|client| !client.is_peer);
    let Some(address) = behind_proxy.map(|client| client.address).filter(|address| !state.proxies.include(*address)) else {
        return next.run(request).await;
    };
    let Some(share) = state.connections.share(address) else {
        return Door::of(&request).refuse(Error::throttled(RETRY_SECONDS));
    };
    let response = next.run(request).await;
    drop(share);
    response
}
