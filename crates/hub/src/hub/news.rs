//! What is new in the rooms of those who do not have them before them.

use std::{
    collections::HashSet,
    mem,
    time::{Duration, Instant},
};

use protocol::{RoomId, Seq, UserId};
use tokio::time::sleep;

use super::{Hub, send};
use crate::{
    Bars, ConnectionId, Published,
    activity::{Activity, without},
};

/// What is new in rooms is looked after so long after it came.
const NEWS_PAUSE: Duration = Duration::from_millis(50);
/// The turn in which the rooms of a new socket are read.
const FIRST: u64 = 1;

impl Hub {
    /// The rooms of a socket's person are about to be read, to be [watched](Self::watch). What they are barred from meanwhile stays so.
    pub fn begin_watch(&self, id: ConnectionId) -> u64 {
        let connections = self.connections.read();
        let Some(member) = connections.get(&id) else { return 0 };
        let mut watch = member.watch.lock();
        watch.turn += 1;
        watch.barred.clear();
        watch.turn
    }

    /// A socket hears from now on what is new in these rooms, whose logs reached up to these heads when they were read in this turn.
    pub fn watch(&self, id: ConnectionId, turn: u64, mut rooms: Vec<(RoomId, Seq)>) {
        let connections = self.connections.read();
        let Some(member) = connections.get(&id) else { return };
        let mut watch = member.watch.lock();
        if watch.turn == turn {
            rooms.retain(|(room, _)| !watch.barred.contains(room));
            let now = self.activity.set(&member.mailbox, &watch.rooms, &rooms);
            let before = mem::replace(&mut watch.rooms, now);
            // Whoever has just connected reads the list when they hear so. Others may have read it before something was said there.
            let fresh = if turn > FIRST { without(&watch.rooms, &before) } else { Vec::new() };
            if member.mailbox.push(fresh.iter().map(|room| room.lock().beginning())) {
                send(vec![member.mailbox.clone()]);
            }
        }
    }

    /// The sockets of an account.
    pub(crate) fn sockets_of(&self, user: UserId) -> Vec<ConnectionId> {
        self.accounts.sockets(user).into_iter().map(|(id, _)| id).collect()
    }

    /// Somebody is in other rooms than before: they are read anew soon.
    pub(crate) fn move_about(&self, user: UserId) {
        self.remember_moved(user);
        self.gap.notify_one();
    }

    pub(crate) fn remember_moved(&self, user: UserId) {
        self.moved.lock().insert(user);
    }

    /// Those whose rooms are to be read anew.
    pub(crate) fn take_moved(&self) -> HashSet<UserId> {
        mem::take(&mut *self.moved.lock())
    }

    /// The log of a room reaches up to here.
    pub(crate) fn missed(&self, room: RoomId, head: Seq) {
        self.activity.missed(room, head);
        self.news.notify_one();
    }

    pub(crate) fn activity(&self) -> &Activity {
        &self.activity
    }

    /// Tells people what is new in their rooms, for as long as it is polled.
    pub(crate) async fn tell_news(&self) {
        loop {
            self.news.notified().await;
            // So that what comes at once goes at once.
            sleep(NEWS_PAUSE).await;
            let told = self.activity.tell(Instant::now());
            let due = told.iter().flat_map(|told| told.sockets.iter().filter(|mailbox| mailbox.push([told.frame.clone()])));
            send(due.cloned().collect());
            if self.activity.is_due() {
                self.news.notify_one();
            }
        }
    }

    /// Notes what is new in a room, and who may not hear of it any more.
    pub(super) fn note(&self, room: RoomId, events: &[Published]) {
        self.activity.note(room, events);
        self.news.notify_one();
        for event in events {
            let Bars::One(user) = event.bars else { continue };
            let sockets = self.accounts.sockets(user);
            let connections = self.connections.read();
            for member in sockets.iter().filter_map(|(id, _)| connections.get(id)) {
                member.watch.lock().barred.push(room);
            }
            self.activity.bar(room, &sockets.into_iter().map(|(_, mailbox)| mailbox).collect::<Vec<_>>());
        }
    }
}
