//! Ports for servers that are started again on the same one.

use std::{net::TcpListener, process, time::SystemTime};

/// Below the range from which kernels take the ports of outgoing connections: one of those could otherwise sit on the port of a
/// server that is down for a moment.
const RANGE: std::ops::Range<u16> = 20_000..32_000;

/// A port of loopback that nobody listens on.
#[must_use]
pub fn free_port() -> u16 {
    // Tests that run at the same time begin at different places.
    let nanos = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
    let start = (nanos / 1_000).wrapping_add(process::id().wrapping_mul(7919));
    let count = u32::from(RANGE.end - RANGE.start);
    (0..count)
        .map(|step| RANGE.start + u16::try_from(start.wrapping_add(step) % count).expect("below the end of the range"))
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a port is free")
}
