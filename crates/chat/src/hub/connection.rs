//! One socket's end of the hub.

use std::sync::Arc;

use bytes::Bytes;
use protocol::{CloseCode, ErrorCode, RoomId, RoomRef, Seq, ServerFrame};

use super::{ConnectionId, Mailbox, encode, mailbox::End};
use crate::{Actor, Chat, Result, Session, events, rooms, sessions};

/// One live socket. Dropping it unregisters it.
///
/// What it hears and what it is answered stand in one queue, in the order in which they are to be written.
pub struct Connection {
    chat: Chat,
    id: ConnectionId,
    session: Option<Session>,
    mailbox: Arc<Mailbox>,
}

/// What a socket has to do next.
#[derive(Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Write this encoded frame.
    Frame(Bytes),
    /// Close.
    Close(CloseCode),
    /// Everything is written, and [`Connection::finish`] was called.
    Finished,
}

impl Connection {
    /// Opens the connection of whoever holds this access token, or of a guest without one.
    ///
    /// # Errors
    /// `not_authenticated` when the token is wrong, expired, or its session was ended.
    pub(crate) async fn open(chat: Chat, access_token: Option<&str>) -> Result<Self> {
        let mailbox = Arc::new(Mailbox::new(chat.limits().mailbox_bytes));
        let Some(access_token) = access_token else {
            let id = chat.hub().register(mailbox.clone(), None);
            return Ok(Self { chat, id, session: None, mailbox });
        };
        let claims = chat.tokens().verify(access_token)?;
        // Registered first, checked then: a session that is ended in between is either seen here or cut there.
        let id = chat.hub().register(mailbox.clone(), Some(claims.sid));
        let mut connection = Self { chat, id, session: None, mailbox };
        connection.session = Some(sessions::by_claims(&connection.chat, &claims).await?);
        Ok(connection)
    }

    /// Whose socket it is; nobody's for a guest.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// Who acts through this socket.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.session().into()
    }

    /// Delivers `subscribed`, what happened in a room after `after`, and what happens there from now on.
    ///
    /// Subscribe first, then read, then merge (G4): what is committed while the log is read waits, and what is in both is delivered
    /// once. A replay is to be written before the client is listened to again: see [`Self::is_replaying`].
    ///
    /// # Errors
    /// `not_found`, `not_a_member`, `too_large` with too many subscriptions, `unavailable`.
    pub async fn subscribe(&self, room: &RoomRef, after: Option<Seq>) -> Result<()> {
        let rooms::Found { id, head, .. } = rooms::load(&self.chat, self.actor(), room).await?;
        if !self.chat.hub().subscribe(id, head, self.id, self.actor().user().ok()) {
            return Err(ErrorCode::TooLarge.into());
        }
        let joined = self.join(id, after).await;
        if joined.is_err() {
            self.chat.hub().unsubscribe(id, self.id);
        }
        joined
    }

    /// Reads the room again now that the subscription stands: rights, head and log as of after it.
    async fn join(&self, id: RoomId, after: Option<Seq>) -> Result<()> {
        let room = rooms::load(&self.chat, self.actor(), &id.into()).await?;
        room.access.read()?;
        let missed = match after {
            Some(after) if after < room.head => events::since(&self.chat, id, after, room.head).await?,
            Some(after) if after > room.head => events::Missed::TooMuch,
            _ => events::Missed::Events(Vec::new()),
        };
        let (reset, replay) = match missed {
            events::Missed::Events(replay) => (false, replay),
            events::Missed::TooMuch => (true, Vec::new()),
        };
        let subscribed = encode(&ServerFrame::Subscribed { room: id, slug: room.slug, head: room.head, reset });
        self.chat.hub().join(id, self.id, room.head, [vec![subscribed], replay].concat());
        Ok(())
    }

    /// Delivers a room no longer, and `unsubscribed` after the last of it.
    ///
    /// # Errors
    /// `not_found` when there is no such room for this person, `unavailable`.
    pub async fn unsubscribe(&self, room: &RoomRef) -> Result<()> {
        let room = rooms::load(&self.chat, self.actor(), room).await?.id;
        self.chat.hub().unsubscribe(room, self.id);
        self.tell(&ServerFrame::Unsubscribed { room });
        Ok(())
    }

    /// Delivers a frame to this socket alone.
    pub fn tell(&self, frame: &ServerFrame) {
        self.mailbox.push([encode(frame)]);
    }

    /// Delivers nothing more; what is queued is still to be written.
    pub fn finish(&self) {
        self.mailbox.finish();
    }

    /// Waits for what to do next. May be dropped and asked again, by one task at a time.
    pub async fn next(&self) -> Delivery {
        delivery(self.mailbox.next().await)
    }

    /// What to do next, if there is something.
    #[must_use]
    pub fn try_next(&self) -> Option<Delivery> {
        self.mailbox.pop().map(delivery)
    }

    /// Waits until this socket is to be closed: its reader is too slow, or its session was ended. For the time in which a write
    /// hangs and nobody asks for [`Self::next`].
    pub async fn closed(&self) -> CloseCode {
        self.mailbox.closed().await
    }

    /// Whether a replay waits to be written. A client that asks for one after the other without reading them would make the server
    /// hold them all (G6): it is not to be listened to meanwhile.
    #[must_use]
    pub fn is_replaying(&self) -> bool {
        self.mailbox.is_replaying()
    }

    /// Waits until no replay is left to be written.
    pub async fn replayed(&self) {
        self.mailbox.replayed().await;
    }
}

fn delivery(next: std::result::Result<Bytes, End>) -> Delivery {
    match next {
        Ok(frame) => Delivery::Frame(frame),
        Err(End::Closed(code)) => Delivery::Close(code),
        Err(End::Finished) => Delivery::Finished,
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.chat.hub().unregister(self.id);
    }
}
