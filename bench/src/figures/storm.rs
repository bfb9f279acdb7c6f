//! A thousand sockets that come back in the same moment, each having missed some messages.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::{Bench, Stand};
use crate::{
    Result,
    kind::Kind,
    server::Server,
    swarm::{Pace, Swarm},
};

const SOCKETS: usize = 1_000;
const MISSED: u64 = 20;

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    let mut stand = Stand::one_room(Kind::Snug, &bench.programs, 10)?;
    stand.sample(Duration::from_millis(500), Pace::PerSecond(200))?;
    let (server, head) = (&stand.server, stand.swarm.head());
    let before = server.open_files()?;
    let (mut times, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..bench.repetitions {
        let mut swarm = Swarm::new()?;
        let (used, start) = (server.cpu()?, Instant::now());
        swarm.storm(server, "lobby", SOCKETS, head - MISSED, head)?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
        cpu.push((server.cpu()?.saturating_sub(used)).as_secs_f64() * 1e3);
        drop(swarm);
        until_closed(server, before)?;
    }
    bench.report.add("1000 sockets come back: time", Kind::Snug, "ms", times);
    bench.report.add("1000 sockets come back: CPU", Kind::Snug, "ms", cpu);
    Ok(())
}

/// The next storm has to find the server as this one did.
fn until_closed(server: &Server, before: usize) -> Result<()> {
    while server.open_files()? > before {
        thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}
