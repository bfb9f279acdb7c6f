//! Sends that are stored before they are acknowledged, in a room of ten.

use super::{Bench, Stand, each, in_turn};
use crate::{
    Result,
    server::Kind,
    stats::{milliseconds, percentile},
    swarm::Pace,
};

const SUBSCRIBERS: usize = 10;

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    let windows: &[usize] = if bench.quick { &[1, 64] } else { &[1, 16, 64] };
    let kinds = [Kind::Bare, Kind::Snug, Kind::SocketIo, Kind::Django];
    let stands: Result<Vec<_>> = kinds.iter().map(|kind| Stand::one_room(*kind, &bench.programs, SUBSCRIBERS)).collect();
    let mut stands = stands?;
    for &window in windows {
        let samples = in_turn(&mut stands, bench, |_| Pace::InFlight(window))?;
        for (stand, samples) in stands.iter().zip(&samples) {
            let kind = stand.server.kind;
            let acknowledged = |share| each(samples, |s| percentile(&mut milliseconds(&s.outcome.acknowledged), share));
            let mut add =
                |what: &str, unit, samples| bench.report.add(&format!("{window} in flight: {what}"), kind, unit, samples);
            add("sends", "/s", each(samples, |s| s.sends() / s.outcome.time.as_secs_f64()));
            add("CPU per send", "µs", each(samples, |s| s.cpu.as_secs_f64() * 1e6 / s.sends()));
            add("acknowledged, p50", "ms", acknowledged(0.5));
            add("acknowledged, p99", "ms", acknowledged(0.99));
        }
    }
    Ok(())
}
