//! One socket, from hello to close. Two tasks share it: the [listener](super::listener) hears the client, and the speaker writes what
//! stands in the connection's queue. A delivery wakes the speaker alone.

use std::sync::Arc;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use bytes::Bytes;
use chat::{
    Chat,
    hub::{Connection, Delivery},
};
use futures::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use protocol::{CloseCode, Error, ErrorCode, ServerFrame};
use tokio::{
    task::{JoinError, JoinHandle},
    time::timeout,
};

use super::{Place, Sockets, listener::Listener};
use crate::answers::told;

/// Frames that are written before they are flushed.
const BATCH: usize = 128;
/// "Message too big" (RFC 6455, 7.4.1).
const TOO_BIG: u16 = 1009;

/// Where frames are written.
pub(super) type Outgoing = SplitSink<WebSocket, Message>;
/// Where frames are read.
pub(super) type Incoming = SplitStream<WebSocket>;

/// How a socket ends.
pub(super) enum End {
    /// The server closes it.
    Close(CloseCode),
    /// The server says what is wrong, then closes it.
    Refuse(Error, CloseCode),
    /// A frame was larger than the limit.
    TooBig,
    /// The client went away.
    Gone,
}

/// A step that may be the last.
pub(super) type Step = Result<(), End>;

/// The task that writes. It ends when the socket is to be closed, or when the connection is finished and everything is written.
pub(super) type Speaker = JoinHandle<(Outgoing, Option<End>)>;

/// Serves a socket to its end. Its place is free again when it has closed.
pub(super) async fn serve(ws: WebSocket, visit: Result<(Connection, Place), End>, chat: &Chat, sockets: &Sockets) {
    let (mut outgoing, mut incoming) = ws.split();
    let goodbye = sockets.limits.goodbye;
    let (connection, _place) = match visit {
        Ok((connection, place)) => (Arc::new(connection), place),
        Err(end) => {
            let _ = timeout(goodbye, part(&mut outgoing, &mut incoming, end)).await;
            return;
        }
    };
    let user = connection.session().map(|session| session.user.clone());
    connection.tell(&ServerFrame::Hello { build: app::build_id().to_owned(), user });
    let mut speaker = tokio::spawn(speak(outgoing, connection.clone()));
    let heard = Listener::new(chat, connection.clone(), sockets).listen(&mut incoming, &mut speaker).await;
    connection.finish();
    // A client that does not read would hold up a stop, and its place, for ever.
    let parted = timeout(goodbye, async {
        let (spoken, heard) = match heard {
            Heard::End(end) => ((&mut speaker).await, Some(end)),
            Heard::Spoken(spoken) => (spoken, None),
        };
        // What was accepted is answered before the socket closes (G8).
        let Ok((mut outgoing, end)) = spoken else { return };
        if let Some(end) = end.or(heard) {
            let _ = part(&mut outgoing, &mut incoming, end).await;
        }
    });
    if parted.await.is_err() {
        speaker.abort();
    }
}

/// What the listener heard last.
pub(super) enum Heard {
    /// The end came from this side.
    End(End),
    /// The speaker has ended.
    Spoken(Result<(Outgoing, Option<End>), JoinError>),
}

/// Writes what is due, up to a bound, and flushes once.
async fn speak(mut outgoing: Outgoing, connection: Arc<Connection>) -> (Outgoing, Option<End>) {
    loop {
        let mut due = Some(connection.next().await);
        let mut fed = 0;
        while let Some(delivery) = due {
            let step = match delivery {
                Delivery::Frame(frame) => feed(&mut outgoing, &connection, frame).await,
                Delivery::Close(code) => Err(End::Close(code)),
                Delivery::Finished => return (outgoing, None),
            };
            if let Err(end) = step {
                return (outgoing, Some(end));
            }
            fed += 1;
            due = if fed < BATCH { connection.try_next() } else { None };
        }
        if let Err(end) = unless_closed(&connection, outgoing.flush()).await {
            return (outgoing, Some(end));
        }
    }
}

/// Takes a frame that was encoded before, once for all its readers.
async fn feed(outgoing: &mut Outgoing, connection: &Connection, frame: Bytes) -> Step {
    let text = Utf8Bytes::try_from(frame).map_err(|_| End::Gone)?;
    unless_closed(connection, outgoing.feed(Message::Text(text))).await
}

/// A write hangs for as long as the client does not read. The hub ends that when too much waits behind it (G6), and when the session
/// was ended meanwhile (G9).
async fn unless_closed(connection: &Connection, write: impl Future<Output = Result<(), axum::Error>>) -> Step {
    tokio::select! {
        biased;
        written = write => written.map_err(|_| End::Gone),
        code = connection.closed() => Err(End::Close(code)),
    }
}

impl End {
    /// Something that is not in the protocol.
    pub(super) fn bad_frame() -> Self {
        Self::Refuse(ErrorCode::BadRequest.into(), CloseCode::BadFrame)
    }

    /// Somebody whose token is not good, or cannot be checked now.
    pub(super) fn unwelcome(error: chat::Error) -> Self {
        let error = told(&error);
        let code = if error.code == ErrorCode::NotAuthenticated { CloseCode::SignIn } else { CloseCode::Restart };
        Self::Refuse(error, code)
    }

    /// Something that guests may not do.
    pub(super) fn sign_in() -> Self {
        Self::Refuse(ErrorCode::NotAuthenticated.into(), CloseCode::SignIn)
    }
}

/// Says goodbye and waits until the client has read it: a socket that is dropped with unread data resets the connection, which can
/// overtake the close frame.
async fn part(outgoing: &mut Outgoing, incoming: &mut Incoming, end: End) -> Result<(), axum::Error> {
    let (code, reason) = match end {
        // Sends the answer to the client's own close.
        End::Gone => return outgoing.flush().await,
        End::TooBig => (TOO_BIG, "frame too big"),
        End::Close(code) => (code.number(), code.reason()),
        End::Refuse(error, code) => {
            let frame = ServerFrame::Error { client_id: None, room: None, error };
            // Only maps with keys that are no strings, or a failing writer, make serialising fail; frames have neither.
            let text = serde_json::to_string(&frame).unwrap_or_default();
            outgoing.feed(Message::Text(text.into())).await?;
            (code.number(), code.reason())
        }
    };
    outgoing.send(Message::Close(Some(CloseFrame { code, reason: Utf8Bytes::from_static(reason) }))).await?;
    while let Some(Ok(_)) = incoming.next().await {}
    Ok(())
}
