//! What was written and is not stored yet: one ordered queue over all rooms.
//!
//! At most one message per room is under way, and the next one waits until it is answered: so nothing overtakes a message that has
//! to be tried again. The client id stays the same over every try, and the server stores it once (G2).

use protocol::{
    Answers, ClientFrame, ClientId, Error, ErrorCode, Quote, Retry, RoomId, Seq,
    json::{BadField, Json, Object, Read},
    objects,
};
use serde::Serialize;

use super::backoff;

/// A message that is on its way for longer says so.
const SLOW_MS: i64 = 3_000;
/// One that could not be sent for longer asks before it goes out.
const HELD_MS: i64 = 60 * 60 * 1_000;
/// For so long a deletion can be undone: it goes out after that.
pub(super) const UNDO_MS: i64 = 5_000;
/// Tries that are made without asking the person.
const TRIES_MAX: u32 = 6;

/// Where a message stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// To be sent.
    #[default]
    Waiting,
    /// Under way.
    Sent,
    /// Stored, at this place and time; its event has not come yet.
    Stored {
        /// Its place in the room's log.
        seq: Seq,
        /// When the server took it.
        at: i64,
    },
    /// Refused. The person decides: again, or away with it.
    Failed(Error),
    /// It could not be sent for so long that it may not be meant any more. The person decides.
    Held,
}

/// What is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Deed {
    /// Send a message.
    #[default]
    Send,
    /// Give the message at this place another text.
    Edit {
        /// The message's place.
        seq: Seq,
        /// How often its text had been changed when this one was begun.
        revision: u32,
    },
    /// Delete the message at this place.
    Delete {
        /// The message's place.
        seq: Seq,
    },
    /// React to the message at this place, or take that back.
    React {
        /// The message's place.
        seq: Seq,
        /// With what.
        emoji: String,
        /// Whether to, or no longer.
        on: bool,
    },
}

/// What is to be done to a message that is under way already, once it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Then {
    /// Give it this text.
    Edit(String),
    /// Delete it.
    Delete,
}

/// Something on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pending {
    /// The id that makes a second try harmless.
    pub client_id: ClientId,
    /// The room.
    pub room: RoomId,
    /// What is to be done there.
    pub deed: Deed,
    /// Markdown source; nothing where no text is sent.
    pub body: String,
    /// What a message answers, and where it is to stand.
    pub answers: Answers,
    /// The message that it answers, as it was then: for where that is not loaded. It is not worth being kept in the storage.
    #[serde(skip)]
    pub quote: Option<Box<Quote>>,
    /// What comes after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then: Option<Then>,
    /// When it was written (unix milliseconds, this device's clock).
    pub at: i64,
    /// Where it stands. What comes back from the storage is waiting again.
    #[serde(skip)]
    pub status: Status,
    /// On its way for so long that one should know.
    #[serde(skip)]
    pub slow: bool,
    /// Nobody was ever asked for it, so that it can still be another one. What comes back from the storage may have gone out before.
    #[serde(skip)]
    fresh: bool,
    /// It has gone out from here, with or without an answer.
    #[serde(skip)]
    asked: bool,
    #[serde(skip)]
    tries: u32,
    /// When the next try may be made (unix milliseconds).
    #[serde(skip)]
    not_before: i64,
    /// When the last try was made (unix milliseconds).
    #[serde(skip)]
    sent_at: i64,
}

/// What has to be kept in the storage now, and what no longer.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// These as they are now.
    pub keep: Option<Pending>,
    /// These are not wanted any more.
    pub forget: Vec<ClientId>,
}

impl Pending {
    /// A message that was just written.
    #[must_use]
    pub fn new(client_id: ClientId, room: RoomId, body: String, at: i64) -> Self {
        let (deed, status) = (Deed::Send, Status::Waiting);
        let (then, slow, fresh) = (None, false, true);
        let (answers, quote) = (Answers::default(), None);
        Self {
            client_id,
            room,
            deed,
            body,
            answers,
            quote,
            then,
            at,
            status,
            slow,
            fresh,
            asked: false,
            tries: 0,
            not_before: 0,
            sent_at: 0,
        }
    }

    /// The same message, that answers another one or stands in a thread.
    #[must_use]
    pub fn answering(self, answers: Answers, quote: Option<Box<Quote>>) -> Self {
        Self { answers, quote, ..self }
    }

    /// Something that is done to a message.
    #[must_use]
    pub fn done_to(client_id: ClientId, room: RoomId, deed: Deed, body: String, at: i64) -> Self {
        Self { deed, ..Self::new(client_id, room, body, at) }
    }

    /// As the server is asked for it.
    #[must_use]
    pub fn frame(self) -> ClientFrame {
        let (room, client_id, body) = (self.room.into(), self.client_id, self.body);
        match self.deed {
            Deed::Send => {
                let Answers { reply_to, thread_of, only_in_thread } = self.answers;
                ClientFrame::Send { room, client_id, body, reply_to, thread_of, only_in_thread, extra: None }
            }
            Deed::Edit { seq, revision } => ClientFrame::Edit { room, client_id, seq, body, revision },
            Deed::Delete { seq } => ClientFrame::Delete { room, client_id, seq },
            Deed::React { seq, emoji, on } => ClientFrame::React { room, client_id, seq, emoji, on },
        }
    }

    /// Whether it goes out by itself, or is out.
    fn is_open(&self) -> bool {
        matches!(self.status, Status::Waiting | Status::Sent)
    }

    /// The place of the message that it is done to.
    #[must_use]
    pub fn place(&self) -> Option<Seq> {
        match self.deed {
            Deed::Send => None,
            Deed::Edit { seq, .. } | Deed::Delete { seq } | Deed::React { seq, .. } => Some(seq),
        }
    }

    /// Whether it can be taken back: nobody was asked for it yet.
    #[must_use]
    pub fn can_be_undone(&self) -> bool {
        self.status == Status::Waiting && !self.asked
    }

    /// Whether it may not be meant any more after a while. What was to be gone is, and a reaction.
    fn can_be_held(&self) -> bool {
        !matches!(self.deed, Deed::Delete { .. } | Deed::React { .. })
    }

    /// When it may go out.
    fn due(&self) -> i64 {
        match self.deed {
            Deed::Delete { .. } => self.not_before.max(self.at.saturating_add(UNDO_MS)),
            _ => self.not_before,
        }
    }

    /// Whether it waits by itself, and nothing behind it has to.
    fn lets_pass(&self, now: i64) -> bool {
        matches!(self.deed, Deed::Delete { .. }) && self.status == Status::Waiting && self.due() > now
    }

    fn try_anew(&mut self) {
        (self.status, self.tries, self.not_before) = (Status::Waiting, 0, 0);
    }
}

/// As serde writes it: an object with one field, or a word.
impl Read for Deed {
    fn read(value: Json) -> Option<Self> {
        let mut deed = match value {
            Json::Object(deed) => deed,
            word => return (String::read(word)? == "Send").then_some(Self::Send),
        };
        let mut of = |kind| deed.take::<Option<Object>>(kind).ok().flatten();
        if let Some(mut edit) = of("Edit") {
            return Some(Self::Edit { seq: edit.take("seq").ok()?, revision: edit.take("revision").ok()? });
        }
        if let Some(mut delete) = of("Delete") {
            return Some(Self::Delete { seq: delete.take("seq").ok()? });
        }
        let mut react = of("React")?;
        Some(Self::React { seq: react.take("seq").ok()?, emoji: react.take("emoji").ok()?, on: react.take("on").ok()? })
    }
}

/// As serde writes it: an object with one field, or a word.
impl Read for Then {
    fn read(value: Json) -> Option<Self> {
        match value {
            Json::Object(mut then) => then.take("Edit").ok().map(Self::Edit),
            word => (String::read(word)? == "Delete").then_some(Self::Delete),
        }
    }
}

impl TryFrom<Object> for Pending {
    type Error = BadField;

    fn try_from(mut object: Object) -> Result<Self, BadField> {
        let (client_id, room) = (object.take("client_id")?, object.take("room")?);
        let written = Self::new(client_id, room, object.take("body")?, object.take("at")?);
        let (deed, answers) = (object.take_or_default("deed")?, object.take_or_default("answers")?);
        Ok(Self { deed, answers, then: object.take("then")?, fresh: false, ..written })
    }
}

objects!(Pending);

/// The queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbox {
    /// In the order in which they were written.
    queue: Vec<Pending>,
}

impl Outbox {
    /// Adds a message that was just written.
    pub fn push(&mut self, pending: Pending) {
        self.queue.push(pending);
    }

    /// A reaction in a room that the server has refused, and why.
    #[must_use]
    pub fn refused_reaction(&self, room: RoomId) -> Option<(ClientId, Error)> {
        let mut reactions = self.of_room(room).filter(|pending| matches!(pending.deed, Deed::React { .. }));
        reactions.find_map(|pending| match &pending.status {
            Status::Failed(error) => Some((pending.client_id, error.clone())),
            _ => None,
        })
    }

    /// Adds what an earlier page, or another one, has left in the storage. It is older than anything written here.
    pub fn adopt(&mut self, mut left_over: Vec<Pending>) {
        left_over.retain(|pending| self.find(pending.client_id).is_none());
        // Client ids sort by the time they were made.
        left_over.sort_by_key(|pending| pending.client_id);
        self.queue.splice(0..0, left_over);
    }

    /// Looks at how long each message has been waiting: one that takes its time says so, and one that could not be sent for an hour
    /// asks before it goes out. `true` if any of them looks different now.
    pub fn look(&mut self, now: i64) -> bool {
        let mut changed = false;
        for pending in self.queue.iter_mut().filter(|pending| pending.is_open()) {
            let age = now.saturating_sub(pending.at);
            if pending.status == Status::Waiting && age >= HELD_MS && pending.can_be_held() {
                pending.status = Status::Held;
                changed = true;
            } else if age >= SLOW_MS && !pending.slow {
                pending.slow = true;
                changed = true;
            }
        }
        changed
    }

    /// When [`look`](Self::look) will see something next.
    #[must_use]
    pub fn next_look(&self) -> Option<i64> {
        let open = self.queue.iter().filter(|pending| pending.is_open());
        open.filter_map(|pending| match (pending.slow, &pending.status) {
            (false, _) => Some(pending.at.saturating_add(SLOW_MS)),
            (true, Status::Waiting) if pending.can_be_held() => Some(pending.at.saturating_add(HELD_MS)),
            (true, _) => None,
        })
        .min()
    }

    /// Since when the longest wait for an answer goes on.
    #[must_use]
    pub fn unanswered_since(&self) -> Option<i64> {
        self.queue.iter().filter(|pending| pending.status == Status::Sent).map(|pending| pending.sent_at).min()
    }

    /// What has to go out now; it counts as under way from here on.
    pub fn take_due(&mut self, now: i64) -> Vec<Pending> {
        let mut due = Vec::new();
        let mut rooms: Vec<RoomId> = Vec::new();
        for pending in &mut self.queue {
            // Only the first open one of a room may go.
            if !pending.is_open() || rooms.contains(&pending.room) || pending.lets_pass(now) {
                continue;
            }
            rooms.push(pending.room);
            if pending.status == Status::Waiting && pending.due() <= now {
                (pending.status, pending.fresh, pending.asked) = (Status::Sent, false, true);
                pending.tries += 1;
                pending.sent_at = now;
                due.push(pending.clone());
            }
        }
        due
    }

    /// When something will be due next, if nothing else happens.
    #[must_use]
    pub fn next_due(&self) -> Option<i64> {
        let mut rooms: Vec<RoomId> = Vec::new();
        let mut next = None;
        for pending in self.queue.iter().filter(|pending| pending.is_open()) {
            if rooms.contains(&pending.room) {
                continue;
            }
            if !matches!(pending.deed, Deed::Delete { .. }) {
                rooms.push(pending.room);
            }
            if pending.status == Status::Waiting {
                next = Some(next.unwrap_or(i64::MAX).min(pending.due()));
            }
        }
        next
    }

    /// The connection is gone: what was under way may have arrived or not, so it goes out again.
    pub fn disconnected(&mut self) {
        for pending in &mut self.queue {
            if pending.status == Status::Sent {
                pending.try_anew();
            }
        }
    }

    /// The server has stored it. Answers with what comes after it, which is on its way now.
    pub fn acknowledge(&mut self, client_id: ClientId, seq: Seq, at: i64) -> Option<Pending> {
        let pending = self.find(client_id)?;
        pending.status = Status::Stored { seq, at };
        self.follow_up(client_id, seq)
    }

    /// A message of the reader's stands in the room, at this place. Answers with what comes after it, which is on its way now.
    pub fn arrived(&mut self, client_id: ClientId, seq: Seq) -> Option<Pending> {
        let next = self.follow_up(client_id, seq);
        self.remove(client_id);
        next
    }

    fn follow_up(&mut self, client_id: ClientId, seq: Seq) -> Option<Pending> {
        let pending = self.find(client_id)?;
        let (deed, body) = match pending.then.take()? {
            Then::Edit(body) => (Deed::Edit { seq, revision: 0 }, body),
            Then::Delete => (Deed::Delete { seq }, String::new()),
        };
        let next = Pending::done_to(ClientId::generate(), pending.room, deed, body, pending.at);
        self.queue.push(next.clone());
        Some(next)
    }

    /// The server has refused it. It is tried again by itself where that can help; else the person is asked.
    pub fn refuse(&mut self, client_id: ClientId, error: Error, now: i64, random: f64) {
        let Some(pending) = self.find(client_id) else { return };
        let asked = error.retry_after.map_or(0, |seconds| i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000));
        if error.code == ErrorCode::Throttled && asked > 0 {
            // Nothing is wrong with it but the time, which the server has said: no try is lost.
            pending.tries = pending.tries.saturating_sub(1);
            pending.not_before = now.saturating_add(asked);
            pending.status = Status::Waiting;
            return;
        }
        if error.code.retry() == Retry::No || pending.tries >= TRIES_MAX {
            pending.status = Status::Failed(error);
            return;
        }
        // Whole milliseconds below half a minute: the cast keeps the value.
        let pause = backoff::delay_ms(pending.tries, random) as i64;
        pending.not_before = now.saturating_add(asked.max(pause));
        pending.status = Status::Waiting;
    }

    /// The person wants one to go out that asked. It keeps its client id, except after a conflict: then that id is what is wrong with
    /// it. It counts as written now. Answers with the message as it stands then.
    pub fn retry(&mut self, client_id: ClientId, now: i64) -> Option<&Pending> {
        let pending = self.find(client_id)?;
        match &pending.status {
            Status::Failed(error) if error.code == ErrorCode::Conflict => pending.client_id = ClientId::generate(),
            Status::Failed(_) | Status::Held => {}
            Status::Waiting | Status::Sent | Status::Stored { .. } => return None,
        }
        (pending.at, pending.slow) = (now, false);
        pending.try_anew();
        Some(pending)
    }

    /// It is stored and shown, or the person does not want it any more. `true` if it was here.
    pub fn remove(&mut self, client_id: ClientId) -> bool {
        let before = self.queue.len();
        self.queue.retain(|pending| pending.client_id != client_id);
        self.queue.len() < before
    }

    /// Another tab has sent a message that both have, or thrown it away: then there is nothing to do here. One that is under way
    /// here too is answered soon, and keeps its row until then. `true` if it was here.
    pub fn settled_elsewhere(&mut self, client_id: ClientId) -> bool {
        let under_way =
            self.find(client_id).is_some_and(|pending| matches!(pending.status, Status::Sent | Status::Stored { .. }));
        !under_way && self.remove(client_id)
    }

    /// Events have come up to this place of a room: what is stored up to there is shown by them. `true` if
    /// there was something to let go.
    pub fn settle(&mut self, room: RoomId, head: Seq) -> bool {
        let before = self.queue.len();
        self.queue.retain(|pending| pending.room != room || !matches!(pending.status, Status::Stored { seq, .. } if seq <= head));
        self.queue.len() < before
    }

    /// The places of a room are those of another epoch: what was stored may have been taken back with them. It goes out again; what is
    /// still there is found by its client id (G2). What was to be done to a message is not done: another one may stand at its place now.
    /// Answers with what is not wanted any more.
    pub fn renewed(&mut self, room: RoomId) -> Vec<ClientId> {
        for pending in self.queue.iter_mut().filter(|pending| pending.room == room) {
            match pending.status {
                _ if matches!(pending.deed, Deed::Edit { .. }) => pending.status = Status::Failed(ErrorCode::Changed.into()),
                Status::Stored { .. } => pending.try_anew(),
                _ => {}
            }
        }
        self.drop_where(|pending| pending.room == room && matches!(pending.deed, Deed::Delete { .. } | Deed::React { .. }))
    }

    /// The messages of a room, in order.
    pub fn of_room(&self, room: RoomId) -> impl Iterator<Item = &Pending> {
        self.queue.iter().filter(move |pending| pending.room == room)
    }

    fn find(&mut self, client_id: ClientId) -> Option<&mut Pending> {
        self.queue.iter_mut().find(|pending| pending.client_id == client_id)
    }
}

mod changes;
#[cfg(test)]
mod tests;
