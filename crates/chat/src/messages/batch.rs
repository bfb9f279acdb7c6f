//! Sends: many in one transaction, with two trips to the database. One reads all that a decision needs, the other writes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use protocol::{Body, Change, ClientId, ErrorCode, Event, MessageId, NewMessage, RoomId, RoomRef, Seq, User, UserId, Visibility};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, QueryResult, Statement, Value, prelude::Uuid};

use crate::{
    Error, Result,
    db::{
        Sql,
        entity::{membership, room},
        now,
    },
    log,
    policy::{Access, Actor},
    writer::{SharedWork, Transaction},
};

/// A message to be stored.
pub(super) struct Send {
    pub(super) author: UserId,
    pub(super) room: RoomRef,
    pub(super) client_id: ClientId,
    pub(super) body: Body,
}

/// A message that is committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Where to.
    pub room: RoomId,
    /// The room's slug.
    pub slug: String,
    /// The message.
    pub message: MessageId,
    /// Its place in the room's log.
    pub seq: Seq,
    /// When it was taken, in unix milliseconds.
    pub at: i64,
}

impl SharedWork for Send {
    type Answer = Sent;

    fn bytes(&self) -> usize {
        self.body.as_str().len()
    }

    async fn run_all(sends: &[Self], transaction: &mut Transaction) -> Result<Vec<Result<Sent>>> {
        let known = Known::load(transaction, sends).await?;
        let mut batch = Batch::default();
        let outcomes: Vec<_> = sends.iter().map(|send| batch.admit(&known, send)).collect();
        let events = batch.write(transaction);
        let verdict = |outcome| match outcome {
            Outcome::Earlier(sent) => sent,
            Outcome::New(index) => batch.messages[index].sent(&events[index]),
        };
        Ok(outcomes.into_iter().map(|outcome| Ok(outcome.map(verdict)?)).collect())
    }
}

/// What the database knows about a batch as its transaction begins.
struct Known {
    rooms: HashMap<RoomId, Seat>,
    members: HashMap<(RoomId, UserId), Seat>,
    earlier: HashMap<(UserId, ClientId), Earlier>,
}

/// A room and, where one of the authors is a member, the author.
#[derive(Clone, FromQueryResult)]
struct Seat {
    id: Uuid,
    slug: String,
    visibility: room::Visibility,
    last_seq: i64,
    user_id: Option<Uuid>,
    role: Option<membership::Role>,
    username: Option<String>,
    name: Option<String>,
}

/// A message that is stored already.
#[derive(FromQueryResult)]
struct Earlier {
    id: Uuid,
    room_id: Uuid,
    seq: i64,
    author_id: Uuid,
    client_id: Uuid,
    body: String,
    created_at: i64,
}

impl Seat {
    fn author(&self) -> Option<User> {
        Some(User { id: UserId(self.user_id?), username: self.username.clone()?, name: self.name.clone()? })
    }

    fn is_of(&self, name: &RoomRef) -> bool {
        match name {
            RoomRef::Id(id) => self.id == id.0,
            RoomRef::Slug(slug) => self.slug == *slug,
        }
    }
}

impl Known {
    async fn load(transaction: &Transaction, sends: &[Send]) -> Result<Self> {
        let backend = transaction.get_database_backend();
        let results = transaction.query_each(vec![Self::seats(backend, sends), Self::earlier(backend, sends)]).await?;
        let [seats, earlier] = <[_; 2]>::try_from(results).map_err(|_| Error::internal("not an answer to each question"))?;
        let (mut rooms, mut members) = (HashMap::new(), HashMap::new());
        for seat in models::<Seat>(&seats)? {
            if let Some(user) = seat.user_id {
                members.insert((RoomId(seat.id), UserId(user)), seat.clone());
            }
            rooms.insert(RoomId(seat.id), seat);
        }
        let earlier = models::<Earlier>(&earlier)?;
        let earlier = earlier.into_iter().map(|row| ((UserId(row.author_id), ClientId(row.client_id)), row)).collect();
        Ok(Self { rooms, members, earlier })
    }

    /// The rooms that are written to, and the authors among their members. On PostgreSQL the rooms are locked, in the order of their
    /// ids, so that two nodes cannot wait for each other; SQLite has one writer anyway.
    fn seats(backend: DbBackend, sends: &[Send]) -> Statement {
        let authors: BTreeSet<_> = sends.iter().map(|send| send.author).collect();
        let (mut ids, mut slugs) = (BTreeSet::new(), BTreeSet::new());
        for send in sends {
            match &send.room {
                RoomRef::Id(id) => _ = ids.insert(*id),
                RoomRef::Slug(slug) => _ = slugs.insert(slug.as_str()),
            }
        }
        Sql::new(backend, "SELECT r.id, r.slug, r.visibility, r.last_seq, m.user_id, m.role, u.username, u.name FROM rooms r ")
            .text("LEFT JOIN memberships m ON m.room_id = r.id AND m.user_id IN ")
            .list(authors.into_iter().map(|id| id.0.into()))
            .text(" LEFT JOIN users u ON u.id = m.user_id WHERE r.id IN ")
            .list(ids.into_iter().map(|id| id.0.into()))
            .text(" OR r.slug IN ")
            .list(slugs.into_iter().map(Into::into))
            .text(" ORDER BY r.id")
            .postgres(" FOR UPDATE OF r")
            .done()
    }

    /// What is stored under these client ids.
    fn earlier(backend: DbBackend, sends: &[Send]) -> Statement {
        let authors: BTreeSet<_> = sends.iter().map(|send| send.author).collect();
        Sql::new(backend, "SELECT id, room_id, seq, author_id, client_id, body, created_at FROM messages WHERE author_id IN ")
            .list(authors.into_iter().map(|id| id.0.into()))
            .text(" AND client_id IN ")
            .list(sends.iter().map(|send| send.client_id.0.into()))
            .done()
    }

    fn room(&self, name: &RoomRef) -> Option<&Seat> {
        match name {
            RoomRef::Id(id) => self.rooms.get(id),
            RoomRef::Slug(_) => self.rooms.values().find(|room| room.is_of(name)),
        }
    }

    /// The room through its author's membership, and the author; or the reason why nothing is stored.
    fn writable(&self, send: &Send) -> std::result::Result<(&Seat, User), ErrorCode> {
        let room = self.room(&send.room).ok_or(ErrorCode::NotFound)?;
        let seat = self.members.get(&(RoomId(room.id), send.author));
        let role = seat.and_then(|seat| seat.role).map(Into::into);
        Access::new(room.visibility.into(), Actor::User(send.author), role).write()?;
        Ok((room, seat.and_then(Seat::author).ok_or(ErrorCode::NotAMember)?))
    }

    /// The first result of a send that is repeated (G2). It is given even to an author who has left the room since.
    fn repeated(&self, send: &Send) -> Option<std::result::Result<Sent, ErrorCode>> {
        let stored = self.earlier.get(&(send.author, send.client_id))?;
        let room = self.rooms.get(&RoomId(stored.room_id));
        let same = room.filter(|room| room.is_of(&send.room) && stored.body == send.body.as_str());
        Some(same.ok_or(ErrorCode::Conflict).map(|room| Sent {
            room: RoomId(room.id),
            slug: room.slug.clone(),
            message: MessageId(stored.id),
            seq: Seq(stored.seq),
            at: stored.created_at,
        }))
    }
}

fn models<M: FromQueryResult>(rows: &[QueryResult]) -> std::result::Result<Vec<M>, DbErr> {
    rows.iter().map(|row| M::from_query_result(row, "")).collect()
}

enum Outcome {
    /// Stored by a transaction before this one.
    Earlier(Sent),
    /// The n-th new message of this batch.
    New(usize),
}

/// The new messages of a batch, in the order of arrival.
#[derive(Default)]
struct Batch {
    messages: Vec<New>,
    index: HashMap<(UserId, ClientId), usize>,
    /// The last place of each room, with those that are taken here.
    heads: BTreeMap<RoomId, Seq>,
}

struct New {
    id: MessageId,
    room: RoomId,
    seq: Seq,
    slug: String,
    visibility: Visibility,
    author: User,
    client_id: ClientId,
    body: Body,
}

impl Batch {
    fn admit(&mut self, known: &Known, send: &Send) -> std::result::Result<Outcome, ErrorCode> {
        if let Some(verdict) = known.repeated(send) {
            return verdict.map(Outcome::Earlier);
        }
        let (room, author) = known.writable(send)?;
        let key = (send.author, send.client_id);
        if let Some(&index) = self.index.get(&key) {
            let twin = &self.messages[index];
            let same = twin.room.0 == room.id && twin.body == send.body;
            return if same { Ok(Outcome::New(index)) } else { Err(ErrorCode::Conflict) };
        }
        let head = self.heads.entry(RoomId(room.id)).or_insert(Seq(room.last_seq));
        *head = head.next();
        self.index.insert(key, self.messages.len());
        self.messages.push(New {
            id: MessageId::generate(),
            room: RoomId(room.id),
            seq: *head,
            slug: room.slug.clone(),
            visibility: room.visibility.into(),
            author,
            client_id: send.client_id,
            body: send.body.clone(),
        });
        Ok(Outcome::New(self.messages.len() - 1))
    }

    /// Writes the rows; returns an event for each message, in the same order.
    fn write(&self, transaction: &mut Transaction) -> Vec<Event> {
        if self.messages.is_empty() {
            return Vec::new();
        }
        let (backend, at) = (transaction.get_database_backend(), now());
        let events: Vec<Event> = self.messages.iter().map(|new| new.event(at)).collect();
        transaction.add(log::raise_heads(backend, &self.heads));
        let columns = "INSERT INTO messages (id, room_id, seq, author_id, client_id, body, created_at) VALUES ";
        transaction.add(Sql::new(backend, columns).rows(self.messages.iter().map(|new| new.row(at))).done());
        transaction.enter(events.iter().zip(&self.messages).map(|(event, new)| (event, new.visibility)));
        events
    }
}

impl New {
    fn event(&self, at: i64) -> Event {
        let message = NewMessage { id: self.id, client_id: self.client_id, body: self.body.as_str().to_owned() };
        Event { room: self.room, seq: self.seq, at, actor: self.author.clone(), change: Change::MessageCreated { message } }
    }

    fn sent(&self, event: &Event) -> Sent {
        Sent { room: self.room, slug: self.slug.clone(), message: self.id, seq: event.seq, at: event.at }
    }

    fn row(&self, at: i64) -> [Value; 7] {
        let (id, room, author, client_id) = (self.id.0, self.room.0, self.author.id.0, self.client_id.0);
        [id.into(), room.into(), self.seq.0.into(), author.into(), client_id.into(), self.body.as_str().into(), at.into()]
    }
}
