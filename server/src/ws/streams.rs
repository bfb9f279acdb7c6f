//! Streams of events: a socket for whom proxies let no WebSocket through. What the client says comes by requests that name the stream.

use std::{net::IpAddr, sync::Arc};

use axum::{
    body,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use chat::{Actor, Deed, subscriptions::Connection};
use futures::FutureExt;
use hub::Post;
use protocol::{ClientFrame, CloseCode, Error, ErrorCode, ServerFrame, SessionId};
use tokio::{sync::oneshot, time::timeout};
use uuid::Uuid;

use super::{
    cursor::Cursor,
    deeds,
    end::End,
    listener::Listener,
    pipe::{Body, Pipe},
    posts,
    socket::Socket,
};
use crate::{AppState, answers::Refusal, connections::Link};

/// Seconds after which somebody may try again who finds no place.
const FULL_SECONDS: u64 = 5;

/// Proxies are to pass each event on at once, and nobody is to keep it.
const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
];

/// Who asks for a stream or brings a frame for one.
pub(crate) struct From {
    /// Their session; none for a guest.
    pub(crate) session: Option<SessionId>,
    /// Where they are.
    pub(crate) address: IpAddr,
    /// The connection of their request.
    pub(crate) link: Option<Arc<Link>>,
}

/// Opens a stream, for whoever holds the token or a guest, that delivers these rooms. `cursor` is as far as the client has come.
///
/// # Errors
/// `not_authenticated`, `throttled`, `unavailable`.
pub(crate) async fn open(
    state: &AppState,
    from: From,
    token: Option<String>,
    rooms: Vec<ClientFrame>,
    cursor: Cursor,
) -> Result<Response, Refusal> {
    if state.sockets.is_stopping() {
        return Err(ErrorCode::Unavailable.into());
    }
    state.chat.admit(Deed::Connect, from.address)?;
    let place = state.sockets.place(from.address).ok_or_else(|| Error::throttled(FULL_SECONDS))?;
    let (name, rev) = (Uuid::now_v7(), cursor.rev);
    let pipe = Arc::new(Pipe::new(name, cursor));
    let (sender, receiver) = posts::channel();
    let named = state.chat.streams().enter(name, from.session, sender);
    let body = Body { pipe: pipe.clone(), link: from.link };
    let mut socket = Socket::of_events(&state.chat, pipe, (rooms, receiver), named);
    let (chat, sockets) = (state.chat.clone(), state.sockets.clone());
    let counted = sockets.counted();
    let (opened, opening) = oneshot::channel();
    tokio::spawn(async move {
        let _counted = counted;
        let listener = Listener::open(&mut socket, token, &place, &chat, &sockets).boxed().await;
        let end = match listener {
            Ok(mut listener) => match resume(listener.connection.clone(), rev).await {
                Ok(()) if opened.send(Ok(())).is_ok() => listener.listen().await,
                _ => End::Gone,
            },
            Err(end) => {
                let _ = opened.send(Err(end));
                return;
            }
        };
        let _ = timeout(sockets.limits.goodbye, socket.close(end)).boxed().await;
    });
    match opening.await {
        Ok(Ok(())) => {
            // Its place is that of a socket now: it is not one that only waits for a request.
            if let Some(link) = &body.link {
                link.become_socket();
            }
            Ok((HEADERS, body::Body::from_stream(body)).into_response())
        }
        Ok(Err(End::Refuse(error, _))) => Err(error.into()),
        Ok(Err(End::Close(CloseCode::Full))) => Err(Error::throttled(FULL_SECONDS).into()),
        Ok(Err(_)) | Err(_) => Err(ErrorCode::Unavailable.into()),
    }
}

/// Says what the client has missed of its account's log, if it knows a place in it.
async fn resume(connection: Arc<Connection>, rev: Option<i64>) -> chat::Result<()> {
    match rev {
        Some(rev) => connection.resume(rev).await,
        None => Ok(()),
    }
}

/// Does what a frame asks for on the stream of this name; answers as a socket would. Where another node has the stream, what needs none is done
/// here, and all else there.
///
/// # Errors
/// `not_found` when there is no such stream, `not_authenticated`, `unavailable`.
pub(crate) async fn post(
    state: &AppState,
    from: From,
    actor: Actor,
    stream: Option<Uuid>,
    frame: ClientFrame,
) -> Result<Option<ServerFrame>, Refusal> {
    let streams = state.chat.streams();
    if let Some(stream) = stream.and_then(|name| streams.find(name, from.session)) {
        let (answer, answered) = oneshot::channel();
        stream.send(Post { frame, answer }).await.map_err(|_| ErrorCode::Unavailable)?;
        return Ok(answered.await.map_err(|_| ErrorCode::Unavailable)?);
    }
    let is_for_guests = matches!(frame, ClientFrame::Subscribe { .. } | ClientFrame::Unsubscribe { .. } | ClientFrame::Ping);
    if from.session.is_none() && !is_for_guests {
        return Err(ErrorCode::NotAuthenticated.into());
    }
    match deeds::begin(&state.chat, actor, from.address, &Ok, frame) {
        Ok(answer) => Ok(Some(answer.await)),
        Err(frame) => {
            let name = stream.ok_or(ErrorCode::NotFound)?;
            // All nodes are asked for it: a stranger with made-up names would keep them busy.
            state.chat.admit(Deed::Connect, from.address)?;
            Ok(streams.call(name, from.session, &frame).await.ok_or(ErrorCode::NotFound)?)
        }
    }
}
