//! Several clients at the same time, each with a random script, on one real chat. Each applies what it is given to a copy of the
//! room's log; however their steps fall between each other, every copy is the log.

use std::collections::{HashMap, HashSet};

use chat::messages::Sent;
use futures::future::join_all;
use proptest::{
    prelude::*,
    sample::Index,
    test_runner::{Config, TestRunner},
};
use protocol::{Change, ClientId, ErrorCode, Event, Message, Room, Seq, ServerFrame, UserId};
use tokio::runtime::Runtime;

use crate::{
    scene::{Person, Scene, code},
    socket::{Delivery, Socket},
};

/// What a client does next.
#[derive(Clone, Debug)]
enum Step {
    /// Sends a new message, so many times at once.
    Send(usize),
    /// Sends an earlier message again.
    Retry(Index),
    /// Sends another body with the id of an earlier message.
    Conflict(Index),
    Join,
    Leave,
    /// Gives the room another name.
    Rename(u8),
    /// Reads so many of the frames that wait.
    Read(usize),
    /// Subscribes after the last place it has, on a new connection when there is none.
    Resume,
    Unsubscribe,
    /// Loses the connection, with all that it has not read.
    Drop,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (1..4_usize).prop_map(Step::Send),
        2 => any::<Index>().prop_map(Step::Retry),
        1 => any::<Index>().prop_map(Step::Conflict),
        1 => Just(Step::Join),
        1 => Just(Step::Leave),
        1 => any::<u8>().prop_map(Step::Rename),
        4 => (1..6_usize).prop_map(Step::Read),
        4 => Just(Step::Resume),
        1 => Just(Step::Unsubscribe),
        2 => Just(Step::Drop),
    ]
}

/// A script for each client.
fn scripts() -> impl Strategy<Value = Vec<Vec<Step>>> {
    prop::collection::vec(prop::collection::vec(step(), 0..20), 2..=3)
}

/// A message that was sent, and the first result if it was stored.
struct Attempt {
    client_id: ClientId,
    body: String,
    sent: Option<Sent>,
}

/// A client of the room, with its copy of the log.
struct Client<'a> {
    person: &'a Person,
    room: &'a Room,
    socket: Option<Socket>,
    /// The only place that may come next, while there is a subscription.
    due: Option<Seq>,
    log: Vec<Event>,
    attempts: Vec<Attempt>,
}

impl<'a> Client<'a> {
    fn new(person: &'a Person, room: &'a Room) -> Self {
        Self { person, room, socket: None, due: None, log: Vec::new(), attempts: Vec::new() }
    }

    async fn play(&mut self, script: Vec<Step>) {
        for step in script {
            match step {
                Step::Send(copies) => {
                    let body = format!("message {}", self.attempts.len());
                    self.attempts.push(Attempt { client_id: ClientId::generate(), body, sent: None });
                    self.send(self.attempts.len() - 1, copies).await;
                }
                Step::Retry(index) if !self.attempts.is_empty() => self.send(index.index(self.attempts.len()), 1).await,
                Step::Conflict(index) if !self.attempts.is_empty() => self.conflict(index.index(self.attempts.len())).await,
                Step::Retry(_) | Step::Conflict(_) => {}
                Step::Join => self.person.join(self.room).await,
                // Its only owner stays.
                Step::Leave => match self.person.try_leave(self.room).await {
                    Ok(_) => {}
                    Err(error) => assert_eq!(error.public().code, ErrorCode::LastOwner),
                },
                Step::Rename(n) => self.rename(n).await,
                Step::Read(count) => self.read(count),
                Step::Resume => self.resume().await,
                Step::Unsubscribe => self.unsubscribe().await,
                Step::Drop => (self.socket, self.due) = (None, None),
            }
        }
    }

    /// All copies have one result, and it is the first one (G2). Who is no member is refused, unless it was stored before.
    async fn send(&mut self, index: usize, copies: usize) {
        let attempt = &mut self.attempts[index];
        let was_stored = attempt.sent.is_some();
        let results = (0..copies).map(|_| self.person.try_say(self.room.id, attempt.client_id, &attempt.body));
        for result in join_all(results).await {
            match result {
                Ok(sent) => assert_eq!(*attempt.sent.get_or_insert_with(|| sent.clone()), sent),
                refused => assert_eq!((code(refused), was_stored), (ErrorCode::NotAMember, false)),
            }
        }
    }

    async fn conflict(&self, index: usize) {
        let Attempt { client_id, sent: Some(_), .. } = self.attempts[index] else { return };
        assert_eq!(code(self.person.try_say(self.room.id, client_id, "something else").await), ErrorCode::Conflict);
    }

    async fn rename(&self, n: u8) {
        if let Err(refused) = self.person.edit(self.room, &format!("Garden {n}"), "").await {
            assert!(matches!(refused.public().code, ErrorCode::NotAllowed | ErrorCode::NotAMember), "{refused}");
        }
    }

    async fn resume(&mut self) {
        if self.socket.is_none() {
            self.socket = Some(self.person.connect().await);
        }
        let after = self.place();
        self.socket().subscribe(&self.room.id.into(), Some(after), None).await.unwrap();
        match self.read_to_answer().await {
            ServerFrame::Subscribed { reset: false, .. } => self.due = Some(after.next()),
            other => panic!("not subscribed: {other:?}"),
        }
    }

    async fn unsubscribe(&mut self) {
        let Some(socket) = &self.socket else { return };
        socket.unsubscribe(&self.room.id.into()).await.unwrap();
        assert_eq!(self.read_to_answer().await, ServerFrame::Unsubscribed { room: self.room.id, again: false });
        self.due = None;
    }

    async fn read_to_answer(&mut self) -> ServerFrame {
        loop {
            match self.socket().next_frame().await {
                ServerFrame::Event(event) => self.take(event),
                // For lists of rooms; it may come at any moment.
                ServerFrame::Renamed { .. } => {}
                answer => return answer,
            }
        }
    }

    fn read(&mut self, count: usize) {
        for _ in 0..count {
            let Some(delivery) = self.socket.as_ref().and_then(Socket::try_next) else { return };
            match delivery {
                Delivery::Frame(ServerFrame::Event(event)) => self.take(event),
                Delivery::Frame(ServerFrame::Renamed { .. }) => {}
                other => panic!("not an event: {other:?}"),
            }
        }
    }

    /// Reads on until it has this place, subscribed again where it is not.
    async fn catch_up(&mut self, last: Seq) {
        if self.due.is_none() {
            self.resume().await;
        }
        while self.place() < last {
            match self.socket().next_frame().await {
                ServerFrame::Event(event) => self.take(event),
                ServerFrame::Renamed { .. } => {}
                other => panic!("not an event: {other:?}"),
            }
        }
    }

    /// A subscription leaves out nothing and doubles nothing. What was unread when the client subscribed again comes again, and is
    /// the same.
    fn take(&mut self, event: Event) {
        assert_eq!(Some(event.seq), self.due);
        self.due = Some(event.seq.next());
        match self.log.iter().find(|known| known.seq == event.seq) {
            Some(known) => assert_eq!(told(known), told(&event)),
            None => self.log.push(event),
        }
    }

    fn socket(&self) -> &Socket {
        self.socket.as_ref().unwrap()
    }

    fn place(&self) -> Seq {
        self.log.last().map_or(Seq::ZERO, |event| event.seq)
    }
}

/// What of an event is the same whenever it is read. A change of the room is told with the name that it has by then.
fn told(event: &Event) -> Event {
    let mut event = event.clone();
    if let Change::RoomChanged { name, .. } = &mut event.change {
        name.clear();
    }
    event
}

/// The name that a log ends with.
fn name(log: &[Event]) -> Option<String> {
    log.iter().rev().find_map(|event| match &event.change {
        Change::RoomChanged { name, .. } => Some(name.clone()),
        _ => None,
    })
}

/// What the room's own rules say of a log: places without a hole, and nobody joins, leaves or speaks who cannot. Returns what was said.
fn said(log: &[Event]) -> HashMap<(UserId, ClientId), Message> {
    let (mut members, mut said) = (HashSet::new(), HashMap::new());
    for (event, seq) in log.iter().zip(1..) {
        assert_eq!(event.seq, Seq(seq));
        let actor = event.actor.id;
        match &event.change {
            Change::MemberJoined => assert!(members.insert(actor), "{actor} joined twice"),
            Change::MemberLeft => assert!(members.remove(&actor), "{actor} was no member"),
            Change::MemberAdded { user } => assert!(members.insert(user.id), "{} joined twice", user.id),
            Change::MemberRemoved { user } => assert!(members.remove(&user.id), "{} was no member", user.id),
            Change::RoomChanged { .. }
            | Change::MemberChanged { .. }
            | Change::MessageDeleted { .. }
            | Change::MessageEdited { .. }
            | Change::ReactionChanged { .. }
            | Change::MessagePinned { .. } => {
                assert!(members.contains(&actor), "{actor} is no member");
            }
            Change::MessageCreated { .. } => {
                let message = event.message().unwrap();
                assert!(members.contains(&actor), "{actor} is no member");
                assert!(said.insert((actor, message.client_id), message).is_none(), "one client id twice");
            }
        }
    }
    said
}

async fn run(people: &[Person], scripts: Vec<Vec<Step>>) {
    let (ada, room) = (&people[0], &people[0].room("Garden", "public").await);
    people[1].join(room).await;
    // More clients than people: somebody has two screens.
    let mut clients: Vec<_> = scripts.iter().enumerate().map(|(n, _)| Client::new(&people[n % people.len()], room)).collect();
    join_all(clients.iter_mut().zip(scripts).map(|(client, script)| client.play(script))).await;

    ada.join(room).await;
    let last = ada.say(room.id, "the end").await.seq;
    let mut fresh = Client::new(ada, room);
    fresh.catch_up(last).await;
    let mut said = said(&fresh.log);
    for client in &mut clients {
        client.catch_up(last).await;
        assert_eq!(client.log.iter().map(told).collect::<Vec<_>>(), fresh.log.iter().map(told).collect::<Vec<_>>());
        assert_eq!(name(&client.log), name(&fresh.log));
        for Attempt { client_id, body, sent } in &client.attempts {
            let stored = said.remove(&(client.person.session.user.id, *client_id));
            let stored = stored.map(|message| (message.id, message.seq, message.at, message.body));
            assert_eq!(stored, sent.as_ref().map(|sent| (sent.message, sent.seq, sent.at, body.clone())));
        }
    }
    assert_eq!(said.into_values().map(|message| message.body).collect::<Vec<_>>(), ["the end"]);
}

#[test]
fn however_steps_interleave_every_client_has_the_log() {
    let runtime = Runtime::new().unwrap();
    let (_scene, people) = runtime.block_on(async {
        let scene = Scene::open().await;
        let people = [scene.person("ada").await, scene.person("bob").await];
        (scene, people)
    });
    // Which steps meet is up to the scheduler, so a long search for a smaller script would not be worth its time.
    let config = Config { cases: 48, max_shrink_iters: 16, failure_persistence: None, ..Config::default() };
    let played = TestRunner::new(config).run(&scripts(), |scripts| {
        runtime.block_on(run(&people, scripts));
        Ok(())
    });
    played.unwrap_or_else(|failure| panic!("{failure}"));
}
