//! What is done to messages, one's own that are not stored yet included.

use protocol::{ClientId, Retry, RoomId, Seq};

use super::{Deed, Kept, Outbox, Pending, Status, Then};

impl Outbox {
    /// Gives a stored message another text. `revision` is how often its text had been changed when this one was begun.
    pub fn edit(&mut self, room: RoomId, (seq, revision): (Seq, u32), body: String, now: i64) -> Kept {
        // A text that was refused gives way to this one.
        let forget = self.drop_where(|pending| pending.edits(room, seq).is_some() && !pending.is_open() && !pending.is_stored());
        let before = self.queue.iter_mut().rev().find(|pending| pending.edits(room, seq).is_some());
        let (revision, fresh) = match before {
            Some(before) if before.fresh => {
                // It is made on top of what is known now.
                let revision = before.edits(room, seq).map_or(revision, |before| before.max(revision));
                (before.deed, before.body) = (Deed::Edit { seq, revision }, body);
                return Kept { keep: Some(before.clone()), forget };
            }
            // It comes first.
            Some(before) => (before.edits(room, seq).map_or(revision, |before| revision.max(before + 1)), body),
            None => (revision, body),
        };
        let pending = Pending::done_to(ClientId::generate(), room, Deed::Edit { seq, revision }, fresh, now);
        self.queue.push(pending.clone());
        Kept { keep: Some(pending), forget }
    }

    /// Deletes a stored message, after the time in which that can be undone. Texts for it that were not sent yet go at once.
    pub fn delete(&mut self, room: RoomId, seq: Seq, now: i64) -> Kept {
        let forget = self.drop_where(|pending| pending.edits(room, seq).is_some() && !pending.is_out());
        let pending = Pending::done_to(ClientId::generate(), room, Deed::Delete { seq }, String::new(), now);
        self.queue.push(pending.clone());
        Kept { keep: Some(pending), forget }
    }

    /// Gives a message of one's own that is not stored yet another text: at once where nobody was asked for it, else when it is stored.
    pub fn amend(&mut self, client_id: ClientId, body: String, now: i64) -> Kept {
        let Some(pending) = self.find(client_id) else { return Kept::default() };
        if pending.is_nowhere() {
            (pending.body, pending.then) = (body, None);
        } else {
            pending.then = Some(Then::Edit(body));
        }
        let mut keep = pending.clone();
        let mut forget = Vec::new();
        // One that asked has its answer.
        if let Some(again) = self.retry(client_id, now) {
            keep = again.clone();
            forget.extend(Some(client_id).filter(|_| keep.client_id != client_id));
        }
        Kept { keep: Some(keep), forget }
    }

    /// Reacts to a message, or takes that back; `known` is whether the server has said that the reader does. What waits to be said of the same emoji
    /// need not be said any more; and where nobody was asked for that yet and it is so without it, nothing need.
    pub fn react(&mut self, room: RoomId, (seq, emoji): (Seq, &str), (known, on): (bool, bool), now: i64) -> Kept {
        let about = |other: &Pending| match &other.deed {
            Deed::React { seq: place, emoji: with, on } if other.room == room && *place == seq && with == emoji => Some(*on),
            _ => None,
        };
        let waits = |other: &mut Pending| about(other).is_some() && other.status == Status::Waiting;
        let before: Vec<_> = self.queue.extract_if(.., waits).collect();
        let forget = before.iter().map(|before| before.client_id).collect();
        let fresh = before.iter().all(|before| before.fresh);
        let under_way = self.queue.iter().rev().filter(|other| !matches!(other.status, Status::Failed(_))).find_map(about);
        if fresh && under_way.unwrap_or(known) == on {
            return Kept { keep: None, forget };
        }
        let deed = Deed::React { seq, emoji: emoji.to_owned(), on };
        // What takes the place of one that may have come is never left out: nobody knows what is so now.
        let pending = Pending { fresh, ..Pending::done_to(ClientId::generate(), room, deed, String::new(), now) };
        self.queue.push(pending.clone());
        Kept { keep: Some(pending), forget }
    }

    /// Takes back a message of one's own that is not stored yet: at once where nobody was asked for it, else when it is stored.
    pub fn take_back(&mut self, client_id: ClientId) -> Kept {
        let Some(pending) = self.find(client_id) else { return Kept::default() };
        if pending.is_nowhere() {
            self.remove(client_id);
            return Kept { keep: None, forget: vec![client_id] };
        }
        pending.then = Some(Then::Delete);
        Kept { keep: Some(pending.clone()), forget: Vec::new() }
    }

    /// Takes something back before it goes out. `true` if it was not too late.
    pub fn undo(&mut self, client_id: ClientId) -> bool {
        let can = self.find(client_id).is_some_and(|pending| pending.can_be_undone());
        can && self.remove(client_id)
    }

    pub(super) fn drop_where(&mut self, gone: impl Fn(&Pending) -> bool) -> Vec<ClientId> {
        self.queue.extract_if(.., |pending| gone(pending)).map(|pending| pending.client_id).collect()
    }
}

impl Pending {
    /// Of which revision it gives this message another text.
    fn edits(&self, room: RoomId, place: Seq) -> Option<u32> {
        match self.deed {
            Deed::Edit { seq, revision } if self.room == room && seq == place => Some(revision),
            _ => None,
        }
    }

    fn is_stored(&self) -> bool {
        matches!(self.status, Status::Stored { .. })
    }

    fn is_out(&self) -> bool {
        self.status == Status::Sent || self.is_stored()
    }

    /// Whether the server surely has nothing of it.
    fn is_nowhere(&self) -> bool {
        self.fresh || matches!(&self.status, Status::Failed(error) if error.code.retry() == Retry::No)
    }
}
