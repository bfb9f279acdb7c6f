//! Ports for servers that are started again on the same one.

use std::{
    collections::BTreeSet,
    net::TcpListener,
    process,
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

/// Below the range from which kernels take the ports of outgoing connections: one of those could otherwise sit on the port of a
/// server that is down for a moment.
const RANGE: std::ops::Range<u16> = 20_000..32_000;

/// Those that were handed out: whoever has one may take a while until it listens there.
static TAKEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// A port of loopback that nobody listens on, and that nobody else in this process was given.
#[must_use]
pub fn free_port() -> u16 {
    let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    // Tests that run at the same time begin at different places.
    let nanos = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
    let start = (nanos / 1_000).wrapping_add(process::id().wrapping_mul(7919));
    let count = u32::from(RANGE.end - RANGE.start);
    (0..count)
        .map(|step| RANGE.start + u16::try_from(start.wrapping_add(step) % count).expect("below the end of the range"))
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok() && taken.insert(*port))
        .expect("a port is free")
}
