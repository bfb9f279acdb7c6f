//! Memory of a server without sockets, and what each idle one adds.

use std::{thread, time::Duration};

use super::Bench;
use crate::{Result, kind::Kind, server::Server, swarm::Swarm};

const SETTLE: Duration = Duration::from_secs(1);

/// Sockets that are open before it is measured what others add: the first ones bring parts of the program into memory, once.
const FIRST: usize = 100;

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    for kind in Kind::ALL {
        // Registering hashes passwords, which takes memory that sockets could use later: started anew, nothing of it is left.
        let mut server = Server::start(kind, &bench.programs)?.restarted(&bench.programs)?;
        bench.report.add("idle after the start: memory", kind, "MiB", vec![mebibytes(settled(&server)?)]);
        let sizes: &[usize] =
            if bench.quick || matches!(kind, Kind::SocketIo | Kind::Django) { &[1_000] } else { &[1_000, 10_000] };
        for &sockets in sizes {
            let mut swarm = Swarm::new()?;
            swarm.join(&server, "lobby", FIRST)?;
            let before = settled(&server)?;
            swarm.join(&server, "lobby", sockets)?;
            let after = settled(&server)?;
            let each = after.saturating_sub(before) as f64 / 1024.0 / sockets as f64;
            bench.report.add(&format!("{sockets} idle sockets: memory of each"), kind, "KiB", vec![each]);
            bench.report.add(&format!("{sockets} idle sockets: memory in all"), kind, "MiB", vec![mebibytes(after)]);
            // What these sockets leave behind is not to be used by the next.
            server = server.restarted(&bench.programs)?;
        }
    }
    Ok(())
}

/// Memory of a server that has had time to do what it does once.
pub(super) fn settled(server: &Server) -> Result<u64> {
    thread::sleep(SETTLE);
    server.memory()
}

pub(super) fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
