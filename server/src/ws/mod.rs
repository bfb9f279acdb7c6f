//! `/ws`: one socket per tab or program, for all rooms; and streams of events, for whom proxies let no socket through. Both are one
//! [`Listener`] over another transport. Here: who may open one, and how many there are.

mod command;
mod counts;
mod cursor;
mod deeds;
mod dialect;
mod end;
mod handshake;
mod listener;
mod pipe;
mod posts;
mod reader;
mod said;
mod socket;
mod sockets;
pub(crate) mod streams;
mod transport;

use axum::{
    extract::{Query, Request, State},
    response::{IntoResponse, Response},
};
use chat::{Chat, Deed};
use futures::FutureExt;
use protocol::{CloseCode, ErrorCode};
use serde::Deserialize;
use tokio::time::timeout;
use tokio_util::task::task_tracker::TaskTrackerToken;

pub(crate) use self::cursor::Cursor;
pub use self::sockets::{Limits, Sockets};
pub(crate) use self::{
    dialect::{Dialect, Line, open},
    end::End,
};
use self::{handshake::Upgrade, listener::Listener, socket::Socket, sockets::Place};
use crate::{
    AppState,
    answers::Refusal,
    caller::{Client, bearer},
    security::has_own_origin,
};

#[derive(Deserialize)]
struct Params {
    token: Option<String>,
}

/// Opens a socket. What is wrong with a token is said on the socket, since browsers cannot read a refused handshake.
pub(crate) async fn upgrade(State(state): State<AppState>, request: Request) -> Response {
    let Ok(Query(Params { token })) = Query::try_from_uri(request.uri()) else {
        return Refusal::from(ErrorCode::BadRequest).into_response();
    };
    let headers = request.headers();
    let token = handshake::offered_token(headers).or(bearer(headers)).map(str::to_owned).or(token);
    // The browser opens sockets for any page and sends no cookie check along: without this, other sites could use a token they got.
    // Those that may use the API bring their own.
    let is_welcome = token.is_some() && state.cors.opens_sockets(request.headers());
    if !is_welcome && !has_own_origin(&request, &state.hosts) {
        return Refusal::from(ErrorCode::ForeignOrigin).into_response();
    }
    let Begun { answer, upgrade, place, counted } = match begin(&state, request) {
        Ok(begun) => begun,
        Err(refusal) => return refusal.into_response(),
    };
    let (chat, sockets) = (state.chat.clone(), state.sockets.clone());
    tokio::spawn(async move {
        let _counted = counted;
        let Some(mut socket) = upgrade.done(&chat).await else { return };
        // The place is free again when the socket has closed.
        let end = match &place {
            Some(place) => serve(&mut socket, token, place, &chat, &sockets).await,
            None => End::Close(CloseCode::Full),
        };
        // A client that does not read would hold up a stop, and its place, for ever.
        let _ = timeout(sockets.limits.goodbye, socket.close(end)).boxed().await;
    });
    answer
}

/// A socket that is about to be there.
struct Begun {
    answer: Response,
    upgrade: Upgrade,
    /// Where there is room for it.
    place: Option<Place>,
    counted: TaskTrackerToken,
}

/// Answers a request for a socket, whoever it is for.
fn begin(state: &AppState, request: Request) -> Result<Begun, Refusal> {
    // It would be closed at once; a proxy asks another node instead.
    if state.sockets.is_stopping() {
        return Err(ErrorCode::Unavailable.into());
    }
    let address = request.extensions().get::<Client>().ok_or(ErrorCode::Internal)?.address;
    // Refused as a request: a browser cannot read it, but a flood is not to cost a socket each.
    state.chat.admit(Deed::Connect, address)?;
    let (answer, upgrade) = handshake::accept(request).ok_or(ErrorCode::BadRequest)?;
    // Counted from here on: a stop that comes before the task starts has to wait for it.
    Ok(Begun { answer, upgrade, place: state.sockets.place(address), counted: state.sockets.counted() })
}

/// Serves whoever holds the token, or a guest, until either side ends the socket.
///
/// What happens once, the opening here and the close above, is in boxes: the task of a socket that does nothing would keep room for it.
async fn serve(socket: &mut Socket, token: Option<String>, place: &Place, chat: &Chat, sockets: &Sockets) -> End {
    let mut listener = match Listener::open(socket, token, place, chat, sockets).boxed().await {
        Ok(listener) => listener,
        Err(end) => return end,
    };
    listener.listen().await
}
