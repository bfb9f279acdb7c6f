//! How long it takes until the last of a hundred readers has a message, at a hundred messages a second.

use super::{Bench, Stand, each, in_turn};
use crate::{
    Result,
    kind::Kind,
    stats::{milliseconds, percentile},
    swarm::Pace,
};

const SUBSCRIBERS: usize = 100;
const PER_SECOND: u32 = 100;

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    let kinds = [Kind::Bare, Kind::Snug, Kind::SocketIo];
    let stands: Result<Vec<_>> = kinds.iter().map(|kind| Stand::one_room(*kind, &bench.programs, SUBSCRIBERS)).collect();
    let mut stands = stands?;
    let samples = in_turn(&mut stands, bench, |_| Pace::PerSecond(PER_SECOND))?;
    for (stand, samples) in stands.iter().zip(&samples) {
        for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
            let times = each(samples, |s| percentile(&mut milliseconds(&s.outcome.delivered), share));
            bench.report.add(&format!("100 subscribers, 100/s: last delivery, {name}"), stand.server.kind, "ms", times);
        }
    }
    Ok(())
}
