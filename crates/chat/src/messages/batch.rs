//! Sends: many in one transaction, with two trips to the database. One reads all that a decision needs, the other writes.

use std::collections::{BTreeMap, HashMap, HashSet};

use protocol::{Body, Change, ClientId, ErrorCode, Event, MessageId, NewMessage, RoomId, RoomRef, Seq, User, UserId, Visibility};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QueryResult,
    QuerySelect, QueryTrait, RelationTrait, Statement,
    prelude::Uuid,
    sea_query::{LockType, Query},
};

use crate::{
    Error, Result,
    db::{
        entity::{membership, message, room, user},
        now,
    },
    log,
    policy::{Access, Actor},
    rooms,
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
    rooms: Vec<room::Model>,
    members: HashMap<(RoomId, UserId), Member>,
    earlier: HashMap<(UserId, ClientId), message::Model>,
}

/// A membership and the person.
#[derive(FromQueryResult)]
struct Member {
    room_id: Uuid,
    user_id: Uuid,
    role: membership::Role,
    username: String,
    name: String,
}

impl Member {
    fn person(&self) -> User {
        User { id: UserId(self.user_id), username: self.username.clone(), name: self.name.clone() }
    }
}

impl Known {
    async fn load(transaction: &Transaction, sends: &[Send]) -> Result<Self> {
        let results = transaction.query_each(Self::questions(transaction, sends)).await?;
        let [rooms, members, earlier] =
            <[_; 3]>::try_from(results).map_err(|_| Error::internal("not an answer to each question"))?;
        let members: Vec<Member> = models(&members)?;
        let earlier: Vec<message::Model> = models(&earlier)?;
        Ok(Self {
            rooms: models(&rooms)?,
            members: members.into_iter().map(|row| ((RoomId(row.room_id), UserId(row.user_id)), row)).collect(),
            earlier: earlier.into_iter().map(|row| ((UserId(row.author_id), ClientId(row.client_id)), row)).collect(),
        })
    }

    /// The rooms, their members among the authors, and what has these client ids. On PostgreSQL the rooms are locked, in the order of
    /// their ids, so that two nodes cannot wait for each other; SQLite has one writer anyway.
    fn questions(transaction: &Transaction, sends: &[Send]) -> Vec<Statement> {
        let backend = transaction.get_database_backend();
        let authors: HashSet<_> = sends.iter().map(|send| send.author.0).collect();
        let names: HashSet<&RoomRef> = sends.iter().map(|send| &send.room).collect();
        let named = names.into_iter().fold(Condition::any(), |any, name| any.add(rooms::named(name)));
        let rooms = room::Entity::find().filter(named.clone()).order_by_asc(room::Column::Id).lock(LockType::Update);
        let ids = Query::select().column(room::Column::Id).from(room::Entity).cond_where(named).take();
        let members = membership::Entity::find()
            .select_only()
            .columns([membership::Column::RoomId, membership::Column::UserId, membership::Column::Role])
            .column(user::Column::Username)
            .column(user::Column::Name)
            .join(JoinType::InnerJoin, membership::Relation::User.def())
            .filter(membership::Column::UserId.is_in(authors.iter().copied()))
            .filter(membership::Column::RoomId.in_subquery(ids));
        let earlier = message::Entity::find()
            .filter(message::Column::AuthorId.is_in(authors))
            .filter(message::Column::ClientId.is_in(sends.iter().map(|send| send.client_id.0)));
        vec![rooms.build(backend), members.build(backend), earlier.build(backend)]
    }

    /// The room through its author's membership, and the author; or the reason why nothing is stored.
    fn writable(&self, send: &Send) -> std::result::Result<(&room::Model, User), ErrorCode> {
        let room = self.rooms.iter().find(|room| names(&send.room, room)).ok_or(ErrorCode::NotFound)?;
        let member = self.members.get(&(RoomId(room.id), send.author));
        let role = member.map(|member| member.role.into());
        Access::new(room.visibility.into(), Actor::User(send.author), role).write()?;
        Ok((room, member.ok_or(ErrorCode::NotAMember)?.person()))
    }

    /// The first result of a send that is repeated (G2). It is given even to an author who has left the room since.
    fn repeated(&self, send: &Send) -> Option<std::result::Result<Sent, ErrorCode>> {
        let stored = self.earlier.get(&(send.author, send.client_id))?;
        let room = self.rooms.iter().find(|room| room.id == stored.room_id);
        let same = room.filter(|room| names(&send.room, room) && stored.body == send.body.as_str());
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

fn names(name: &RoomRef, room: &room::Model) -> bool {
    match name {
        RoomRef::Id(id) => room.id == id.0,
        RoomRef::Slug(slug) => room.slug == *slug,
    }
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
        transaction.add(message::Entity::insert_many(self.messages.iter().map(|new| new.row(at))).build(backend));
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

    fn row(&self, at: i64) -> message::ActiveModel {
        message::ActiveModel {
            id: Set(self.id.0),
            room_id: Set(self.room.0),
            seq: Set(self.seq.0),
            author_id: Set(self.author.id.0),
            client_id: Set(self.client_id.0),
            body: Set(self.body.as_str().to_owned()),
            created_at: Set(at),
        }
    }
}
