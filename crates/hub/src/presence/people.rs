//! The people themselves.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    mem,
    sync::Arc,
};

use parking_lot::Mutex;
use protocol::{Activity, PersonPresence, Presence, UserId, limits};
use tokio::time::Instant;

use crate::{
    ConnectionId, Frame, Mailbox,
    seen::{GRACE, LASTS, NodeId, Seen},
};

/// Who is there, and who is told of it.
pub(crate) struct People {
    node: NodeId,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Those with a socket here, or with one until a moment ago.
    own: HashMap<UserId, Own>,
    /// Of whom it is to be looked whether they are seen otherwise now.
    stirred: HashSet<UserId>,
    /// Who may have gone, and when.
    leaving: VecDeque<(Instant, UserId)>,
    /// What each node says of somebody.
    heard: HashMap<UserId, Vec<Heard>>,
    /// Of whom those who watch are to be told.
    changed: HashSet<UserId>,
    watchers: HashMap<UserId, Vec<ConnectionId>>,
    watching: HashMap<ConnectionId, (Arc<Mailbox>, HashSet<UserId>)>,
    /// Sockets that had other things to be given, and whom they are still to be told of.
    owed: HashMap<ConnectionId, Vec<UserId>>,
}

struct Own {
    sockets: Vec<(ConnectionId, Activity)>,
    seen: Seen,
    /// When they are gone, where there is no socket.
    leaves: Option<Instant>,
    /// What was said of them last.
    said: Option<PersonPresence>,
}

struct Heard {
    node: NodeId,
    person: PersonPresence,
    at: Instant,
}

impl Default for People {
    fn default() -> Self {
        Self { node: NodeId::generate(), state: Mutex::default() }
    }
}

impl People {
    /// Somebody has one socket more.
    pub(crate) fn arrive(&self, user: UserId, id: ConnectionId, seen: Seen) {
        let mut state = self.state.lock();
        let own =
            state.own.entry(user).or_insert_with(|| Own { sockets: Vec::new(), seen: Seen::default(), leaves: None, said: None });
        own.sockets.push((id, Activity::Online));
        (own.seen, own.leaves) = (seen, None);
        state.stirred.insert(user);
    }

    pub(crate) fn act(&self, user: UserId, id: ConnectionId, activity: Activity) {
        let mut state = self.state.lock();
        let Some(own) = state.own.get_mut(&user) else { return };
        let Some((_, before)) = own.sockets.iter_mut().find(|(socket, _)| *socket == id) else { return };
        *before = activity;
        state.stirred.insert(user);
    }

    pub(crate) fn see(&self, user: UserId, seen: Seen) {
        let mut state = self.state.lock();
        let Some(own) = state.own.get_mut(&user) else { return };
        own.seen = seen;
        state.stirred.insert(user);
    }

    /// A socket has closed.
    pub(crate) fn leave(&self, user: UserId, id: ConnectionId) {
        let mut state = self.state.lock();
        state.watch_no_longer(id);
        let Some(own) = state.own.get_mut(&user) else { return };
        own.sockets.retain(|(socket, _)| *socket != id);
        if own.sockets.is_empty() {
            let at = Instant::now() + GRACE;
            own.leaves = Some(at);
            state.leaving.push_back((at, user));
        } else {
            state.stirred.insert(user);
        }
    }

    /// A socket is told of these from now on. Gives how those are that it was not told of before.
    pub(crate) fn watch(&self, id: ConnectionId, mailbox: &Arc<Mailbox>, mut people: Vec<UserId>) -> Vec<PersonPresence> {
        people.truncate(limits::WATCHED_MAX);
        let mut state = self.state.lock();
        let before = state.watch_no_longer(id);
        let wanted: HashSet<_> = people.into_iter().collect();
        for user in &wanted {
            state.watchers.entry(*user).or_default().push(id);
        }
        let fresh = wanted.iter().filter(|user| !before.contains(user)).map(|user| state.shown(*user)).collect();
        if !wanted.is_empty() {
            state.watching.insert(id, (mailbox.clone(), wanted));
        }
        fresh
    }

    /// A node says how people are there.
    pub(crate) fn hear(&self, node: NodeId, people: Vec<PersonPresence>) {
        let mut state = self.state.lock();
        people.into_iter().for_each(|person| state.hear(node, person));
    }

    /// What this node has to say: who is seen otherwise than it said last, and of those whose turn it is that they are still there. Its own
    /// hub has heard it then.
    pub(crate) fn news(&self, turn: Option<(u64, u64)>) -> (NodeId, Vec<PersonPresence>) {
        let mut state = self.state.lock();
        let now = Instant::now();
        while state.leaving.front().is_some_and(|(at, _)| *at <= now) {
            let gone = state.leaving.pop_front();
            state.stirred.extend(gone.map(|(_, user)| user));
        }
        let mut news = Vec::new();
        for user in mem::take(&mut state.stirred) {
            let Some(own) = state.own.get_mut(&user) else { continue };
            // Whoever has left and is waited for is as they were.
            if own.leaves.is_some_and(|at| at > now) {
                continue;
            }
            let there = own.sockets.iter().map(|(_, activity)| Presence::from(*activity)).max();
            let person = own.seen.of(user, there.unwrap_or_default());
            let is_news = own.said.as_ref() != Some(&person);
            own.said = Some(person.clone());
            if there.is_none() {
                state.own.remove(&user);
            }
            if is_news {
                news.push(person);
            }
        }
        if let Some((turn, turns)) = turn {
            let told: HashSet<_> = news.iter().map(|person| person.user).collect();
            let due = state.own.iter().filter(|(user, _)| user.0.as_u64_pair().1 % turns == turn && !told.contains(user));
            news.extend(due.filter_map(|(_, own)| own.said.clone()).filter(|said| said.presence != Presence::Offline));
        }
        for person in &news {
            state.hear(self.node, person.clone());
        }
        (self.node, news)
    }

    /// Puts what has changed into the mailboxes of those who watch; gives those that are to be written to. Where something else waits, it is
    /// told with the next batch, as it is then.
    pub(crate) fn tell(&self) -> Vec<Arc<Mailbox>> {
        let mut state = self.state.lock();
        state.forget_silent(self.node);
        let mut due = mem::take(&mut state.owed);
        for user in mem::take(&mut state.changed) {
            let watchers = state.watchers.get(&user).into_iter().flatten();
            watchers.for_each(|id| due.entry(*id).or_default().push(user));
        }
        let watching = |(id, users)| Some((id, state.watching.get(&id)?.0.clone(), users));
        let due: Vec<(ConnectionId, Arc<Mailbox>, Vec<UserId>)> = due.into_iter().filter_map(watching).collect();
        let mut pieces = HashMap::new();
        for user in due.iter().flat_map(|(_, _, users)| users) {
            // What can be parsed can be written.
            pieces.entry(*user).or_insert_with(|| serde_json::to_string(&state.shown(*user)).unwrap_or_default());
        }
        drop(state);
        let frame = |users: &[UserId]| {
            let people: Vec<&str> = users.iter().filter_map(|user| pieces.get(user)).map(String::as_str).collect();
            Frame::text([r#"{"type":"presence","people":["#, &people.join(","), "]}"].concat())
        };
        let (given, late): (Vec<_>, Vec<_>) = due.into_iter().partition(|(_, mailbox, users)| mailbox.offer(&frame(users)));
        let late = late.into_iter().map(|(id, _, mut users)| {
            users.sort_unstable();
            users.dedup();
            (id, users)
        });
        self.state.lock().owed.extend(late);
        given.into_iter().map(|(_, mailbox, _)| mailbox).collect()
    }

    pub(crate) fn presence(&self, user: UserId) -> Presence {
        self.state.lock().shown(user).presence
    }

    pub(crate) fn present(&self, most: usize) -> Vec<UserId> {
        let state = self.state.lock();
        let present = state.heard.keys().filter(|user| state.shown(**user).presence != Presence::Offline);
        present.take(most).copied().collect()
    }

    pub(crate) fn served(&self) -> Vec<UserId> {
        self.state.lock().own.keys().copied().collect()
    }
}

impl State {
    /// As all nodes together say.
    fn shown(&self, user: UserId) -> PersonPresence {
        let heard = self.heard.get(&user).into_iter().flatten().map(|heard| &heard.person);
        let best = heard.max_by_key(|person| person.presence).cloned();
        best.unwrap_or(PersonPresence { user, presence: Presence::Offline, status: None })
    }

    fn hear(&mut self, node: NodeId, person: PersonPresence) {
        let (user, at) = (person.user, Instant::now());
        let before = self.shown(user);
        let heard = self.heard.entry(user).or_default();
        heard.retain(|heard| heard.node != node);
        if person.presence != Presence::Offline {
            heard.push(Heard { node, person, at });
        }
        if heard.is_empty() {
            self.heard.remove(&user);
        }
        if self.shown(user) != before {
            self.changed.insert(user);
        }
    }

    /// Nobody is there any more of whom a node that has to say so has not for too long.
    fn forget_silent(&mut self, node: NodeId) {
        let (changed, now) = (&mut self.changed, Instant::now());
        self.heard.retain(|user, heard| {
            let before = heard.len();
            heard.retain(|heard| heard.node == node || now.duration_since(heard.at) < LASTS);
            if heard.len() < before {
                changed.insert(*user);
            }
            !heard.is_empty()
        });
    }

    /// Gives whom the socket watched.
    fn watch_no_longer(&mut self, id: ConnectionId) -> HashSet<UserId> {
        let before = self.watching.remove(&id).map(|(_, people)| people).unwrap_or_default();
        for user in &before {
            let Some(watchers) = self.watchers.get_mut(user) else { continue };
            if let Some(at) = watchers.iter().position(|watcher| *watcher == id) {
                watchers.swap_remove(at);
            }
            if watchers.is_empty() {
                self.watchers.remove(user);
            }
        }
        before
    }
}
