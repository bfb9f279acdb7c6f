//! Visitors who ask for pages and never read them (G6).

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use protocol::limits;

use crate::{
    node::Node,
    support::{
        person::{Person, Program},
        raw::Raw,
    },
};

/// What answers may take, and room for pages that are being made. All of the pages together are twice as much.
const MEMORY_MAX: usize = 160 * 1024 * 1024;
const ATTIC: &str = "attic";

/// Makes a room whose page is as large as one can be: each of its characters is several, in HTML and in JSON. Returns its bytes.
async fn fill(node: &Node) -> usize {
    let grace = Person::at(node.addr());
    grace.register("grace").await;
    grace.create_room(ATTIC, "public").await;
    let mut writer = Program::at(node.addr()).socket("grace").await;
    writer.say_many(ATTIC, &"<".repeat(limits::BODY_MAX), 50).await;
    visit(node).await
}

/// Bytes of the page that somebody gets who reads it.
async fn visit(node: &Node) -> usize {
    Person::at(node.addr()).get(&format!("/r/{ATTIC}")).await.text.len()
}

/// How long somebody waits who sends meanwhile.
async fn acknowledgements(node: &Node) -> Vec<Duration> {
    let mut ada = Program::at(node.addr()).socket("ada").await;
    let mut times = Vec::new();
    for number in 0..30 {
        let sent = Instant::now();
        ada.say("lobby", &number.to_string()).await;
        times.push(sent.elapsed());
    }
    times.sort();
    times
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pages_that_nobody_reads_cost_bounded_memory_and_hurt_nobody() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let mut node = Node::new("node", &folder);
    node.start().await;
    node.furnish().await;
    let page = fill(&node).await;
    let (count, before) = (2 * MEMORY_MAX / page, node.memory());
    let mut visitors = Vec::new();
    for _ in 0..count {
        let mut visitor = Raw::narrow(node.addr()).await;
        visitor.write(format!("GET /r/{ATTIC} HTTP/1.1\r\nHost: localhost\r\n\r\n")).await;
        visitors.push(visitor);
    }
    let times = acknowledgements(&node).await;
    let mut peak = node.memory();
    for visitor in &mut visitors {
        visitor.answered().await;
        peak = peak.max(node.memory());
    }
    let grown = peak.saturating_sub(before);
    println!(
        "deaf visitors: {count} pages of {} KiB, memory grew by {} MiB; acknowledgements meanwhile {:?} in the middle, {:?} at most",
        page >> 10,
        grown >> 20,
        times[times.len() / 2],
        times[times.len() - 1],
    );
    assert!(grown < MEMORY_MAX, "{} MiB more", grown >> 20);
    assert!(visit(&node).await >= page, "who reads does not get the whole page");
}
