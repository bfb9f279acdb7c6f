//! One socket's end of the hub.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use parking_lot::Mutex;
use protocol::{CloseCode, ErrorCode, RoomId, RoomRef, Seq, limits};

use super::{ConnectionId, Mailbox, Published, mailbox::Item};
use crate::{Actor, Chat, Result, Session, events, rooms, sessions};

/// One live socket. Dropping it unregisters it.
pub struct Connection {
    chat: Chat,
    id: ConnectionId,
    session: Option<Session>,
    mailbox: Arc<Mailbox>,
    /// The subscribed rooms, with the last place that was delivered.
    delivered: Mutex<HashMap<RoomId, Seq>>,
}

/// What a socket has to do next.
#[derive(Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Write this encoded frame.
    Frame(Bytes),
    /// Close.
    Close(CloseCode),
}

/// A subscription, and what was missed before it.
#[derive(Debug)]
pub struct Subscription {
    /// The room.
    pub room: RoomId,
    /// Its slug.
    pub slug: String,
    /// Last place in its log.
    pub head: Seq,
    /// Too much was missed to be replayed.
    pub reset: bool,
    /// The encoded events that were missed.
    pub replay: Vec<Bytes>,
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
            return Ok(Self { chat, id, session: None, mailbox, delivered: Mutex::default() });
        };
        let claims = chat.tokens().verify(access_token)?;
        // Registered first, checked then: a session that is ended in between is either seen here or cut there.
        let id = chat.hub().register(mailbox.clone(), Some(claims.sid));
        let mut connection = Self { chat, id, session: None, mailbox, delivered: Mutex::default() };
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

    /// Delivers what happens in a room from now on, and returns what happened after `after`.
    ///
    /// Subscribe first, then read, then merge (G4): what is committed while the log is read waits in the mailbox, and what is in
    /// both is delivered once. Write the replay before asking for [`Self::next`].
    ///
    /// # Errors
    /// `not_found`, `not_a_member`, `too_large` with too many subscriptions, `unavailable`.
    pub async fn subscribe(&self, room: &RoomRef, after: Option<Seq>) -> Result<Subscription> {
        let room = rooms::load(&self.chat, self.actor(), room).await?;
        let known = self.delivered.lock().contains_key(&room.id);
        if !known && self.delivered.lock().len() >= limits::SUBSCRIPTIONS_MAX {
            return Err(ErrorCode::TooLarge.into());
        }
        self.chat.hub().subscribe(room.id, self.id, self.actor().user().ok());
        match self.catch_up(room.id, after).await {
            Ok(subscription) => {
                self.delivered.lock().insert(room.id, subscription.head);
                Ok(subscription)
            }
            Err(error) => {
                self.drop_room(room.id);
                Err(error)
            }
        }
    }

    /// Reads the room again now that the subscription stands: rights, head and log as of after it.
    async fn catch_up(&self, id: RoomId, after: Option<Seq>) -> Result<Subscription> {
        let room = rooms::load(&self.chat, self.actor(), &id.into()).await?;
        room.access.read()?;
        self.chat.hub().anchor(id, room.head);
        let missed = match after {
            Some(after) if after < room.head => events::since(&self.chat, id, after, room.head).await?,
            Some(after) if after > room.head => events::Missed::TooMuch,
            _ => events::Missed::Events(Vec::new()),
        };
        let (reset, replay) = match missed {
            events::Missed::Events(replay) => (false, replay),
            events::Missed::TooMuch => (true, Vec::new()),
        };
        Ok(Subscription { room: id, slug: room.slug, head: room.head, reset, replay })
    }

    /// Delivers a room no longer.
    ///
    /// # Errors
    /// `not_found` when there is no such room for this person, `unavailable`.
    pub async fn unsubscribe(&self, room: &RoomRef) -> Result<RoomId> {
        let id = rooms::load(&self.chat, self.actor(), room).await?.id;
        self.drop_room(id);
        Ok(id)
    }

    fn drop_room(&self, room: RoomId) {
        self.chat.hub().unsubscribe(room, self.id);
        self.delivered.lock().remove(&room);
    }

    /// Waits for what to do next. May be dropped and asked again.
    pub async fn next(&self) -> Delivery {
        loop {
            if let Some(delivery) = self.try_next() {
                return delivery;
            }
            self.mailbox.changed().await;
        }
    }

    /// What to do next, if there is something.
    pub fn try_next(&self) -> Option<Delivery> {
        loop {
            match self.mailbox.pop()? {
                Err(code) => return Some(Delivery::Close(code)),
                Ok(Item::Event(event)) => {
                    if let Some(frame) = self.take(event) {
                        return Some(Delivery::Frame(frame));
                    }
                }
                Ok(Item::Barred(room, frame)) => {
                    if self.delivered.lock().remove(&room).is_some() {
                        return Some(Delivery::Frame(frame));
                    }
                }
            }
        }
    }

    /// The event's frame, unless the replay had it already or the room is subscribed no longer.
    fn take(&self, event: Published) -> Option<Bytes> {
        let mut delivered = self.delivered.lock();
        let last = delivered.get_mut(&event.room)?;
        if event.seq <= *last {
            return None;
        }
        *last = event.seq;
        Some(event.frame)
    }

    /// Waits until this socket is to be closed: its reader is too slow, or its session was ended. For the time in which a write
    /// hangs and nobody asks for [`Self::next`].
    pub async fn closed(&self) -> CloseCode {
        loop {
            if let Some(code) = self.mailbox.closed() {
                return code;
            }
            self.mailbox.changed().await;
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.chat.hub().unregister(self.id);
    }
}
