//! One socket, from hello to close: a single task that listens to the client, the hub, its own sends and the clock, and writes.

use std::{pin::Pin, time::Duration};

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use bytes::Bytes;
use chat::{
    Chat,
    hub::{Connection, Delivery},
};
use futures::{FutureExt, SinkExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use protocol::{CloseCode, Error, ErrorCode, ServerFrame, limits};
use tokio::time::{Instant, Sleep, sleep, timeout};
use tokio_tungstenite::tungstenite;
use tokio_util::sync::CancellationToken;

use super::{Limits, Place, Sockets};
use crate::answers::told;

/// Deliveries before the client is listened to again.
const BATCH: usize = 128;
/// "Message too big" (RFC 6455, 7.4.1).
const TOO_BIG: u16 = 1009;

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

/// An open socket.
pub(super) struct Socket<'a> {
    ws: &'a mut WebSocket,
    pub(super) chat: &'a Chat,
    pub(super) connection: Connection,
    /// Sends that wait for their commit.
    pub(super) sends: FuturesUnordered<BoxFuture<'static, ServerFrame>>,
    silence_max: Duration,
    /// Ends when nothing was heard from the client for too long.
    silence: Pin<Box<Sleep>>,
}

/// Serves a socket to its end. Its place is free again when it has closed.
pub(super) async fn serve(mut ws: WebSocket, visit: Result<(Connection, Place), End>, chat: &Chat, sockets: &Sockets) {
    let (end, _place) = match visit {
        Ok((connection, place)) => (converse(&mut ws, connection, chat, sockets).await, Some(place)),
        Err(end) => (end, None),
    };
    // A client that does not read would hold up a stop, and its place, for ever.
    let _ = timeout(sockets.limits.goodbye, part(&mut ws, end)).await;
}

async fn converse(ws: &mut WebSocket, connection: Connection, chat: &Chat, sockets: &Sockets) -> End {
    let Sockets { limits: Limits { silence: silence_max, goodbye, .. }, ref stop, .. } = *sockets;
    let user = connection.session().map(|session| session.user.clone());
    let silence = Box::pin(sleep(silence_max));
    let mut socket = Socket { ws, chat, connection, sends: FuturesUnordered::new(), silence_max, silence };
    let hello = ServerFrame::Hello { build: app::build_id().to_owned(), user };
    tokio::select! {
        end = socket.run(&hello, stop) => end,
        // It stops by itself, unless it waits for a client that does not read.
        () = stop.cancelled().then(|()| sleep(goodbye)) => End::Close(CloseCode::Restart),
    }
}

impl Socket<'_> {
    async fn run(&mut self, hello: &ServerFrame, stop: &CancellationToken) -> End {
        match self.write(hello).await {
            Ok(()) => self.listen(stop).await,
            Err(end) => end,
        }
    }

    async fn listen(&mut self, stop: &CancellationToken) -> End {
        loop {
            let may_send = self.sends.len() < limits::IN_FLIGHT_MAX;
            let step = tokio::select! {
                incoming = self.ws.recv(), if may_send => self.hear(incoming).await,
                delivery = self.connection.next() => self.deliver(delivery).await,
                Some(answer) = self.sends.next() => self.answer(answer).await,
                () = &mut self.silence => Err(End::Close(CloseCode::Silent)),
                () = stop.cancelled() => self.finish().await,
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn hear(&mut self, incoming: Option<Result<Message, axum::Error>>) -> Step {
        self.silence.as_mut().reset(Instant::now() + self.silence_max);
        match incoming {
            Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                Ok(frame) => self.obey(frame).await,
                Err(_) => Err(End::bad_frame()),
            },
            Some(Ok(Message::Binary(_))) => Err(End::bad_frame()),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(Message::Close(_))) | None => Err(End::Gone),
            Some(Err(error)) => Err(if is_too_big(error) { End::TooBig } else { End::Gone }),
        }
    }

    /// Writes what is due, up to a bound, and flushes once.
    async fn deliver(&mut self, first: Delivery) -> Step {
        self.take(first).await?;
        for _ in 1..BATCH {
            let Some(delivery) = self.connection.try_next() else { break };
            self.take(delivery).await?;
        }
        self.flush().await
    }

    async fn take(&mut self, delivery: Delivery) -> Step {
        match delivery {
            Delivery::Frame(frame) => self.feed(frame).await,
            Delivery::Close(code) => Err(End::Close(code)),
        }
    }

    async fn answer(&mut self, first: ServerFrame) -> Step {
        self.feed_frame(&first).await?;
        // One commit answers many sends at once.
        while let Some(Some(answer)) = self.sends.next().now_or_never() {
            self.feed_frame(&answer).await?;
        }
        self.flush().await
    }

    /// Finishes what was accepted (G8).
    async fn finish(&mut self) -> Step {
        while let Some(answer) = self.sends.next().await {
            self.feed_frame(&answer).await?;
        }
        self.flush().await?;
        Err(End::Close(CloseCode::Restart))
    }

    pub(super) async fn write(&mut self, frame: &ServerFrame) -> Step {
        self.feed_frame(frame).await?;
        self.flush().await
    }

    pub(super) async fn feed_frame(&mut self, frame: &ServerFrame) -> Step {
        self.feed_text(encode(frame)).await
    }

    /// Takes a frame that was encoded before, once for all its readers.
    pub(super) async fn feed(&mut self, frame: Bytes) -> Step {
        self.feed_text(Utf8Bytes::try_from(frame).map_err(|_| End::Gone)?).await
    }

    async fn feed_text(&mut self, text: Utf8Bytes) -> Step {
        unless_closed(&self.connection, self.ws.feed(Message::Text(text))).await
    }

    pub(super) async fn flush(&mut self) -> Step {
        unless_closed(&self.connection, self.ws.flush()).await
    }
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

fn encode(frame: &ServerFrame) -> Utf8Bytes {
    // Only maps with keys that are no strings, or a failing writer, make serialising fail; frames have neither.
    serde_json::to_string(frame).unwrap_or_default().into()
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
async fn part(ws: &mut WebSocket, end: End) -> Result<(), axum::Error> {
    let (code, reason) = match end {
        // Sends the answer to the client's own close.
        End::Gone => return ws.flush().await,
        End::TooBig => (TOO_BIG, "frame too big"),
        End::Close(code) => (code.number(), code.reason()),
        End::Refuse(error, code) => {
            let frame = ServerFrame::Error { client_id: None, room: None, error };
            ws.feed(Message::Text(encode(&frame))).await?;
            (code.number(), code.reason())
        }
    };
    ws.send(Message::Close(Some(CloseFrame { code, reason: Utf8Bytes::from_static(reason) }))).await?;
    while let Some(Ok(_)) = ws.recv().await {}
    Ok(())
}

fn is_too_big(error: axum::Error) -> bool {
    error.into_inner().downcast_ref().is_some_and(|error| matches!(error, tungstenite::Error::Capacity(_)))
}
