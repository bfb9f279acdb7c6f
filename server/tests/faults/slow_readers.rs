//! Readers that stop reading (G6).

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use protocol::{ClientFrame, CloseCode, limits};
use testkit::{signal, sqlite_url};
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};

use crate::{
    client::Profile,
    crowd::{Crowd, Plan},
    load_time,
    node::Node,
    support::{
        PATIENCE, eventually,
        person::{Person, Program},
        socket::{Socket, request, room},
    },
};

/// The room that nobody listens to who reads.
const ATTIC: &str = "attic";
/// What goes into it is more than the server may keep for all of them.
const FLOOD: u64 = 3_000;
/// So many of it at once: a slow machine, too, stores them before the server says that it has no time.
const WAVE: u64 = 10;
const DEAF: usize = 40;
/// A fraction of the flood: bounds of mailboxes and sockets, caches of SQLite, and what the allocator keeps.
const MEMORY_MAX: usize = 48 * 1024 * 1024;
/// Small enough that what the kernels hold back is soon full.
const RECEIVE_BUFFER: u32 = 4096;
const READER: &str = "slow_readers::reader_in_a_process_of_its_own";

/// How many read in the process that is stopped.
const READERS: usize = 5;

/// The process of clients that is stopped. It says when its readers listen, and when they are back; a line on its input tells it to hold
/// what they saw against the database.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by the next test as a process of its own"]
async fn reader_in_a_process_of_its_own() {
    let node = std::env::var("SNUG_FAULTS_NODE").unwrap().parse().unwrap();
    let url = std::env::var("SNUG_FAULTS_DATABASE").unwrap();
    let mut crowd = Crowd::empty();
    for _ in 0..READERS {
        crowd.add(Profile {
            account: None,
            nodes: vec![node],
            pace: Duration::from_secs(1),
            outbox: 0,
            padding: 0,
            receive_buffer: Some(RECEIVE_BUFFER),
            by_events: false,
        });
    }
    crowd.subscribed().await;
    println!("ready");
    while crowd.tally().connections < 2 * READERS {
        sleep(Duration::from_millis(10)).await;
    }
    println!("back");
    let told = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
    assert!(told.await.unwrap().unwrap() > 0);
    let tally = crowd.settle("the process that was stopped", &url).await;
    assert_eq!(tally.closes.keys().copied().collect::<Vec<_>>(), [CloseCode::TooSlow.number()]);
    assert_eq!(tally.resets, 0, "what was missed was to be less than a resume replays");
}

/// That process, and what it says.
struct Stopped {
    child: Child,
    lines: mpsc::UnboundedReceiver<String>,
}

impl Stopped {
    /// Starts it, and waits until it listens to the rooms.
    async fn start(node: &Node, url: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([READER, "--exact", "--ignored", "--nocapture"]);
        command.env("SNUG_FAULTS_NODE", node.addr().to_string()).env("SNUG_FAULTS_DATABASE", url);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (said, lines) = mpsc::unbounded_channel();
        // Its end is the end of its output. What nobody listens to is read all the same: it must not block.
        std::thread::spawn(move || output.lines().map_while(Result::ok).for_each(|line| drop(said.send(line))));
        let mut stopped = Self { child, lines };
        stopped.says("ready").await;
        stopped
    }

    async fn says(&mut self, word: &str) {
        // The harness writes lines of its own, and no line end before the output of the test.
        let said = async { while !self.lines.recv().await.expect("the process with the readers goes on").ends_with(word) {} };
        assert!(timeout(PATIENCE, said).await.is_ok(), "waited in vain: the readers are {word}");
    }
}

/// Fills a room that is listened to by sockets that never read; returns how much the server's memory grew.
async fn flood(node: &Node) -> usize {
    let mut writer = Program::at(node.addr()).socket("grace").await;
    let before = node.memory();
    let mut deaf = Vec::new();
    for _ in 0..DEAF {
        let mut socket = Socket::narrow(node.addr(), request(node.addr(), "")).await;
        socket.send(&ClientFrame::Subscribe { room: room(ATTIC), after: None, epoch: None }).await;
        deaf.push(socket);
    }
    let body = "🦀".repeat(limits::BODY_MAX);
    for _ in 0..FLOOD / WAVE {
        writer.say_many(ATTIC, &body, WAVE).await;
    }
    node.memory().saturating_sub(before)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_that_stop_cost_bounded_memory_hurt_nobody_and_resume() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let mut node = Node::new("node", &folder);
    node.start().await;
    node.furnish().await;
    let grace = Person::at(node.addr());
    grace.register("grace").await;
    grace.create_room(ATTIC, "public").await;
    let url = sqlite_url(node.folder());
    // Bodies of 3 KiB: 400 of them are more than the buffers between two processes hold, and less than a resume replays.
    let plan = Plan { senders: 4, readers: 4, padding: 3 * 1024, ..Plan::unhurried() };
    let crowd = Crowd::gather(&[node.addr()], plan).await;

    let mut stopped = Stopped::start(&node, &url).await;
    signal(stopped.child.id(), "STOP");
    crowd.work(Duration::ZERO, 400).await;
    // Else a slow machine would let them miss more, while they are on their way back, than a resume replays.
    crowd.calm_down(&url).await;
    signal(stopped.child.id(), "CONT");
    stopped.says("back").await;
    crowd.go_on();

    let grown = flood(&node).await;
    assert!(grown < MEMORY_MAX, "{} MiB more", grown >> 20);
    crowd.work(load_time() / 4, 10).await;

    let tally = crowd.settle("stopped readers", &url).await;
    println!("stopped readers: {DEAF} deaf sockets, {} MiB sent, memory grew by {} MiB", (FLOOD * 32) >> 10, grown >> 20);
    assert_eq!((tally.connections, tally.closes.len()), (8, 0), "the others were hurt");
    stopped.child.stdin.take().unwrap().write_all(b"settle\n").unwrap();
    let ended = eventually("the process with the readers ends", async || stopped.child.try_wait().unwrap()).await;
    assert!(ended.success());
}
