//! Sends: many in one transaction, with two trips to the database at most. One reads all that a decision needs, the other writes; the first
//! is left out where the members are known.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use protocol::{
    Answers, Body, Change, ClientId, Error, ErrorCode, Event, Extra, MessageId, MessageKind, NewMessage, Quote, RoomId, RoomRole,
    Seq, Thread, User, UserId, Visibility,
};
use sea_orm::{ConnectionTrait, Value};

use super::{
    inbox::{self, Call},
    known::Known,
    mentions::{Called, Names},
    referred::Referred,
    sent::{Send, Sent},
};
use crate::{
    Result,
    db::{Sql, entity::message::Kind, now, users},
    log::{self, stored},
    rooms,
    writer::{SharedWork, Transaction},
};

impl SharedWork for Send {
    type Answer = Sent;

    fn bytes(&self) -> usize {
        self.body.as_str().len() + self.extra.as_ref().map_or(0, |extra| extra.as_str().len())
    }

    async fn run_all(sends: &[Self], transaction: &mut Transaction) -> Result<Vec<Result<Sent>>> {
        let Some(seats) = sends.first().map(|send| &*send.seats) else { return Ok(Vec::new()) };
        let known = match Known::kept(transaction, seats, sends) {
            Some(known) => known,
            None => Known::load(transaction, seats, sends).await?,
        };
        let mut batch = Batch { at: now(), ..Batch::default() };
        batch.referred = Referred::load(transaction, &known, sends).await?;
        batch.names = Names::of_sends(transaction, &known, sends).await?;
        let outcomes: Vec<_> = sends.iter().map(|send| batch.admit(&known, send)).collect();
        if !batch.hidden.is_empty() {
            rooms::show(transaction, std::mem::take(&mut batch.hidden)).await?;
        }
        let events = batch.write(transaction)?;
        inbox::call(transaction, &batch.calls(&events)).await?;
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
    /// When they are taken.
    at: i64,
    messages: Vec<New>,
    index: HashMap<(UserId, ClientId), usize>,
    /// The last place of each room, without and with those that are taken here.
    heads: BTreeMap<RoomId, (Seq, Seq)>,
    /// Conversations that somebody has hidden, and in which something is said.
    hidden: BTreeSet<RoomId>,
    /// What is read for those that are not plain.
    referred: Referred,
    names: Names,
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
    answers: Answers,
    quote: Option<Box<Quote>>,
    /// The thread that it stands in, with it.
    thread: Option<Box<Thread>>,
    called: Called,
    kind: MessageKind,
    extra: Option<Extra>,
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
            let same = twin.room == room.id && twin.body == send.body && twin.answers == send.answers && twin.extra == send.extra;
            return if same { Ok(Outcome::New(index)) } else { Err(ErrorCode::Conflict.into()) };
        }
        let quote = self.referred.check(room.id, send.answers)?;
        if room.slow_seconds > 0 && member.role == RoomRole::Member && send.guest.is_none() {
            let wait = Duration::from_secs(room.slow_seconds.into());
            send.seats.slow.admit((room.id, send.author), send.client_id, wait)?;
        }
        if room.hidden {
            self.hidden.insert(room.id);
        }
        let (_, head) = self.heads.entry(room.id).or_insert((room.head, room.head));
        *head = head.next();
        let called = self.names.called(room, member, send);
        let thread = self.referred.answer(room.id, send.answers, &member.user, self.at);
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
            answers: send.answers,
            quote,
            thread,
            called,
            kind: users::kind_of(&member.user),
            extra: send.extra.clone(),
        });
        Ok(Outcome::New(self.messages.len() - 1))
    }

    /// Writes the rows; returns an event for each message, in the same order.
    fn write(&self, transaction: &mut Transaction) -> Result<Vec<Event>> {
        if self.messages.is_empty() {
            return Ok(Vec::new());
        }
        let (backend, at) = (transaction.get_database_backend(), self.at);
        let events: Vec<Event> = self.messages.iter().map(|new| new.event(at)).collect();
        transaction.add(log::raise_heads(backend, &self.heads));
        let columns = "INSERT INTO messages (id, room_id, seq, author_id, client_id, body, created_at";
        if self.messages.iter().all(New::is_plain) {
            let insert = Sql::new(backend, columns).text(") VALUES ");
            transaction.add(insert.rows(self.messages.iter().map(|new| new.row(at))).done());
        } else {
            let insert = Sql::new(backend, columns).text(", reply_to, thread_of, in_room, mentions, kind, extra) VALUES ");
            let rows = self.messages.iter().map(|new| new.whole_row(at)).collect::<Result<Vec<_>>>()?;
            transaction.add(insert.rows(rows).done());
            self.referred.write(transaction)?;
        }
        transaction.enter(events.iter().zip(&self.messages).map(|(event, new)| (event, new.visibility)));
        Ok(events)
    }

    /// Whom the new messages call.
    fn calls<'a>(&'a self, events: &'a [Event]) -> Vec<Call<'a>> {
        let new = self.messages.iter().zip(events).filter(|(new, _)| new.calls());
        let call = new.map(|(new, event)| Call {
            room: new.room,
            is_public: new.visibility == Visibility::Public,
            seq: new.seq,
            at: event.at,
            author: new.author.id,
            called: &new.called,
            quoted: new.quote.as_ref().map(|quote| quote.author.id),
            thread: new.answers.thread_of.map(|root| (root, self.referred.author(new.room, root))),
        });
        call.collect()
    }
}

impl New {
    fn event(&self, at: i64) -> Event {
        let message = NewMessage {
            reply_to: self.quote.clone(),
            thread_of: self.answers.thread_of,
            only_in_thread: self.answers.only_in_thread,
            thread: self.thread.clone(),
            mentions: self.called.mentions.clone(),
            kind: self.kind,
            extra: self.extra.clone(),
            ..NewMessage::plain(self.id, self.client_id, self.body.as_str().to_owned())
        };
        Event { room: self.room, seq: self.seq, at, actor: self.author.clone(), change: Change::MessageCreated { message } }
    }

    fn sent(&self, event: &Event) -> Sent {
        let (room, slug, unreached) = (self.room, self.slug.clone(), self.called.unreached.clone());
        Sent { room, slug, message: self.id, seq: event.seq, at: event.at, unreached }
    }

    /// Whether it may call anybody.
    fn calls(&self) -> bool {
        self.answers != Answers::default() || !self.called.is_nobody()
    }

    /// Whether there is nothing to it but what each message has.
    fn is_plain(&self) -> bool {
        !self.calls() && self.kind == MessageKind::Text && self.extra.is_none()
    }

    fn row(&self, at: i64) -> [Value; 7] {
        let (id, room, author, client_id) = (self.id.0, self.room.0, self.author.id.0, self.client_id.0);
        [id.into(), room.into(), self.seq.0.into(), author.into(), client_id.into(), self.body.as_str().into(), at.into()]
    }

    fn whole_row(&self, at: i64) -> Result<[Value; 13]> {
        let [id, room, seq, author, client_id, body, at] = self.row(at);
        let (reply_to, thread_of) = (self.answers.reply_to.map(|seq| seq.0), self.answers.thread_of.map(|seq| seq.0));
        let mentions = stored::text_of(&self.called.mentions)?;
        let (in_room, kind) = (!self.answers.only_in_thread, Kind::from(self.kind));
        let extra = self.extra.as_ref().map_or("", Extra::as_str);
        let [reply_to, thread_of, in_room] = [reply_to.into(), thread_of.into(), in_room.into()];
        Ok([id, room, seq, author, client_id, body, at, reply_to, thread_of, in_room, mentions.into(), kind.into(), extra.into()])
    }
}
