//! A chat in a folder of its own, and people in it.

use std::{net::IpAddr, time::Duration};

use chat::{
    Actor, Chat, Limits, Options, Rate, Session, SigningKey,
    accounts::{self, Registration},
    messages::{self, Outgoing, Sent},
    rooms::{self, NewRoom, RoomEdit},
    sessions::{self, SignedIn, Visitor},
};
use futures::{StreamExt as _, stream};
use protocol::{ClientId, Room, RoomRef, Seq, ServerFrame, User};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, QueryResult, Statement, TransactionTrait};
use tempfile::TempDir;

use crate::socket::Socket;

pub const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
pub const PASSWORD: &str = "moss and ember";

pub struct Scene {
    pub chat: Chat,
    database_url: String,
    folder: TempDir,
}

impl Scene {
    pub async fn open() -> Self {
        Self::with(limits()).await
    }

    pub async fn with(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database_url = testkit::database_url(folder.path()).await;
        let chat = open(&folder, &database_url, limits, None).await;
        Self { chat, database_url, folder }
    }

    /// Two nodes on one database, joined by this Redis.
    pub async fn of_two_nodes(redis_url: &str) -> (Self, Chat) {
        Self::of_two_nodes_with(redis_url, limits()).await
    }

    pub async fn of_two_nodes_with(redis_url: &str, limits: Limits) -> (Self, Chat) {
        let folder = tempfile::tempdir().unwrap();
        let database_url = testkit::Postgres::shared().await.database().await;
        // At the same time, as after a power cut.
        let node = || open(&folder, &database_url, limits.clone(), Some(redis_url.to_owned()));
        let (one, other) = futures::join!(node(), node());
        (Self { chat: one, database_url, folder }, other)
    }

    /// On a database that there may be already.
    pub async fn on(database_url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let chat = open(&folder, database_url, limits(), None).await;
        Self { chat, database_url: database_url.to_owned(), folder }
    }

    /// Closes the chat and opens it again on the same data.
    pub async fn restart(self) -> Self {
        self.restart_with(limits()).await
    }

    pub async fn restart_with(self, limits: Limits) -> Self {
        self.chat.close().await;
        let chat = open(&self.folder, &self.database_url, limits, None).await;
        Self { chat, ..self }
    }

    /// Another process on the same data, as a command is one.
    pub async fn beside(&self) -> Chat {
        open(&self.folder, &self.database_url, limits(), None).await
    }

    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    /// Changes the database from outside.
    pub async fn sql(&self, statement: &str) {
        self.database().await.execute_unprepared(statement).await.unwrap();
    }

    /// An id as it is written in a statement.
    pub fn uuid(&self, id: sea_orm::prelude::Uuid) -> String {
        if self.database_url.starts_with("sqlite") { format!("X'{}'", id.simple()) } else { format!("'{id}'") }
    }

    /// The number that a query gives.
    pub async fn number(&self, query: &str) -> i64 {
        self.query(query).await.first().unwrap().try_get_by_index(0).unwrap()
    }

    /// The first column of what a query finds.
    pub async fn texts(&self, query: &str) -> Vec<String> {
        self.query(query).await.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    async fn query(&self, query: &str) -> Vec<QueryResult> {
        let database = self.database().await;
        database.query_all_raw(Statement::from_string(database.get_database_backend(), query)).await.unwrap()
    }

    /// A transaction of another process.
    pub async fn begin(&self) -> DatabaseTransaction {
        self.database().await.begin().await.unwrap()
    }

    async fn database(&self) -> DatabaseConnection {
        Database::connect(&self.database_url).await.unwrap()
    }

    pub async fn person(&self, username: &str) -> Person {
        let new = Registration { username, display_name: "", password: PASSWORD };
        Person::of(&self.chat, accounts::register(&self.chat, new, HOME).await.unwrap())
    }
}

/// Limits that no test meets unless it sets out to.
pub fn limits() -> Limits {
    let free = Rate::new(u32::MAX, Duration::from_millis(1));
    Limits {
        per_address: free,
        per_account: free,
        registrations_per_address: free,
        sends: free,
        sends_per_address: free,
        joins: free,
        creations: free,
        invites: free,
        edits: free,
        moderations: free,
        moderations_per_address: free,
        renewals: free,
        connects: free,
        rooms_made: u32::MAX,
        rooms_joined: u32::MAX,
        ..Limits::default()
    }
}

async fn open(folder: &TempDir, database_url: &str, limits: Limits, redis_url: Option<String>) -> Chat {
    let signing_key = SigningKey::load_or_create(&folder.path().join("signing.key")).unwrap();
    Chat::open(Options { database_url: database_url.to_owned(), redis_url, signing_key, limits }).await.unwrap()
}

pub struct Person {
    chat: Chat,
    pub session: Session,
    pub refresh_token: String,
}

impl Person {
    /// Whoever has signed in.
    pub fn of(chat: &Chat, signed_in: SignedIn) -> Self {
        let SignedIn { session, refresh_token, .. } = signed_in;
        Self { chat: chat.clone(), session, refresh_token: refresh_token.as_str().to_owned() }
    }

    /// The same person at another node.
    pub fn at(&self, chat: &Chat) -> Self {
        Self { chat: chat.clone(), session: self.session.clone(), refresh_token: self.refresh_token.clone() }
    }

    pub fn actor(&self) -> Actor {
        Some(&self.session).into()
    }

    pub async fn room(&self, name: &str, visibility: &str) -> Room {
        rooms::create(&self.chat, self.actor(), NewRoom { name, topic: "", visibility, allow_duplicate: true }).await.unwrap()
    }

    pub async fn join(&self, room: &Room) {
        rooms::join(&self.chat, self.actor(), &room.id.into()).await.unwrap();
    }

    pub async fn leave(&self, room: &Room) {
        rooms::leave(&self.chat, self.actor(), &room.id.into()).await.unwrap();
    }

    pub async fn add(&self, room: &Room, username: &str) -> chat::Result<Room> {
        rooms::add(&self.chat, self.actor(), &room.id.into(), username).await
    }

    pub async fn set_role(&self, room: &Room, whose: &Self, role: &str) -> chat::Result<Room> {
        rooms::set_role(&self.chat, self.actor(), &room.id.into(), whose.user().id, role).await
    }

    pub async fn remove(&self, room: &Room, whom: &Self) -> chat::Result<Room> {
        rooms::remove(&self.chat, self.actor(), &room.id.into(), whom.user().id).await
    }

    pub async fn ban(&self, room: &Room, whom: &Self, time: &str) -> chat::Result<Room> {
        let ban = rooms::Ban { reason: "Shouting", time };
        rooms::ban(&self.chat, self.actor(), &room.id.into(), whom.user().id, ban).await
    }

    pub async fn mute(&self, room: &Room, whom: &Self, time: &str) -> chat::Result<Room> {
        rooms::mute(&self.chat, self.actor(), &room.id.into(), whom.user().id, time).await
    }

    pub async fn try_join(&self, room: &Room) -> chat::Result<Room> {
        rooms::join(&self.chat, self.actor(), &room.id.into()).await
    }

    pub async fn try_leave(&self, room: &Room) -> chat::Result<Room> {
        rooms::leave(&self.chat, self.actor(), &room.id.into()).await
    }

    pub async fn edit(&self, room: &Room, name: &str, topic: &str) -> chat::Result<Room> {
        rooms::edit(&self.chat, self.actor(), &room.id.into(), RoomEdit { name, topic, allow_duplicate: true }).await
    }

    pub async fn say(&self, room: impl Into<RoomRef>, body: &str) -> Sent {
        self.try_say(room, ClientId::generate(), body).await.unwrap()
    }

    pub async fn try_say(&self, room: impl Into<RoomRef>, client_id: ClientId, body: &str) -> chat::Result<Sent> {
        let message = Outgoing::new(room.into(), client_id, body.to_owned());
        messages::send(&self.chat, self.actor(), message).await
    }

    /// How the others see this person.
    pub fn user(&self) -> User {
        self.session.user.clone()
    }

    pub async fn connect(&self) -> Socket {
        let grant = sessions::grant(&self.chat, &self.session).unwrap();
        Socket::open(&self.chat, Some(&grant.access_token)).await.unwrap()
    }
}

/// What a page view finds, of a session that was used a moment ago.
pub fn seen(session: &Session) -> Option<Visitor> {
    Some(Visitor { session: session.clone(), keep_for: None, unread: 0 })
}

/// A room of two.
pub async fn garden(scene: &Scene) -> (Person, Person, Room) {
    let (ada, bob) = (scene.person("ada").await, scene.person("bob").await);
    let room = ada.room("Garden", "public").await;
    bob.join(&room).await;
    (ada, bob, room)
}

pub async fn react(scene: &Scene, person: &Person, room: &Room, seq: Seq, emoji: &str, on: bool) -> chat::Result<messages::Done> {
    messages::react(&scene.chat, person.actor(), &room.id.into(), seq, emoji, on).await
}

/// How a subscription began.
pub struct Resumed {
    pub head: Seq,
    pub reset: bool,
    /// Places that were replayed.
    pub replay: Vec<i64>,
}

/// Subscribes and reads the replay.
pub async fn subscribe(socket: &Socket, room: impl Into<RoomRef>, after: Option<Seq>) -> Resumed {
    socket.subscribe(&room.into(), after, None).await.unwrap();
    let (head, reset) = loop {
        if let ServerFrame::Subscribed { head, reset, .. } = socket.next_frame().await {
            break (head, reset);
        }
    };
    let mut replay = Vec::new();
    let missed = if reset { 0 } else { after.map_or(0, |after| head.0 - after.0) };
    for _ in 0..missed {
        match socket.next_frame().await {
            ServerFrame::Event(event) => replay.push(event.seq.0),
            other => panic!("not an event: {other:?}"),
        }
    }
    Resumed { head, reset, replay }
}

/// Asks again and again until there is an answer.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let asked = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), asked).await.unwrap_or_else(|_| panic!("waited in vain: {what}"))
}

/// The code that a refusal carries.
pub fn code<T>(result: chat::Result<T>) -> protocol::ErrorCode {
    match result {
        Ok(_) => panic!("not refused"),
        Err(error) => error.public().code,
    }
}

/// What these bring, in their order. Whoever asks for hundreds at once has to wait for too long on a busy machine.
pub(crate) async fn a_few_at_a_time<T>(all: impl IntoIterator<Item: Future<Output = T>>) -> Vec<T> {
    stream::iter(all).buffered(16).collect().await
}
