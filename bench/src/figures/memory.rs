//! Memory of a server without sockets, and what each idle one adds.

use std::{thread, time::Duration};

use super::Bench;
use crate::{
    Result,
    server::{Kind, Server},
    swarm::Swarm,
};

/// Until a server that has just started has done what it does once.
const SETTLE: Duration = Duration::from_secs(2);

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    let sizes: &[usize] = if bench.quick { &[1_000] } else { &[1_000, 10_000] };
    for kind in [Kind::Snug, Kind::Bare, Kind::Django] {
        // Registering hashes passwords, which takes memory that sockets could use later: started anew, nothing of it is left.
        let mut server = Server::start(kind, &bench.programs)?.restarted(&bench.programs)?;
        thread::sleep(SETTLE);
        let idle = server.memory()?;
        bench.report.add("idle after the start: memory", kind, "MiB", vec![mebibytes(idle)]);
        for &sockets in sizes {
            let mut swarm = Swarm::new()?;
            swarm.join(&server, "lobby", sockets)?;
            thread::sleep(SETTLE);
            let taken = server.memory()?.saturating_sub(idle) as f64;
            bench.report.add(
                &format!("{sockets} idle sockets: memory of each"),
                kind,
                "KiB",
                vec![taken / 1024.0 / sockets as f64],
            );
            drop(swarm);
            // What the first sockets left behind is not to be reused by the next.
            server = server.restarted(&bench.programs)?;
            thread::sleep(SETTLE);
        }
    }
    Ok(())
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
