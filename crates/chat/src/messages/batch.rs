//! Sends: many in one transaction, with two trips to the database at most. One reads all that a decision needs, the other writes; the first
//! is left out where the members are known.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use protocol::{
    Body, Change, ClientId, Error, ErrorCode, Event, MessageId, NewMessage, RoomId, RoomRole, Seq, User, UserId, Visibility,
};
use sea_orm::{ConnectionTrait, Value};

use super::{
    known::Known,
    sent::{Send, Sent},
};
use crate::{
    Result,
    db::{Sql, now},
    log, rooms,
    writer::{SharedWork, Transaction},
};

impl SharedWork for Send {
    type Answer = Sent;

    fn bytes(&self) -> usize {
        self.body.as_str().len()
    }

    async fn run_all(sends: &[Self], transaction: &mut Transaction) -> Result<Vec<Result<Sent>>> {
        let Some(seats) = sends.first().map(|send| &*send.seats) else { return Ok(Vec::new()) };
        let known = match Known::kept(transaction, seats, sends) {
            Some(known) => known,
            None => Known::load(transaction, seats, sends).await?,
        };
        let mut batch = Batch::default();
        let outcomes: Vec<_> = sends.iter().map(|send| batch.admit(&known, send)).collect();
        if !batch.hidden.is_empty() {
            rooms::show(transaction, std::mem::take(&mut batch.hidden)).await?;
        }
        let events = batch.write(transaction);
        let verdict = |outcome| match outcome {
            Outcome::Earlier(sent) => sent,
            Outcome::New(index) => batch.messages[index].sent(&events[index]),
        };
        Ok(outcomes.into_iter().map(|outcome| Ok(outcome.map(verdict)?)).collect())
    }

    fn committed(sends: &[Self], answers: &[Result<Sent>]) {
        for (send, sent) in sends.iter().zip(answers.iter().flatten()) {
            send.seats.raise(sent.room, sent.seq);
        }
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
    /// The last place of each room, without and with those that are taken here.
    heads: BTreeMap<RoomId, (Seq, Seq)>,
    /// Conversations that somebody has hidden, and in which something is said.
    hidden: BTreeSet<RoomId>,
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
    fn admit(&mut self, known: &Known, send: &Send) -> std::result::Result<Outcome, Error> {
        if let Some(verdict) = known.repeated(send) {
            return Ok(Outcome::Earlier(verdict?));
        }
        let (room, member) = known.writable(send)?;
        let key = (send.author, send.client_id);
        if let Some(&index) = self.index.get(&key) {
            let twin = &self.messages[index];
            let same = twin.room == room.id && twin.body == send.body;
            return if same { Ok(Outcome::New(index)) } else { Err(ErrorCode::Conflict.into()) };
        }
        if room.slow_seconds > 0 && member.role == RoomRole::Member {
            let wait = Duration::from_secs(room.slow_seconds.into());
            send.seats.slow.admit((room.id, send.author), send.client_id, wait)?;
        }
        if room.hidden {
            self.hidden.insert(room.id);
        }
        let (_, head) = self.heads.entry(room.id).or_insert((room.head, room.head));
        *head = head.next();
        self.index.insert(key, self.messages.len());
        self.messages.push(New {
            id: MessageId::generate(),
            room: room.id,
            seq: *head,
            slug: room.slug.clone(),
            visibility: room.visibility,
            author: member.user.clone(),
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
        let message = NewMessage::plain(self.id, self.client_id, self.body.as_str().to_owned());
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
