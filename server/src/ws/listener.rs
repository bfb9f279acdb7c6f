//! What a connection hears: the client, the answers to its sends, the clock, and the word to stop.

use std::{net::IpAddr, pin::Pin, sync::Arc, time::Duration};

use chat::{Chat, subscriptions::Connection};
use futures::{
    FutureExt, StreamExt,
    future::{BoxFuture, Fuse, FusedFuture},
    stream::FuturesUnordered,
};
use hub::Queue;
use protocol::{CloseCode, RoomRef, ServerFrame, UserId, limits};
use tokio::time::{Instant, Sleep, sleep};
use tokio_util::sync::CancellationToken;

use super::{
    counts::Counted,
    end::{End, Step},
    said::{Reply, Said},
    socket::Socket,
    sockets::{Place, Sockets},
};

/// What a listener needs between two frames.
pub(super) struct Listener<'a> {
    pub(super) chat: &'a Chat,
    pub(super) connection: Arc<Connection>,
    pub(super) socket: &'a mut Socket,
    /// What reads the database goes on beside everything else: frames are written meanwhile, and the end is seen. The client is received
    /// again when it has been done.
    pub(super) asked: Fuse<BoxFuture<'static, (RoomRef, Reply, chat::Result<()>)>>,
    /// That the client is typing. Nobody waits for it; it is dropped for the next one, and for the message itself.
    pub(super) hint: Fuse<BoxFuture<'static, chat::Result<()>>>,
    /// Sends that wait for their commit.
    pub(super) sends: FuturesUnordered<BoxFuture<'static, (Reply, ServerFrame)>>,
    /// Where the client is.
    pub(super) address: IpAddr,
    /// One of the sockets that the account may have.
    _account: Option<Counted<UserId>>,
    stop: &'a CancellationToken,
    silence_max: Duration,
    /// Ends when nothing was received from the client for too long.
    silence: Pin<Box<Sleep>>,
}

impl<'a> Listener<'a> {
    /// Opens the connection of whoever holds the token, or of a guest, and greets them.
    ///
    /// # Errors
    /// How the socket has to end when it may not be opened.
    pub(super) async fn open(
        socket: &'a mut Socket,
        token: Option<String>,
        place: &Place,
        chat: &'a Chat,
        sockets: &'a Sockets,
    ) -> Result<Self, End> {
        let connection = Connection::open(chat.clone(), token.as_deref(), socket.mailbox.clone()).await;
        let connection = connection.map_err(|error| End::unwelcome(&error))?;
        let user = connection.session().map(|session| session.user.id);
        let account = match user {
            Some(user) => Some(sockets.place_of(user).ok_or(End::Close(CloseCode::Full))?),
            None => None,
        };
        connection.greet(app::build_id()).await.map_err(|error| End::unwelcome(&error))?;
        let silence_max = sockets.limits.silence;
        Ok(Self {
            chat,
            connection: Arc::new(connection),
            socket,
            asked: Fuse::terminated(),
            hint: Fuse::terminated(),
            sends: FuturesUnordered::new(),
            address: place.address,
            _account: account,
            stop: &sockets.stop,
            silence_max,
            silence: Box::pin(sleep(silence_max)),
        })
    }

    /// Listens until either side ends the socket.
    pub(super) async fn listen(&mut self) -> End {
        loop {
            // What was said since the last time is written at once; what the socket does not take, as soon as it does.
            let (waits, replaying) = match self.socket.mailbox.flush() {
                Queue::Empty => (false, false),
                Queue::Waiting { replaying } => (true, replaying),
                Queue::Closed(code) => return End::Close(code),
                Queue::Broken => return End::Gone,
            };
            // One replay at a time, and so many sends: a client cannot make the server hold more for it (G6).
            let may_ask = !replaying && self.asked.is_terminated() && self.sends.len() < limits::IN_FLIGHT_MAX;
            let step = tokio::select! {
                received = self.socket.reader.next(), if may_ask => self.receive(received),
                (room, reply, done) = &mut self.asked => self.or_refuse(room, reply, done),
                _ = &mut self.hint => Ok(()),
                () = self.socket.mailbox.news() => Ok(()),
                () = self.socket.transport.writable(), if waits => Ok(()),
                Some(answer) = self.sends.next() => {
                    self.answer(answer);
                    Ok(())
                }
                () = &mut self.silence, if self.socket.transport.is_heard() => Err(End::Close(CloseCode::Silent)),
                () = self.stop.cancelled() => break,
            };
            if let Err(end) = step {
                return end;
            }
        }
        // What was accepted is finished (G8).
        while let Some((reply, answer)) = self.sends.next().await {
            self.give(reply, answer);
        }
        End::Close(CloseCode::Restart)
    }

    fn receive(&mut self, received: Result<Said, End>) -> Step {
        self.silence.as_mut().reset(Instant::now() + self.silence_max);
        match received? {
            Said::Text(text) => match serde_json::from_str(&text) {
                Ok(frame) => self.handle(frame, Reply::default()),
                Err(_) => self.refuse(&text),
            },
            Said::Frame(frame, reply) => self.handle(frame, reply),
            Said::Nothing => Ok(()),
        }
    }

    fn answer(&mut self, (reply, first): (Reply, ServerFrame)) {
        self.give(reply, first);
        // One commit answers many sends at once.
        while let Some(Some((reply, answer))) = self.sends.next().now_or_never() {
            self.give(reply, answer);
        }
    }
}
