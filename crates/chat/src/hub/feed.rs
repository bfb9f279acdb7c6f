//! A room as this node delivers it: in order and without holes, whatever the broker brings.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use protocol::{Seq, ServerFrame, UserId};

use super::{ConnectionId, Mailbox, Published, encode};

/// Early events that are kept. Beyond this they are read from the database with the ones that are missing.
const EARLY_MAX: usize = 256;

/// The subscribers of a room, and the last place that they were given.
#[derive(Default)]
pub(super) struct Feed {
    subscribers: HashMap<ConnectionId, Subscriber>,
    /// Nobody knows it until the first subscriber has read the log.
    last: Option<Seq>,
    /// Events that came before the ones they follow.
    early: BTreeMap<Seq, Published>,
    /// Whether anything came since the last look into the database.
    heard: bool,
}

struct Subscriber {
    user: Option<UserId>,
    mailbox: Arc<Mailbox>,
}

impl Feed {
    pub(super) fn add(&mut self, id: ConnectionId, user: Option<UserId>, mailbox: Arc<Mailbox>) {
        self.subscribers.insert(id, Subscriber { user, mailbox });
    }

    /// `true` when nobody is left.
    pub(super) fn remove(&mut self, id: ConnectionId) -> bool {
        self.subscribers.remove(&id);
        self.subscribers.is_empty()
    }

    /// The first reader's head is where delivery begins.
    pub(super) fn anchor(&mut self, head: Seq) {
        self.last.get_or_insert(head);
        self.take(&[]);
    }

    /// Delivers what follows the last place; keeps what is early, drops what was delivered. Returns the number of deliveries.
    pub(super) fn take(&mut self, events: &[Published]) -> u64 {
        self.heard = true;
        let Some(mut last) = self.last else {
            events.iter().for_each(|event| self.keep(event));
            return 0;
        };
        let mut due = Vec::with_capacity(events.len());
        self.follow(&mut last, &mut due);
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
        self.last = Some(last);
        due.chunk_by(|one, _| one.bars.is_none()).map(|due| self.hand_out(due)).sum()
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

    /// Gives events to everyone; only the last of them may bar somebody.
    fn hand_out(&mut self, due: &[Published]) -> u64 {
        for subscriber in self.subscribers.values() {
            subscriber.mailbox.push_events(due);
        }
        let deliveries = due.len() * self.subscribers.len();
        if let Some((barred, event)) = due.last().and_then(|event| Some((event.bars?, event))) {
            self.subscribers.retain(|_, subscriber| {
                let theirs = subscriber.user == Some(barred);
                if theirs {
                    subscriber.mailbox.push_barred(event.room, encode(&ServerFrame::Unsubscribed { room: event.room }));
                }
                !theirs
            });
        }
        deliveries as u64
    }

    /// Whether something is missing between what was delivered and what came.
    pub(super) fn has_gap(&self) -> bool {
        self.last.is_some() && !self.early.is_empty()
    }

    /// The last delivered place.
    pub(super) fn last(&self) -> Option<Seq> {
        self.last
    }

    /// Whether nothing came since this was asked before.
    pub(super) fn is_quiet(&mut self) -> bool {
        !std::mem::take(&mut self.heard)
    }
}

#[cfg(test)]
mod tests;
