//! Sockets on which another dialect than our own is spoken (`compat`). They hear through a mailbox of their own, as every socket does;
//! it leads into a translation and from there to the client.

use std::{
    convert::Infallible,
    io::{self, IoSlice},
    net::IpAddr,
    pin::Pin,
    sync::Arc,
};

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use chat::{
    Actor, Chat, Deed, Session,
    messages::{self, Outgoing, Sent},
    sessions,
    subscriptions::Connection,
};
use futures::FutureExt;
use hub::{Frame, Mailbox, Outlet, Queue};
use protocol::{CloseCode, ErrorCode, Event, RoomId, RoomRef, ServerFrame, UserId};
use serde_json::Value;
use tokio::time::{Instant, Sleep, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{Begun, begin, counts::Counted, deeds::hold_back, end::End, said::Said, socket::Socket, sockets::Sockets};
use crate::AppState;

/// What is said on a socket.
pub(crate) trait Dialect: Send + Sync + 'static {
    /// Lets the client in.
    ///
    /// # Errors
    /// How the socket ends where it may not come in.
    fn enter(&mut self, line: &mut Line) -> impl Future<Output = Result<(), End>> + Send;

    /// What a text of the client's is answered with; nothing where it is done.
    fn answer(&self, line: &Line, text: &str) -> impl Future<Output = Option<Value>> + Send;
}

/// Talks until either side ends it.
async fn talk(mut dialect: impl Dialect, line: &mut Line) -> Result<Infallible, End> {
    dialect.enter(line).await?;
    loop {
        let text = line.next().await?;
        if let Some(answer) = dialect.answer(line, &text).await {
            line.say(&answer);
        }
    }
}

/// Opens a socket for a dialect.
pub(crate) fn open(state: &AppState, request: Request, dialect: impl Dialect) -> Response {
    let Begun { answer, upgrade, place, counted } = match begin(state, request) {
        Ok(begun) => begun,
        Err(refusal) => return refusal.into_response(),
    };
    let (chat, sockets) = (state.chat.clone(), state.sockets.clone());
    tokio::spawn(async move {
        let _counted = counted;
        let Some(socket) = upgrade.done(&chat).await else { return };
        let goodbye = sockets.limits.goodbye;
        let silence = Box::pin(sleep(sockets.limits.silence));
        let address = place.as_ref().map(|place| place.address);
        let mut line = Line { chat, socket, sockets, silence, feed: None, account: None };
        let end = match address {
            Some(_) => {
                let Err(end) = talk(dialect, &mut line).await;
                end
            }
            None => End::Close(CloseCode::Full),
        };
        // Nothing is heard any more.
        line.feed = None;
        // A client that does not read would hold up a stop, and its place, for ever.
        let _ = timeout(goodbye, line.socket.close(end)).await;
        drop(place);
    });
    answer
}

/// A socket and what it hears.
pub(crate) struct Line {
    chat: Chat,
    socket: Socket,
    sockets: Sockets,
    /// Ends when nothing was received from the client for too long.
    silence: Pin<Box<Sleep>>,
    feed: Option<Feed>,
    /// One of the sockets that the account may have.
    account: Option<Counted<UserId>>,
}

/// What somebody hears.
struct Feed {
    connection: Connection,
    mailbox: Arc<Mailbox>,
    /// A room is not heard any more.
    lost: CancellationToken,
}

impl Line {
    /// Says something to the client.
    pub(crate) fn say(&self, what: &Value) {
        self.socket.mailbox.say(what.to_string());
    }

    /// Lets the client hear what this person may, or a guest: what the translation makes of events is said.
    ///
    /// # Errors
    /// How the socket has to end when it may not be opened.
    pub(crate) async fn connect(
        &mut self,
        session: Option<&Session>,
        translate: impl Fn(&Event) -> Option<Value> + Send + Sync + 'static,
    ) -> Result<(), End> {
        let unwelcome = |error: chat::Error| End::unwelcome(&error);
        let lost = CancellationToken::new();
        let outlet = Translator { to: self.socket.mailbox.clone(), translate: Box::new(translate), lost: lost.clone() };
        let mailbox = self.chat.mailbox(outlet);
        let grant = session.map(|session| sessions::grant(&self.chat, session)).transpose().map_err(unwelcome)?;
        let token = grant.as_ref().map(|grant| grant.access_token.as_str());
        let connection = Connection::open(self.chat.clone(), token, mailbox.clone()).await.map_err(unwelcome)?;
        if let Some(session) = connection.session() {
            self.account = Some(self.sockets.place_of(session.user.id).ok_or(End::Close(CloseCode::Full))?);
        }
        connection.greet(app::build_id()).await.map_err(unwelcome)?;
        self.feed = Some(Feed { connection, mailbox, lost });
        Ok(())
    }

    /// Lets the client hear one room, as [`connect`](Self::connect) and [`subscribe`](Self::subscribe).
    ///
    /// # Errors
    /// How the socket has to end when it may not be heard.
    pub(crate) async fn hear(
        &mut self,
        session: &Session,
        room: RoomId,
        translate: impl Fn(&Event) -> Option<Value> + Send + Sync + 'static,
    ) -> Result<(), End> {
        self.connect(Some(session), translate).await?;
        self.subscribe(&room.into()).await.map_err(|error| End::unwelcome(&error))
    }

    /// Lets it hear a room.
    pub(crate) async fn subscribe(&self, room: &RoomRef) -> chat::Result<()> {
        let feed = self.feed.as_ref().ok_or(ErrorCode::NotAuthenticated)?;
        feed.connection.subscribe(room, None, None).await?;
        feed.mailbox.flush();
        Ok(())
    }

    /// Who acts through it.
    pub(crate) fn actor(&self) -> Actor {
        self.feed.as_ref().map_or(Actor::Guest, |feed| feed.connection.actor())
    }

    /// Sends a message, as counted as every other.
    pub(crate) async fn send(&self, from: IpAddr, message: Outgoing) -> chat::Result<Sent> {
        let sent = match self.chat.admit(Deed::Send, from) {
            Ok(()) => messages::send(&self.chat, self.actor(), message).await,
            Err(error) => Err(error),
        };
        if let Err(error) = &sent {
            hold_back(error.public().code).await;
        }
        sent
    }

    /// The next text that the client says.
    ///
    /// # Errors
    /// How the socket ends when there is none.
    pub(crate) async fn next(&mut self) -> Result<String, End> {
        loop {
            let waits = match self.socket.mailbox.flush() {
                Queue::Empty => false,
                Queue::Waiting { .. } => true,
                Queue::Closed(code) => return Err(End::Close(code)),
                Queue::Broken => return Err(End::Gone),
            };
            if let Some(Queue::Closed(code)) = self.feed.as_ref().map(|feed| feed.mailbox.flush()) {
                return Err(End::Close(code));
            }
            let feed = self.feed.as_ref();
            tokio::select! {
                received = self.socket.reader.next(), if !waits => {
                    self.silence.as_mut().reset(Instant::now() + self.sockets.limits.silence);
                    if let Said::Text(text) = received? {
                        return Ok(text.as_str().to_owned());
                    }
                }
                () = self.socket.mailbox.news() => {}
                () = async { feed?.mailbox.news().await; Some(()) }.map(|_| ()), if feed.is_some() => {}
                () = async { feed?.lost.cancelled().await; Some(()) }.map(|_| ()), if feed.is_some() => {
                    return Err(End::Close(CloseCode::Restart));
                }
                () = self.socket.transport.writable(), if waits => {}
                () = &mut self.silence => return Err(End::Close(CloseCode::Silent)),
                () = self.sockets.stop.cancelled() => return Err(End::Close(CloseCode::Restart)),
            }
        }
    }
}

/// What is said of an event, if anything.
type Translate = Box<dyn Fn(&Event) -> Option<Value> + Send + Sync>;

/// The end of a mailbox that leads to a client by way of a translation.
struct Translator {
    to: Arc<Mailbox>,
    translate: Translate,
    lost: CancellationToken,
}

impl Translator {
    /// Passes one frame on.
    fn pass(&self, wire: &[u8]) {
        let Some(text) = Frame::read(wire) else {
            // A ping, which every client answers by itself.
            return self.to.control(wire);
        };
        match serde_json::from_slice(text) {
            Ok(ServerFrame::Event(event)) => {
                if let Some(said) = (self.translate)(&event) {
                    self.to.say(said.to_string());
                }
            }
            Ok(ServerFrame::Unsubscribed { .. }) => self.lost.cancel(),
            _ => {}
        }
    }
}

impl Outlet for Translator {
    /// Takes everything: what the client does not read waits in its own mailbox, which has a bound. So each piece is a whole frame.
    fn try_write(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        pieces.iter().for_each(|piece| self.pass(piece));
        Ok(pieces.iter().map(|piece| piece.len()).sum())
    }
}
