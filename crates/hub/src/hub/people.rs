//! Who is there.

use protocol::{PersonPresence, Presence, UserId};

use super::Hub;
use crate::{ConnectionId, Seen};

impl Hub {
    /// The person behind a socket is there, and wants to be seen so.
    pub fn arrive(&self, id: ConnectionId, user: UserId, seen: Seen) {
        self.people.arrive(user, id, seen);
    }

    /// Whether somebody touches the device that a socket is on.
    pub fn act(&self, id: ConnectionId, user: UserId, activity: protocol::Activity) {
        self.people.act(user, id, activity);
    }

    /// A socket is told of these people from now on, and no longer of others. Gives how those are that it was not told of before.
    #[must_use]
    pub fn watch_people(&self, id: ConnectionId, people: Vec<UserId>) -> Vec<PersonPresence> {
        let mailbox = self.connections.read().get(&id).map(|member| member.mailbox.clone());
        mailbox.map_or_else(Vec::new, |mailbox| self.people.watch(id, &mailbox, people))
    }

    /// Somebody wants to be seen otherwise, as was found: nothing changes for those who have no socket here.
    pub fn see(&self, user: UserId, seen: Seen) {
        self.people.see(user, seen);
    }

    /// How somebody is, on whichever node.
    #[must_use]
    pub fn presence(&self, user: UserId) -> Presence {
        self.people.presence(user)
    }

    /// People who are there, on whichever node: so many at most.
    #[must_use]
    pub fn present(&self, most: usize) -> Vec<UserId> {
        self.people.present(most)
    }

    /// People who have a socket on this node.
    #[must_use]
    pub fn served(&self) -> Vec<UserId> {
        self.people.served()
    }
}
