//! From a request to a socket: the HTTP half of RFC 6455 (section 4.2).

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, header::SEC_WEBSOCKET_PROTOCOL},
    response::Response,
};
use chat::Chat;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use protocol::{BEARER_PREFIX, SUBPROTOCOL};
use tungstenite::handshake::server::create_response_with_body;

use super::socket::Socket;
use crate::connections::Stream;

/// The answer to a request for a socket, and the socket that is there when the answer is written. `None` when it is no such request.
pub(super) fn accept(mut request: Request) -> Option<(Response, Upgrade)> {
    let upgrade = request.extensions_mut().remove::<OnUpgrade>()?;
    let mut answer = create_response_with_body(&request, Body::empty).ok()?;
    if offers(request.headers()).any(|offer| offer == SUBPROTOCOL) {
        answer.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    }
    Some((answer, Upgrade(upgrade)))
}

/// A socket that is still busy with HTTP.
pub(super) struct Upgrade(OnUpgrade);

impl Upgrade {
    /// The socket. `None` when the client went away.
    pub(super) async fn done(self, chat: &Chat) -> Option<Socket> {
        let upgraded = self.0.await.inspect_err(|error| tracing::debug!(%error, "no socket after all")).ok()?;
        let parts = upgraded.downcast::<TokioIo<Stream>>().ok()?;
        let (tcp, place) = parts.io.into_inner().into_socket();
        Some(Socket::new(chat, tcp, place, parts.read_buf))
    }
}

/// The JWT among the offered subprotocols: the only header that browsers let a page choose.
pub(super) fn offered_token(headers: &HeaderMap) -> Option<&str> {
    offers(headers).find_map(|offer| offer.strip_prefix(BEARER_PREFIX))
}

fn offers(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}
