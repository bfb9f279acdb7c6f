#![allow(clippy::unwrap_used, clippy::panic)]
use protocol::{Activity, EpochId, PersonPresence, Presence, ServerFrame, UserId, limits};
use tokio::{task::yield_now, time::advance};

use super::*;
use crate::{
    ConnectionId, Mailbox, NodeId, Queue, Seen, in_process,
    mailbox::tests::Pipe,
    seen::{GRACE, LASTS},
};

/// A hub with its beat, and sockets on it.
struct Node {
    hub: Arc<Hub>,
}

struct Socket {
    id: ConnectionId,
    user: UserId,
    mailbox: Arc<Mailbox>,
    pipe: Pipe,
}

impl Node {
    fn new() -> Self {
        Self { hub: Arc::new(Hub::new(EpochId::generate())) }
    }

    fn socket(&self, user: UserId) -> Socket {
        self.socket_of(user, Seen::default())
    }

    fn socket_of(&self, user: UserId, seen: Seen) -> Socket {
        let pipe = Pipe::wide();
        let mailbox = Arc::new(Mailbox::new(100_000, pipe.clone()));
        let id = self.hub.register(mailbox.clone(), None);
        self.hub.follow(id, user, 0);
        self.hub.arrive(id, user, seen);
        Socket { id, user, mailbox, pipe }
    }

    fn act(&self, socket: &Socket, activity: Activity) {
        self.hub.act(socket.id, socket.user, activity);
    }

    fn watch(&self, socket: &Socket, people: &[UserId]) -> Vec<(UserId, Presence)> {
        seen(self.hub.watch_people(socket.id, people.to_vec()))
    }

    /// A second passes; gives what is to be told to other nodes.
    async fn second(&self) -> Vec<PersonPresence> {
        advance(BATCH).await;
        self.batch()
    }

    fn batch(&self) -> Vec<PersonPresence> {
        let (_, people) = self.hub.people.news(None);
        self.hub.people.tell().iter().for_each(|mailbox| mailbox.send());
        people
    }
}

impl Socket {
    /// What it was told since the last time, frame by frame.
    fn told(&self) -> Vec<Vec<(UserId, Presence)>> {
        assert_eq!(self.mailbox.flush(), Queue::Empty);
        let told = self.pipe.texts();
        told.iter()
            .map(|text| match serde_json::from_str(text).unwrap() {
                ServerFrame::Presence { people } => seen(people),
                other => panic!("{other:?}"),
            })
            .collect()
    }
}

fn seen(people: Vec<PersonPresence>) -> Vec<(UserId, Presence)> {
    people.into_iter().map(|person| (person.user, person.presence)).collect()
}

#[tokio::test(start_paused = true)]
async fn who_watches_is_told_of_changes_once_a_second() {
    let (node, ada, bob) = (Node::new(), UserId::generate(), UserId::generate());
    let hers = node.socket(ada);
    assert_eq!(node.watch(&hers, &[bob]), [(bob, Presence::Offline)]);
    let his = node.socket(bob);
    for activity in [Activity::Away, Activity::Online, Activity::Away] {
        node.act(&his, activity);
    }
    node.second().await;
    assert_eq!(hers.told(), [[(bob, Presence::Away)]], "one frame, with how it is at its end");
    node.second().await;
    assert!(hers.told().is_empty() && his.told().is_empty(), "nothing has changed, and nobody is told who does not watch");

    // Of two devices that counts which is in use.
    let phone = node.socket(bob);
    node.second().await;
    assert_eq!(hers.told(), [[(bob, Presence::Online)]]);
    node.hub.unregister(phone.id);
    node.second().await;
    assert_eq!(hers.told(), [[(bob, Presence::Away)]]);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_loaded_anew_is_no_absence() {
    let (node, ada, bob) = (Node::new(), UserId::generate(), UserId::generate());
    let (hers, his) = (node.socket(ada), node.socket(bob));
    node.second().await;
    assert_eq!(node.watch(&hers, &[bob]), [(bob, Presence::Online)]);
    node.hub.unregister(his.id);
    node.second().await;
    let again = node.socket(bob);
    for _ in 0..10 {
        node.second().await;
    }
    assert!(hers.told().is_empty());
    node.hub.unregister(again.id);
    advance(GRACE).await;
    node.second().await;
    assert_eq!(hers.told(), [[(bob, Presence::Offline)]]);
    assert!(!node.hub.served().contains(&bob), "nothing is kept of who has gone");
}

#[tokio::test(start_paused = true)]
async fn people_are_seen_as_they_want_to_be() {
    let (node, ada, bob) = (Node::new(), UserId::generate(), UserId::generate());
    let hers = node.socket(ada);
    let _his = node.socket_of(bob, Seen { invisible: true, ..Seen::default() });
    node.second().await;
    assert_eq!(node.watch(&hers, &[bob]), [(bob, Presence::Offline)]);
    assert!(!node.hub.present(9).contains(&bob));
    node.hub.see(bob, Seen { quiet: true, ..Seen::default() });
    node.second().await;
    assert_eq!(hers.told(), [[(bob, Presence::DoNotDisturb)]]);
    node.hub.see(bob, Seen { invisible: true, ..Seen::default() });
    node.second().await;
    assert_eq!(hers.told(), [[(bob, Presence::Offline)]]);
}

#[tokio::test(start_paused = true)]
async fn people_of_a_node_that_died_have_gone_after_a_while() {
    let (here, there, ada, bob) = (Node::new(), Node::new(), UserId::generate(), UserId::generate());
    let (hers, _his) = (here.socket(ada), there.socket(bob));
    here.watch(&hers, &[bob]);
    let other = NodeId::generate();
    here.hub.people.hear(other, there.second().await);
    here.batch();
    assert_eq!(hers.told(), [[(bob, Presence::Online)]]);
    // It says again that he is there.
    for turn in (0..TURNS).cycle().take(50) {
        advance(BATCH).await;
        here.hub.people.hear(other, there.hub.people.news(Some((turn, TURNS))).1);
        here.batch();
    }
    assert!(hers.told().is_empty());
    advance(LASTS).await;
    here.batch();
    assert_eq!(hers.told(), [[(bob, Presence::Offline)]]);
    assert_eq!(here.hub.presence(ada), Presence::Online, "whoever is here is here without a word");
}

#[tokio::test(start_paused = true)]
async fn a_socket_watches_so_many_and_forgets_them_with_its_end() {
    let (node, ada) = (Node::new(), UserId::generate());
    let hers = node.socket(ada);
    let people: Vec<_> = (0..limits::WATCHED_MAX + 50).map(|_| UserId::generate()).collect();
    assert_eq!(node.watch(&hers, &people).len(), limits::WATCHED_MAX);
    assert_eq!(node.watch(&hers, &people[1..=2]).len(), 0, "it was told of them already");
    let late = node.socket(people[0]);
    node.second().await;
    assert!(hers.told().is_empty(), "she watches them no longer");
    node.hub.unregister(late.id);
    node.hub.unregister(hers.id);
    let left = node.socket(people[1]);
    node.second().await;
    assert!(hers.told().is_empty() && left.told().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_socket_that_has_other_things_to_take_is_told_later_of_how_it_is_then() {
    let (node, ada, bob) = (Node::new(), UserId::generate(), UserId::generate());
    let (hers, other, his) = (node.socket(ada), node.socket(UserId::generate()), node.socket(bob));
    node.second().await;
    node.watch(&hers, &[bob]);
    node.watch(&other, &[bob]);
    hers.mailbox.enqueue(&ServerFrame::Pong);
    node.act(&his, Activity::Away);
    node.second().await;
    assert_eq!(other.told(), [[(bob, Presence::Away)]]);
    node.hub.see(bob, Seen { quiet: true, ..Seen::default() });
    node.second().await;
    assert_eq!(hers.mailbox.flush(), Queue::Empty);
    assert_eq!(hers.pipe.texts().len(), 1, "what waited");
    node.second().await;
    assert_eq!(hers.told(), [[(bob, Presence::DoNotDisturb)]]);
    assert_eq!(other.told(), [[(bob, Presence::DoNotDisturb)]]);
    node.second().await;
    assert!(hers.told().is_empty() && other.told().is_empty());
}

/// The work in a big room, counted: nobody is written to more often than once a second.
#[tokio::test(start_paused = true)]
async fn in_a_room_of_five_thousand_the_work_is_bounded() {
    const PEOPLE: usize = 5_000;
    let node = Node::new();
    let people: Vec<_> = (0..PEOPLE).map(|_| UserId::generate()).collect();
    let sockets: Vec<_> = people.iter().map(|user| node.socket(*user)).collect();
    node.second().await;
    for (at, socket) in sockets.iter().enumerate() {
        let watched: Vec<_> = (0..limits::WATCHED_MAX).map(|n| people[(at + n) % PEOPLE]).collect();
        node.watch(socket, &watched);
    }
    // Everybody goes away at once, and comes back, and goes.
    for activity in [Activity::Away, Activity::Online, Activity::Away] {
        sockets.iter().for_each(|socket| node.act(socket, activity));
    }
    node.second().await;
    for socket in &sockets {
        let told = socket.told();
        assert_eq!((told.len(), told[0].len()), (1, limits::WATCHED_MAX));
    }
}

#[tokio::test(start_paused = true)]
async fn the_beat_tells_by_itself() {
    let (node, ada, bob) = (Node::new(), UserId::generate(), UserId::generate());
    let (broker, mut signals) = in_process();
    let beating = tokio::spawn(keep(node.hub.clone(), Arc::new(broker), false));
    let hers = node.socket(ada);
    node.watch(&hers, &[bob]);
    let _his = node.socket(bob);
    let said = signals.recv().await.unwrap();
    assert!(matches!(&said[..], [Signal::Presence { people, .. }] if people.len() == 2));
    yield_now().await;
    assert_eq!(hers.told(), [[(bob, Presence::Online)]]);
    beating.abort();
}
