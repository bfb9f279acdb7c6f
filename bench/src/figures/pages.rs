//! Pages a second over connections that stay open.

use std::process;

use super::Bench;
use crate::{
    Result,
    http::ask,
    machine::cpu_of,
    pages::load,
    server::{Kind, Server},
    stats::{milliseconds, percentile},
    swarm::{Pace, Swarm},
};

const CONNECTIONS: usize = 8;
/// As many as a page shows.
const MESSAGES: usize = 50;
/// More than this much of its own core, and the load side may be what is measured.
const LOAD_MAX: f64 = 0.9;

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    let server = Server::start(Kind::Snug, &bench.programs)?;
    let mut swarm = Swarm::new()?;
    swarm.join(&server, "lobby", 1)?;
    while usize::try_from(swarm.head())? < MESSAGES + 10 {
        swarm.drive(bench.time / 10, 1, Pace::InFlight(1))?;
    }
    let shown = ask(server.addr, "GET", "/r/lobby", &[], "")?.matches("The kettle is on").count();
    if shown < MESSAGES {
        return Err(format!("the room page shows {shown} messages, not {MESSAGES}").into());
    }
    let signed_in = format!("Cookie: {}\r\n", server.cookie());
    for (name, path, headers) in
        [("first page", "/", ""), ("room page", "/r/lobby", ""), ("room page, signed in", "/r/lobby", signed_in.as_str())]
    {
        page(bench, &server, name, &format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{headers}\r\n", server.addr))?;
    }
    Ok(())
}

fn page(bench: &mut Bench, server: &Server, name: &str, request: &str) -> Result<()> {
    let (mut rate, mut per_core, mut p99, mut busy) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    load(server.addr, request, CONNECTIONS, bench.time / 4)?;
    for _ in 0..bench.repetitions {
        let (used, own) = (server.cpu()?, cpu_of(process::id())?);
        let times = load(server.addr, request, CONNECTIONS, bench.time)?;
        let count = times.len() as f64;
        rate.push(count / bench.time.as_secs_f64());
        per_core.push(count / (server.cpu()?.saturating_sub(used)).as_secs_f64());
        p99.push(percentile(&mut milliseconds(&times), 0.99));
        busy.push((cpu_of(process::id())?.saturating_sub(own)).as_secs_f64() / bench.time.as_secs_f64());
    }
    if percentile(&mut busy, 0.5) > LOAD_MAX {
        println!(
            "{name}: the load side was busy for {:.0} % of the time; the server may do more",
            percentile(&mut busy, 0.5) * 100.0
        );
    }
    bench.report.add(&format!("{name}: requests"), Kind::Snug, "/s", rate);
    bench.report.add(&format!("{name}: requests per core"), Kind::Snug, "/s", per_core);
    bench.report.add(&format!("{name}: p99"), Kind::Snug, "ms", p99);
    Ok(())
}
