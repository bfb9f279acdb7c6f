//! How people want to be seen.

use std::time::Duration;

use protocol::{PersonPresence, Presence, Status, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Somebody whose last socket has closed is gone after this time: a page that is loaded anew is no absence.
pub(crate) const GRACE: Duration = Duration::from_secs(5);
/// Of whom a node has not said for this time that they are there, they are not.
pub(crate) const LASTS: Duration = Duration::from_secs(30);

/// A node, as long as its process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NodeId(Uuid);

impl NodeId {
    /// Another one.
    #[must_use]
    pub fn generate() -> Self {
        Self(Uuid::new_v4())
    }
}

/// How somebody wants to be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Not at all.
    #[serde(default)]
    pub invisible: bool,
    /// As somebody who is not to be disturbed.
    #[serde(default)]
    pub quiet: bool,
    /// What they say of what they do.
    #[serde(default)]
    pub status: Option<Status>,
}

impl Seen {
    /// What others see of somebody who is there as the best of their sockets says.
    pub(crate) fn of(&self, user: UserId, there: Presence) -> PersonPresence {
        let presence = match there {
            _ if self.invisible => Presence::Offline,
            Presence::Offline => Presence::Offline,
            _ if self.quiet => Presence::DoNotDisturb,
            there => there,
        };
        let status = self.status.clone().filter(|_| presence != Presence::Offline);
        PersonPresence { user, presence, status }
    }
}
