//! One socket's subscriptions: which rooms it hears, from which place on.

use std::{collections::HashMap, sync::Arc, time::Instant};

use hub::{ConnectionId, Frame, Mailbox, Refusal};
use parking_lot::Mutex;
use protocol::{EpochId, ErrorCode, RoomId, RoomRef, Seq, ServerFrame};

use super::pace::{Drops, Pace};
use crate::{
    Chat, Result, account_log, accounts,
    credentials::ProgramToken,
    log, marks,
    policy::{Action, Actor, Need, Scopes},
    rooms,
    sessions::{self, Session},
    throttle::Deed,
    tokens,
};

/// One live socket. Dropping it unregisters it.
///
/// What it hears and what it is answered stand in its mailbox, in the order in which they are to be written. What comes from the hub
/// is written by the hub; after everything that is called here, the mailbox is to be [flushed](Mailbox::flush).
pub struct Connection {
    pub(super) chat: Chat,
    pub(super) id: ConnectionId,
    session: Option<Session>,
    /// What the token is for that it was opened with.
    scopes: Scopes,
    /// Whether its person is here by it. A script in somebody's name is not they.
    appears: bool,
    /// The rooms that the token is for, by the addresses that they had then, where it is not for all.
    rooms: Option<HashMap<String, RoomId>>,
    pub(super) mailbox: Arc<Mailbox>,
    /// How often this person may say that they are typing.
    pub(super) typing: Mutex<Pace>,
    /// And that they have read something.
    reads: Mutex<Drops>,
}

impl Connection {
    /// Opens the connection of whoever holds this token, of a sign-in or of a program, or of a guest without one.
    ///
    /// # Errors
    /// `not_authenticated` when the token is wrong, expired, or was ended; `suspended`; `throttled`; `unavailable`.
    pub async fn open(chat: Chat, token: Option<&str>, mailbox: Arc<Mailbox>) -> Result<Self> {
        let Some(token) = token else {
            let id = chat.hub().register(mailbox.clone(), None);
            return Ok(Self::new(chat, id, mailbox));
        };
        if ProgramToken::is_one(token) {
            return Self::of_program(chat, token, mailbox).await;
        }
        let claims = chat.tokens().verify(token)?;
        chat.deeds().by(claims.sub, Deed::Connect)?;
        // Registered first, checked then: a session that is ended in between is either seen here or cut there.
        let id = chat.hub().register(mailbox.clone(), Some(claims.sid));
        let mut connection = Self::new(chat, id, mailbox);
        connection.session = Some(sessions::by_claims(&connection.chat, &claims).await?);
        Ok(connection)
    }

    async fn of_program(chat: Chat, token: &str, mailbox: Arc<Mailbox>) -> Result<Self> {
        let holder = tokens::holder(&chat, token).await?;
        chat.deeds().by(holder.session.user.id, Deed::Connect)?;
        let id = chat.hub().register(mailbox.clone(), Some(holder.session.id));
        let mut connection = Self::new(chat, id, mailbox);
        // Again, for the same reason.
        tokens::hold(&connection.chat, holder.session.id).await?;
        if let Some(rooms) = &holder.scopes.rooms {
            connection.chat.hub().confine(id);
            let rooms = rooms::known(&connection.chat, Some(&holder.session).into(), rooms.iter().copied()).await?;
            connection.rooms = Some(rooms.into_iter().map(|room| (room.slug, room.id)).collect());
        }
        connection.appears = holder.session.user.bot;
        (connection.session, connection.scopes) = (Some(holder.session), holder.scopes);
        Ok(connection)
    }

    fn new(chat: Chat, id: ConnectionId, mailbox: Arc<Mailbox>) -> Self {
        let (typing, reads) = Default::default();
        Self { chat, id, session: None, scopes: Scopes::ALL, appears: true, rooms: None, mailbox, typing, reads }
    }

    /// The room, if the token that the socket was opened with is for that there; one for some rooms names it by its id from here on.
    ///
    /// # Errors
    /// `not_allowed`; `not_found` for a room that it is not for.
    pub fn admit(&self, need: Need, room: RoomRef) -> std::result::Result<RoomRef, ErrorCode> {
        self.scopes.permit(need)?;
        let Some(rooms) = &self.rooms else { return Ok(room) };
        let id = match room {
            RoomRef::Id(id) => id,
            RoomRef::Slug(slug) => *rooms.get(&slug).ok_or(ErrorCode::NotFound)?,
        };
        self.scopes.permit_in(need, id)?;
        Ok(id.into())
    }

    /// Whether its token is for reading everything that its account may read.
    pub(super) fn hears_all(&self) -> bool {
        self.scopes.read && self.scopes.rooms.is_none()
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

    /// Says hello, by the id of the server's build. From then on the socket hears what is one's own on all devices, and what is new in one's
    /// rooms: a client that reads its list when it has heard this misses nothing.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn greet(&self, build: &str) -> Result<()> {
        let user = self.session.as_ref().map(|session| session.user.clone());
        let head = match &user {
            // What is one's own speaks of all one's rooms.
            Some(user) if self.hears_all() => Some(account_log::head(self.chat.db().read(), user.id).await?),
            _ => None,
        };
        let (follows, build, epoch) = (user.as_ref().map(|user| user.id).zip(head), build.to_owned(), Some(self.chat.epoch()));
        let (rev, unread) = (head.map(|head| head.rev), head.map(|head| head.unread));
        self.mailbox.enqueue(&ServerFrame::Hello { build, epoch, user, rev, unread });
        if let Some((user, head)) = follows {
            let hub = self.chat.hub();
            hub.follow(self.id, user, head.rev);
            if self.appears {
                hub.arrive(self.id, user, accounts::seen(self.chat.db().read(), user).await?);
            }
            let turn = hub.begin_watch(self.id);
            hub.watch(self.id, turn, marks::rooms_of(self.chat.db().read(), user).await?);
        }
        Ok(())
    }

    /// Says what is new to a client that was [greeted](Self::greet) and had come up to this place of its account's log: its alerts and its
    /// rooms are to be read anew.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn resume(&self, rev: i64) -> Result<()> {
        let Some(session) = self.session().filter(|_| self.hears_all()) else { return Ok(()) };
        let head = account_log::head(self.chat.db().read(), session.user.id).await?;
        if head.rev != rev {
            self.mailbox.enqueue(&ServerFrame::AlertsChanged { rev: head.rev, unread: head.unread });
            self.mailbox.enqueue(&ServerFrame::RoomsChanged { rev: head.rev });
        }
        Ok(())
    }

    /// This person has read a room up to a place. What comes too often is dropped without a word: clients say it while somebody reads.
    pub fn read(&self, room: RoomId, seq: Seq) {
        if let Some(session) = self.session()
            && self.scopes.permit_in(Need::Write, room).is_ok()
            && self.reads.lock().take(Instant::now())
        {
            self.chat.marks().note(session.user.id, room, seq);
        }
    }

    /// Delivers `subscribed`, what happened in a room after `after`, and what happens there from now on. A place of another epoch is not a
    /// place of this log: then the client begins anew. One of no epoch (earlier clients know none) counts as one of this.
    ///
    /// Subscribe first, then read, then merge (G4): what is committed while the log is read waits, and what is in both is delivered
    /// once. A replay is to be written before the client is listened to again: see [`Queue::Waiting`](hub::Queue::Waiting).
    ///
    /// # Errors
    /// `not_found`, `not_a_member`, `too_large` with too many subscriptions, `unavailable`.
    pub async fn subscribe(&self, room: &RoomRef, after: Option<Seq>, epoch: Option<EpochId>) -> Result<()> {
        let room = self.admit(Need::Read, room.clone())?;
        let rooms::Found { room, head, epoch: current, .. } = rooms::load(self.chat.db().read(), self.actor(), &room).await?;
        let id = room.id;
        let subscribed = self.chat.hub().subscribe(id, (current, head), self.id, self.actor().user().ok());
        subscribed.map_err(|refusal| match refusal {
            Refusal::Full => ErrorCode::TooLarge,
            Refusal::OtherEpoch => ErrorCode::Unavailable,
        })?;
        let is_foreign = epoch.is_some_and(|epoch| epoch != current);
        let joined = self.join(id, after, current, is_foreign).await;
        if joined.is_err() {
            self.chat.hub().unsubscribe(id, self.id);
        }
        joined
    }

    /// Reads the room again now that the subscription stands: rights, head and log as of after it.
    async fn join(&self, id: RoomId, after: Option<Seq>, epoch: EpochId, is_foreign: bool) -> Result<()> {
        let room = rooms::load(self.chat.db().read(), self.actor(), &id.into()).await?;
        room.access.permit(Action::Read)?;
        if room.epoch != epoch {
            return Err(ErrorCode::Unavailable.into());
        }
        let missed = match after {
            Some(_) if is_foreign => log::Missed::TooMuch,
            Some(after) if after < room.head => log::since(self.chat.db(), id, after, room.head).await?,
            Some(after) if after > room.head => log::Missed::TooMuch,
            _ => log::Missed::Events(Vec::new()),
        };
        let (reset, replay) = match missed {
            log::Missed::Events(replay) => (false, replay),
            log::Missed::TooMuch => (true, Vec::new()),
        };
        let subscribed =
            Frame::of(&ServerFrame::Subscribed { room: id, slug: room.room.slug, head: room.head, epoch: Some(epoch), reset });
        self.chat.hub().join(id, self.id, room.head, [vec![subscribed], replay].concat());
        Ok(())
    }

    /// Delivers a room no longer, and `unsubscribed` after the last of it.
    ///
    /// # Errors
    /// `not_found` when there is no such room for this person, `unavailable`.
    pub async fn unsubscribe(&self, room: &RoomRef) -> Result<()> {
        let room = self.admit(Need::Read, room.clone())?;
        let room = rooms::load(self.chat.db().read(), self.actor(), &room).await?.room.id;
        self.chat.hub().unsubscribe(room, self.id);
        self.mailbox.enqueue(&ServerFrame::Unsubscribed { room, again: false });
        Ok(())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.chat.hub().unregister(self.id);
    }
}
