//! Many sends in one transaction.

use std::collections::{BTreeMap, HashMap, HashSet};

use protocol::{Body, Change, ClientId, ErrorCode, Event, MessageId, NewMessage, RoomId, RoomRef, Seq, User, UserId, Visibility};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter};

use super::{Send, log};
use crate::{
    Actor, Result,
    db::{
        Db,
        entity::{membership, message, room, room_event, user},
        now,
    },
    events,
    hub::Published,
    messages::Sent,
    policy::Access,
    rooms,
};

/// What became of each send of a batch, in its order.
type Verdict = std::result::Result<Sent, ErrorCode>;

/// Stores what may be stored and commits. On an error nothing of the batch is stored.
pub(super) async fn store(db: &Db, sends: &[Send]) -> Result<(Vec<Verdict>, Vec<Published>)> {
    let transaction = db.begin().await?;
    let known = Known::load(&transaction, sends).await?;
    let mut batch = Batch::default();
    let outcomes: Vec<_> = sends.iter().map(|send| batch.admit(&known, send)).collect();
    let events = batch.write(&transaction).await?;
    transaction.commit().await?;
    let verdicts = outcomes.into_iter().map(|outcome| {
        Ok(match outcome? {
            Outcome::Earlier(sent) => sent,
            Outcome::New(index) => batch.messages[index].sent(&events[index]),
        })
    });
    let verdicts = verdicts.collect();
    let published = batch.messages.iter().zip(events).map(|(new, event)| events::publish(event, new.visibility));
    Ok((verdicts, published.collect()))
}

/// What the database knows about a batch as its transaction begins.
struct Known {
    rooms: Vec<room::Model>,
    members: HashMap<(RoomId, UserId), User>,
    earlier: HashMap<(UserId, ClientId), message::Model>,
}

impl Known {
    async fn load(transaction: &DatabaseTransaction, sends: &[Send]) -> Result<Self> {
        let authors: HashSet<_> = sends.iter().map(|send| send.author.0).collect();
        let names: HashSet<&RoomRef> = sends.iter().map(|send| &send.room).collect();
        let named = names.into_iter().fold(Condition::any(), |any, name| any.add(rooms::named(name)));
        let rooms = room::Entity::find().filter(named).all(transaction).await?;
        let members = membership::Entity::find()
            .filter(membership::Column::RoomId.is_in(rooms.iter().map(|room| room.id)))
            .filter(membership::Column::UserId.is_in(authors.iter().copied()))
            .find_both_related(user::Entity)
            .all(transaction)
            .await?;
        let earlier = message::Entity::find()
            .filter(message::Column::AuthorId.is_in(authors))
            .filter(message::Column::ClientId.is_in(sends.iter().map(|send| send.client_id.0)))
            .all(transaction)
            .await?;
        Ok(Self {
            rooms,
            members: members.into_iter().map(|(row, user)| ((RoomId(row.room_id), UserId(row.user_id)), user.into())).collect(),
            earlier: earlier.into_iter().map(|row| ((UserId(row.author_id), ClientId(row.client_id)), row)).collect(),
        })
    }

    /// The room through its author's membership, and the author; or the reason why nothing is stored.
    fn writable(&self, send: &Send) -> std::result::Result<(&room::Model, &User), ErrorCode> {
        let room = self.rooms.iter().find(|room| names(&send.room, room)).ok_or(ErrorCode::NotFound)?;
        let member = self.members.get(&(RoomId(room.id), send.author));
        Access::new(room.visibility.into(), Actor::User(send.author), member.is_some()).write()?;
        Ok((room, member.ok_or(ErrorCode::NotAMember)?))
    }

    /// The first result of a send that is repeated (G2). It is given even to an author who has left the room since.
    fn repeated(&self, send: &Send) -> Option<Verdict> {
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
}

struct New {
    id: MessageId,
    room: RoomId,
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
        self.index.insert(key, self.messages.len());
        self.messages.push(New {
            id: MessageId::generate(),
            room: RoomId(room.id),
            slug: room.slug.clone(),
            visibility: room.visibility.into(),
            author: author.clone(),
            client_id: send.client_id,
            body: send.body.clone(),
        });
        Ok(Outcome::New(self.messages.len() - 1))
    }

    /// Takes the places and writes the rows; returns an event for each message, in the same order.
    async fn write(&self, transaction: &DatabaseTransaction) -> Result<Vec<Event>> {
        if self.messages.is_empty() {
            return Ok(Vec::new());
        }
        let mut places = self.places(transaction).await?;
        let at = now();
        let events: Vec<Event> = self.messages.iter().map(|new| new.event(&mut places, at)).collect();
        let rows = self.messages.iter().zip(&events).map(|(new, event)| new.row(event));
        message::Entity::insert_many(rows).exec_without_returning(transaction).await?;
        room_event::Entity::insert_many(events.iter().map(log::entry)).exec_without_returning(transaction).await?;
        Ok(events)
    }

    /// The next free place of each room. Rooms are taken in the order of their ids, so that two nodes cannot wait for each other.
    async fn places(&self, transaction: &DatabaseTransaction) -> Result<BTreeMap<RoomId, Seq>> {
        let mut counts = BTreeMap::<RoomId, i64>::new();
        for new in &self.messages {
            *counts.entry(new.room).or_default() += 1;
        }
        let mut places = BTreeMap::new();
        for (room, count) in counts {
            places.insert(room, log::take_places(transaction, room, count).await?.first);
        }
        Ok(places)
    }
}

impl New {
    fn event(&self, places: &mut BTreeMap<RoomId, Seq>, at: i64) -> Event {
        let place = places.entry(self.room).or_default();
        let seq = *place;
        *place = seq.next();
        let message = NewMessage { id: self.id, client_id: self.client_id, body: self.body.as_str().to_owned() };
        Event { room: self.room, seq, at, actor: self.author.clone(), change: Change::MessageCreated { message } }
    }

    fn sent(&self, event: &Event) -> Sent {
        Sent { room: self.room, slug: self.slug.clone(), message: self.id, seq: event.seq, at: event.at }
    }

    fn row(&self, event: &Event) -> message::ActiveModel {
        message::ActiveModel {
            id: Set(self.id.0),
            room_id: Set(self.room.0),
            seq: Set(event.seq.0),
            author_id: Set(self.author.id.0),
            client_id: Set(self.client_id.0),
            body: Set(self.body.as_str().to_owned()),
            created_at: Set(event.at),
        }
    }
}
