//! Floods: somebody does as much as the line takes. Each is bounded, leaves no memory behind, and a neighbour's sends are acknowledged
//! meanwhile. What it cost is printed: docs/PERFORMANCE.md has the figures.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use protocol::{ClientId, ErrorCode, ServerFrame};
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::{
    load_time,
    node::Node,
    support::{
        PASSWORD, Socket,
        person::{Answer, Person, Program, Tokens},
        socket::{Received, message, request, with_header, with_token},
    },
};

/// What a flood may leave behind: a hash or two that is about to go, caches, what the allocator keeps.
const GROWTH_MAX: usize = 64 << 20;
/// Parts of a flood that go on at the same time.
const AT_ONCE: usize = 8;
const MALLORY: &str = "203.0.113.7";

/// What came of a flood.
#[derive(Default)]
struct Outcome {
    tried: AtomicUsize,
    done: AtomicUsize,
    throttled: AtomicUsize,
}

impl Outcome {
    fn note(&self, done: bool, throttled: bool) {
        self.tried.fetch_add(1, Ordering::Relaxed);
        self.done.fetch_add(usize::from(done), Ordering::Relaxed);
        self.throttled.fetch_add(usize::from(throttled), Ordering::Relaxed);
    }

    fn done(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    fn note_answer(&self, answer: &Answer) {
        let throttled = answer.status == StatusCode::TOO_MANY_REQUESTS;
        assert!(!throttled || answer.header("retry-after") != "0", "{}", answer.text);
        self.note(answer.status.is_success() || answer.status.is_redirection(), throttled);
    }
}

/// A server, and somebody who talks on it from elsewhere while it is flooded.
struct Stage {
    node: Node,
}

impl Stage {
    async fn new(limits: &str) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let mut node = Node::new("node", &folder).set("SNUG_LIMITS", limits);
        node.start().await;
        for name in ["grace", "mallory"] {
            Person::at(node.addr()).register(name).await;
        }
        Self { node }
    }

    /// Lets parts of a flood go on for some seconds. Prints what it did, what it left, and what the neighbour noticed.
    async fn flood<F>(&self, name: &str, part: impl Fn(usize, Arc<Outcome>, Instant) -> F) -> Arc<Outcome>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let before = self.node.memory();
        let (outcome, end) = (Arc::new(Outcome::default()), Instant::now() + load_time() / 4);
        let mut parts = JoinSet::new();
        for number in 0..AT_ONCE {
            parts.spawn(part(number, outcome.clone(), end));
        }
        let mut waits = self.neighbour(end).await;
        while let Some(ended) = parts.join_next().await {
            ended.unwrap();
        }
        // The memory of hashes is kept for a moment.
        sleep(Duration::from_millis(500)).await;
        let after = self.node.memory();
        waits.sort();
        println!(
            "floods: {name}: {} tried, {} done, {} throttled; memory {} -> {} MiB; a neighbour's {} sends were acknowledged in {:?} (median), {:?} (longest)",
            outcome.tried.load(Ordering::Relaxed),
            outcome.done(),
            outcome.throttled.load(Ordering::Relaxed),
            before >> 20,
            after >> 20,
            waits.len(),
            waits[waits.len() / 2],
            waits[waits.len() - 1],
        );
        assert!(outcome.throttled.load(Ordering::Relaxed) > 0, "{name}: nothing was refused");
        assert!(after < before + GROWTH_MAX, "{name}: {} MiB more", (after - before) >> 20);
        outcome
    }

    /// Sends now and then until then, each time waiting for the acknowledgement; returns how long each took.
    async fn neighbour(&self, end: Instant) -> Vec<Duration> {
        let mut socket = Program::at(self.node.addr()).socket("grace").await;
        let mut waits = Vec::new();
        while Instant::now() < end || waits.is_empty() {
            let began = Instant::now();
            socket.say("lobby", "Is anybody there?").await;
            waits.push(began.elapsed());
            sleep(Duration::from_millis(200)).await;
        }
        waits
    }

    /// Mallory's tokens.
    async fn tokens(&self) -> Tokens {
        Program::at(self.node.addr()).sign_in("mallory").await
    }

    /// Mallory's browser, signed in.
    async fn browser(&self) -> Arc<Person> {
        let person = Person::at(self.node.addr());
        person.submit("/login", "login", &[("username", "mallory"), ("password", PASSWORD)]).await.leads_to();
        Arc::new(person)
    }
}

async fn submit(person: &Person, function: &str, fields: &[(&str, &str)], from: &str) -> Answer {
    let request = person.request(Method::POST, &format!("/api/fn/{function}"));
    // As a script asks: what is refused says so by its status.
    Answer::to(request.header("x-forwarded-for", from).header("accept", "application/json").form(fields)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sends() {
    let stage = Stage::new("").await;
    let (addr, token) = (stage.node.addr(), stage.tokens().await.access_token);
    let outcome = stage.flood("sends of one account", |_: usize, outcome: Arc<Outcome>, end: Instant| {
        let token = token.clone();
        async move {
            let request = with_header(with_token(request(addr, ""), &token), "x-forwarded-for", MALLORY);
            let (mut socket, _) = Socket::connect(addr, request).await.unwrap();
            while Instant::now() < end {
                for _ in 0..50 {
                    assert!(socket.try_send(&message("lobby", ClientId::generate(), "spam")).await);
                }
                let mut answers = 0;
                while answers < 50 {
                    let Received::Frame(frame) = socket.receive().await else { panic!("closed") };
                    match frame {
                        ServerFrame::Ack { .. } => outcome.note(true, false),
                        ServerFrame::Error { error, .. } => {
                            assert!(error.code == ErrorCode::Throttled && error.retry_after.is_some(), "{error:?}");
                            outcome.note(false, true);
                        }
                        _ => continue,
                    }
                    answers += 1;
                }
            }
        }
    });
    // A hundred at once, and five a second.
    assert!(outcome.await.done() <= 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rooms_of_one_name() {
    let stage = Stage::new("").await;
    let mallory = stage.browser().await;
    let create = |_: usize, outcome: Arc<Outcome>, end: Instant| {
        let mallory = mallory.clone();
        async move {
            while Instant::now() < end {
                let fields = [("name", "a"), ("topic", ""), ("visibility", "public")];
                outcome.note_answer(&submit(&mallory, "create_room", &fields, MALLORY).await);
            }
        }
    };
    assert!(stage.flood("rooms of one name", create).await.done() <= 40);
}

/// Where the operator allows as many as one likes, pages stay small, and the writer does not wait for names.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rooms_without_a_limit() {
    let limits = "creations=3000+1/h,creations-per-address=100000+1000/s,rooms-made=100000,rooms-joined=100000,rooms=100000";
    let stage = Stage::new(limits).await;
    let mallory = stage.browser().await;
    let create = |_: usize, outcome: Arc<Outcome>, end: Instant| {
        let mallory = mallory.clone();
        async move {
            while Instant::now() < end || outcome.throttled.load(Ordering::Relaxed) == 0 {
                let fields = [("name", "a"), ("topic", ""), ("visibility", "public"), ("allow_duplicate", "true")];
                outcome.note_answer(&submit(&mallory, "create_room", &fields, MALLORY).await);
            }
        }
    };
    assert_eq!(stage.flood("3,000 rooms of one name", create).await.done(), 3_000);
    let guest = Person::at(stage.node.addr());
    for (whose, person) in [("a guest", &guest), ("their maker", &mallory)] {
        for path in ["/", "/r/lobby", "/?q=a", "/login"] {
            let bytes = person.get(path).await.text.len();
            println!("floods: {path} of {whose}: {} KiB", bytes >> 10);
            assert!(bytes < 400 << 10, "{path} of {whose} has {bytes} bytes");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn joins_and_leaves() {
    let stage = Stage::new("").await;
    let mallory = stage.browser().await;
    mallory.create_room("garden", "public").await;
    let change = |number: usize, outcome: Arc<Outcome>, end: Instant| {
        let mallory = mallory.clone();
        async move {
            let function = if number.is_multiple_of(2) { "join_room" } else { "leave_room" };
            while Instant::now() < end {
                outcome.note_answer(&submit(&mallory, function, &[("room", "garden")], MALLORY).await);
            }
        }
    };
    // Sixty at once, and one in two seconds.
    assert!(stage.flood("joins and leaves", change).await.done() <= 80);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn renewals() {
    let stage = Stage::new("").await;
    let (addr, token) = (stage.node.addr(), stage.tokens().await.refresh_token);
    let renew = |_: usize, outcome: Arc<Outcome>, end: Instant| {
        let token = token.clone();
        async move {
            // On a slow machine some time passes before it is too many.
            while Instant::now() < end || outcome.throttled.load(Ordering::Relaxed) == 0 {
                let body = json!({ "refresh_token": token });
                let request = Program::at(addr).post("/api/v1/auth/refresh").header("x-forwarded-for", MALLORY).json(&body);
                outcome.note_answer(&Answer::to(request).await);
            }
        }
    };
    // Thirty at once, and two a minute.
    assert!(stage.flood("renewals of one session", renew).await.done() <= 40);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sockets() {
    let stage = Stage::new("sockets-per-address=100,connects-per-address=200+10/s").await;
    let addr = stage.node.addr();
    let held = Arc::new(Mutex::new(Vec::new()));
    let open = |_: usize, outcome: Arc<Outcome>, end: Instant| {
        let held = held.clone();
        async move {
            while Instant::now() < end {
                let request = with_header(request(addr, ""), "x-forwarded-for", MALLORY);
                match Socket::connect(addr, request).await {
                    Ok((mut socket, _)) => match socket.receive().await {
                        Received::Frame(_) => {
                            outcome.note(true, false);
                            held.lock().unwrap().push(socket);
                        }
                        Received::Closed(_) => outcome.note(false, false),
                    },
                    // 429, before it is a socket.
                    Err(_) => outcome.note(false, true),
                }
            }
        }
    };
    assert_eq!(stage.flood("sockets of one address", open).await.done(), 100);
}

/// From many addresses, at one name. Its owner gets in all the while.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn wrong_passwords() {
    let stage = Stage::new("").await;
    let addr = stage.node.addr();
    let guess = |number: usize, outcome: Arc<Outcome>, end: Instant| async move {
        let program = Program::at(addr);
        for n in (0..).take_while(|_| Instant::now() < end) {
            let from = format!("198.51.{number}.{}", n % 250);
            let body = json!({ "username": "grace", "password": "a guess" });
            let request = program.post("/api/v1/auth/token").header("x-forwarded-for", from).json(&body);
            outcome.note_answer(&Answer::to(request).await);
        }
    };
    stage.flood("wrong passwords for one name", guess).await;
    Program::at(addr).sign_in("grace").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn accounts_of_one_network() {
    let stage = Stage::new("").await;
    let addr = stage.node.addr();
    let register = |number: usize, outcome: Arc<Outcome>, end: Instant| async move {
        // Each takes a hash: on a slow machine some time passes before it is too many.
        for n in (0..).take_while(|_| Instant::now() < end || outcome.throttled.load(Ordering::Relaxed) == 0) {
            let (name, from) = (format!("m{number}-{n}"), format!("2001:db8:0:{:x}::1", number * 0x1000 + n));
            let fields = [("username", name.as_str()), ("display_name", ""), ("password", PASSWORD)];
            outcome.note_answer(&submit(&Person::at(addr), "register", &fields, &from).await);
        }
    };
    // Eighty at once, and four in three seconds.
    assert!(stage.flood("accounts of one /48", register).await.done() <= 100);
    Program::at(addr).sign_in("grace").await;
}
