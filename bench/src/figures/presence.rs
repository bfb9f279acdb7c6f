//! What it costs that people come and go where 5,000 sockets watch as many of them as one may: each is told once a second at most.

use std::time::Duration;

use super::Bench;
use crate::{Result, kind::Kind, server::Server, swarm::Swarm};

/// As many as one socket may watch. Each has some of the sockets.
const PEOPLE: usize = 200;
const SOCKETS: usize = 5_000;
/// Changes are told once in a second: when nothing has come for this time, all has.
const REST: Duration = Duration::from_secs(2);

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    let (server, mut swarm) = (Server::start_with(Kind::Snug, &bench.programs, PEOPLE)?, Swarm::new()?);
    swarm.join(&server, "lobby", SOCKETS)?;
    let people: Vec<_> = server.people().iter().map(|id| format!("\"{id}\"")).collect();
    swarm.say(0..SOCKETS, &format!(r#"{{"type":"watch_people","people":[{}]}}"#, people.join(",")))?;
    let told = swarm.listen(REST)?;
    if told.frames < SOCKETS {
        return Err(format!("{} of {SOCKETS} sockets were told who is there", told.frames).into());
    }
    // Whoever goes away does so on all their devices: the sockets of one person are this far apart.
    for (name, step) in [("nobody changes", SOCKETS), ("one of 200 changes", PEOPLE), ("all 200 change", 1)] {
        let (mut cpu, mut frames, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
        for state in ["away", "online"].into_iter().cycle().take(bench.repetitions + 1) {
            let used = server.cpu()?;
            let moved = (0..SOCKETS).step_by(step).skip(usize::from(step == SOCKETS));
            swarm.say(moved, &format!(r#"{{"type":"presence","state":"{state}"}}"#))?;
            let told = swarm.listen(REST)?;
            cpu.push((server.cpu()?.saturating_sub(used)).as_secs_f64() * 1e3);
            frames.push(told.frames as f64);
            bytes.push(told.bytes as f64 / told.frames.max(1) as f64);
        }
        let mut add = |what, unit, samples: Vec<f64>| {
            bench.report.add(&format!("5000 sockets, {name}: {what}"), Kind::Snug, unit, samples[1..].to_vec());
        };
        add("CPU", "ms", cpu);
        add("frames", "", frames);
        add("size of a frame", "B", bytes);
    }
    Ok(())
}
