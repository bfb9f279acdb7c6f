//! Pages a second over connections that stay open: a guest's, a member's, and both as browsers ask for them.

use std::{process, time::Duration};

use super::Bench;
use crate::{
    Result,
    http::ask,
    kind::Kind,
    machine::cpu_of,
    pages::load,
    server::Server,
    stats::{milliseconds, percentile},
    swarm::{Pace, Swarm},
};

const CONNECTIONS: usize = 8;
/// As many as a page shows.
const MESSAGES: usize = 50;
/// Of them answers that quote another one, where there are any.
const QUOTES: usize = 20;
/// What browsers take, of what is worth a server's while.
pub(super) const ENCODINGS: &str = "Accept-Encoding: br, gzip\r\n";
/// More than this much of its own core, and the load side may be what is measured.
const LOAD_MAX: f64 = 0.9;

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    let server = Server::start(Kind::Snug, &bench.programs)?;
    fill_room(bench, &server)?;
    let member = format!("Cookie: {}\r\n", server.cookie(0));
    let mut pages = [
        Page::new(&server, "first page", "/", ""),
        Page::new(&server, "room page", "/r/lobby", ""),
        Page::new(&server, "room page, signed in", "/r/lobby", &member),
        Page::new(&server, "room page, br or gzip", "/r/lobby", ENCODINGS),
        Page::new(&server, "room page, signed in, br or gzip", "/r/lobby", &format!("{ENCODINGS}{member}")),
    ];
    ask_in_turn(bench, &server, &mut pages)?;
    quote_and_react(&server)?;
    let mut pages = [
        Page::new(&server, "room page, 20 quotes and 200 reactions", "/r/lobby", ENCODINGS),
        Page::new(&server, "room page, 20 quotes and 200 reactions, signed in", "/r/lobby", &format!("{ENCODINGS}{member}")),
    ];
    ask_in_turn(bench, &server, &mut pages)
}

/// In turn, so that a busy minute of the machine is in the figures of each; the first round is to warm up.
fn ask_in_turn(bench: &mut Bench, server: &Server, pages: &mut [Page]) -> Result<()> {
    for round in 0..=bench.repetitions {
        for page in &mut *pages {
            let time = if round == 0 { bench.time / 4 } else { bench.time };
            let sample = page.sample(server, time)?;
            if round > 0 {
                page.samples.push(sample);
            }
        }
    }
    pages.iter().for_each(|page| page.report(bench));
    Ok(())
}

/// Answers the last messages of the page, and reacts to each that is on it then, with each of these emoji: so the member's page has marks of
/// their own in every row.
fn quote_and_react(server: &Server) -> Result<()> {
    let page = || ask(server.addr, "GET", "/r/lobby", &[], "");
    for (number, seq) in seqs(&page()?).into_iter().rev().take(QUOTES).enumerate() {
        server.reply("lobby", seq, "I had some already, and it was good.", number)?;
    }
    let page = page()?;
    let quotes = page.matches("class=\"message-quote\"").count();
    if quotes != QUOTES {
        return Err(format!("the room page shows {quotes} quotes, not {QUOTES}").into());
    }
    for seq in seqs(&page) {
        for emoji in ["%F0%9F%91%8D", "%F0%9F%8E%89", "%F0%9F%98%82", "%F0%9F%9A%80"] {
            server.react("lobby", seq, emoji)?;
        }
    }
    Ok(())
}

/// The places of the messages that a page shows.
fn seqs(page: &str) -> Vec<&str> {
    page.split("<li id=\"m").skip(1).filter_map(|row| row.split('"').next()).collect()
}

/// Writes until a page is full, and sees that guests and members are shown all of it.
fn fill_room(bench: &Bench, server: &Server) -> Result<()> {
    let mut swarm = Swarm::new()?;
    swarm.join(server, "lobby", 1)?;
    while usize::try_from(swarm.head())? < MESSAGES + 10 {
        swarm.drive(bench.time / 10, 1, Pace::InFlight(1))?;
    }
    for cookie in ["", server.cookie(0)] {
        let shown = ask(server.addr, "GET", "/r/lobby", &[("Cookie", cookie)], "")?.matches("The kettle is on").count();
        if shown < MESSAGES {
            return Err(format!("the room page shows {shown} messages, not {MESSAGES}").into());
        }
    }
    Ok(())
}

pub(super) struct Page {
    pub(super) name: &'static str,
    request: String,
    samples: Vec<Sample>,
}

pub(super) struct Sample {
    rate: f64,
    pub(super) per_core: f64,
    p99: f64,
    bytes: f64,
    load_side: f64,
}

impl Page {
    pub(super) fn new(server: &Server, name: &'static str, path: &str, headers: &str) -> Self {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{headers}\r\n", server.addr);
        Self { name, request, samples: Vec::new() }
    }

    pub(super) fn sample(&self, server: &Server, time: Duration) -> Result<Sample> {
        let (used, own) = (server.cpu()?, cpu_of(process::id())?);
        let loaded = load(server.addr, &self.request, CONNECTIONS, time)?;
        let (used, own) = (server.cpu()?.saturating_sub(used), cpu_of(process::id())?.saturating_sub(own));
        let (count, seconds) = (loaded.times.len() as f64, time.as_secs_f64());
        Ok(Sample {
            rate: count / seconds,
            per_core: count / used.as_secs_f64(),
            p99: percentile(&mut milliseconds(&loaded.times), 0.99),
            bytes: loaded.bytes as f64 / count,
            load_side: own.as_secs_f64() / seconds,
        })
    }

    fn report(&self, bench: &mut Bench) {
        let each = |figure: fn(&Sample) -> f64| self.samples.iter().map(figure).collect::<Vec<_>>();
        let busy = percentile(&mut each(|sample| sample.load_side), 0.5);
        if busy > LOAD_MAX {
            println!("{}: the load side was busy for {:.0} % of the time; the server may do more", self.name, busy * 100.0);
        }
        let mut add = |what, unit, samples| bench.report.add(&format!("{}: {what}", self.name), Kind::Snug, unit, samples);
        add("requests", "/s", each(|sample| sample.rate));
        add("requests per core", "/s", each(|sample| sample.per_core));
        add("p99", "ms", each(|sample| sample.p99));
        add("over the wire", "B", each(|sample| sample.bytes));
    }
}
