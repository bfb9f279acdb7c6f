//! A room as this node delivers it: in order and without holes, whatever the broker brings.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use protocol::{RoomId, Seq, ServerFrame, UserId};

use crate::{Bars, ConnectionId, Frame, Mailbox, Published};

/// Early events that are kept. Beyond this they are read from the database with the ones that are missing.
const EARLY_MAX: usize = 256;

/// The subscribers of a room, and the last place that they were given.
pub(crate) struct Feed {
    subscribers: HashMap<ConnectionId, Subscriber>,
    last: Seq,
    /// Events that came before the ones they follow.
    early: BTreeMap<Seq, Published>,
    /// Whether anything came since the last catch-up.
    heard: bool,
}

struct Subscriber {
    user: Option<UserId>,
    mailbox: Arc<Mailbox>,
    stage: Stage,
}

enum Stage {
    /// Reads the log; what happens meanwhile waits here.
    Joining(Vec<Published>),
    /// Has everything up to this place, and gets what comes after it.
    Live(Seq),
}

impl Feed {
    /// Delivers what comes after `start`: a place that was committed before anybody subscribed, so that nobody who is about to read
    /// the log can read less than it, and all that they do not read is delivered.
    pub(crate) fn after(start: Seq) -> Self {
        Self { subscribers: HashMap::new(), last: start, early: BTreeMap::new(), heard: true }
    }

    /// Adds a subscriber that is about to read the log, or to read it again.
    pub(crate) fn add(&mut self, id: ConnectionId, user: Option<UserId>, mailbox: Arc<Mailbox>) {
        self.subscribers.insert(id, Subscriber { user, mailbox, stage: Stage::Joining(Vec::new()) });
    }

    /// `true` when nobody is left.
    pub(crate) fn remove(&mut self, id: ConnectionId) -> bool {
        self.subscribers.remove(&id);
        self.subscribers.is_empty()
    }

    /// A subscriber has read the log up to `head`. It gets what it found, then what happened since it subscribed and is not in
    /// there, then what happens: one order, without a hole and without a double (G4).
    pub(crate) fn join(&mut self, id: ConnectionId, head: Seq, found: Vec<Frame>) {
        if let Some(subscriber) = self.subscribers.get_mut(&id) {
            let meanwhile = std::mem::replace(&mut subscriber.stage, Stage::Live(head));
            subscriber.mailbox.push_replay(found);
            if let Stage::Joining(meanwhile) = meanwhile {
                subscriber.give(&meanwhile);
            }
        }
    }

    /// Delivers what follows the last place; keeps what is early, drops what was delivered. Returns the number of deliveries; the
    /// mailboxes that are to be sent for them come to `unsent`.
    pub(crate) fn take(&mut self, events: &[Published], unsent: &mut Vec<Arc<Mailbox>>) -> u64 {
        self.heard = true;
        let mut last = self.last;
        let mut due = Vec::with_capacity(events.len());
        for event in events {
            if event.seq == last.next() {
                last = event.seq;
                due.push(event.clone());
                self.follow(&mut last, &mut due);
            } else if event.seq > last {
                self.keep(event);
            }
        }
        self.early = self.early.split_off(&last.next());
        self.last = last;
        due.chunk_by(|one, next| one.bars == Bars::Nobody && next.bars != Bars::Strangers)
            .map(|due| self.hand_out(due, unsent))
            .sum()
    }

    /// Adds the early events whose turn has come.
    fn follow(&mut self, last: &mut Seq, due: &mut Vec<Published>) {
        while let Some(next) = self.early.remove(&last.next()) {
            *last = next.seq;
            due.push(next);
        }
    }

    fn keep(&mut self, event: &Published) {
        if self.early.len() < EARLY_MAX {
            self.early.insert(event.seq, event.clone());
        }
    }

    /// Gives events to everyone; only the last of them may bar somebody, and one that bars strangers stands alone.
    fn hand_out(&mut self, due: &[Published], unsent: &mut Vec<Arc<Mailbox>>) -> u64 {
        let last = due.last().map(|event| (event.room, event.bars));
        if let Some((room, Bars::Strangers)) = last {
            self.bar(|_| true, &ServerFrame::Unsubscribed { room, again: true }, unsent);
            return 0;
        }
        for subscriber in self.subscribers.values_mut() {
            if subscriber.give(due) {
                unsent.push(subscriber.mailbox.clone());
            }
        }
        let deliveries = due.len() * self.subscribers.len();
        if let Some((room, Bars::One(barred))) = last {
            self.bar(|user| user == Some(barred), &ServerFrame::Unsubscribed { room, again: false }, unsent);
        }
        deliveries as u64
    }

    /// Ends all subscriptions for good.
    pub(crate) fn end(&mut self, room: RoomId, unsent: &mut Vec<Arc<Mailbox>>) {
        self.bar(|_| true, &ServerFrame::Unsubscribed { room, again: false }, unsent);
    }

    /// Tells those who listen that somebody is typing, and not that person. It counts neither as a place nor as having heard of the
    /// room: while people type, the broker may well lose what they say (G5). As with [`Self::take`], the mailboxes that are to be
    /// sent come to `unsent`.
    pub(crate) fn typing(&self, user: UserId, frame: &Frame, unsent: &mut Vec<Arc<Mailbox>>) {
        for subscriber in self.subscribers.values().filter(|subscriber| subscriber.user != Some(user)) {
            if matches!(subscriber.stage, Stage::Live(_)) && subscriber.mailbox.offer(frame) {
                unsent.push(subscriber.mailbox.clone());
            }
        }
    }

    fn bar(&mut self, barred: impl Fn(Option<UserId>) -> bool, told: &ServerFrame, unsent: &mut Vec<Arc<Mailbox>>) {
        let told = Frame::of(told);
        self.subscribers.retain(|_, subscriber| {
            let is_barred = barred(subscriber.user);
            if is_barred && subscriber.mailbox.push([told.clone()]) {
                unsent.push(subscriber.mailbox.clone());
            }
            !is_barred
        });
    }

    /// Whether something is missing between what was delivered and what came.
    pub(crate) fn has_gap(&self) -> bool {
        !self.early.is_empty()
    }

    /// The last delivered place.
    pub(crate) fn last(&self) -> Seq {
        self.last
    }

    /// Whether nothing came since this was asked before.
    pub(crate) fn is_quiet(&mut self) -> bool {
        !std::mem::take(&mut self.heard)
    }
}

impl Subscriber {
    /// `true` when its mailbox is to be sent.
    fn give(&mut self, due: &[Published]) -> bool {
        match &mut self.stage {
            Stage::Joining(meanwhile) => {
                meanwhile.extend_from_slice(due);
                false
            }
            Stage::Live(has) => {
                let new = &due[due.partition_point(|event| event.seq <= *has)..];
                !new.is_empty() && self.mailbox.push(new.iter().map(|event| event.frame.clone()))
            }
        }
    }
}

#[cfg(test)]
mod tests;
