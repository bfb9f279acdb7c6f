//! Sends that are stored before they are acknowledged: one at a time with nobody else in the room, and in a room of ten.

use super::{Bench, Stand, each, in_turn};
use crate::{
    Result,
    kind::Kind::{self, Bare, Django, Snug, SocketIo},
    stats::{milliseconds, percentile},
    swarm::Pace,
};

const SUBSCRIBERS: usize = 10;

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    let mut alone = stands(bench, &[Bare, Snug, SocketIo], 1)?;
    series(bench, &mut alone, "lone send", "send", 1)?;
    drop(alone);
    let windows: &[usize] = if bench.quick { &[64] } else { &[1, 16, 64] };
    let mut stands = stands(bench, &[Bare, Snug, SocketIo, Django], SUBSCRIBERS)?;
    for &window in windows {
        series(bench, &mut stands, &format!("{window} in flight"), "send", window)?;
    }
    Ok(())
}

fn stands(bench: &Bench, kinds: &[Kind], subscribers: usize) -> Result<Vec<Stand>> {
    kinds.iter().map(|kind| Stand::one_room(*kind, &bench.programs, subscribers)).collect()
}

/// Of whatever the stands do, one of which is called so.
pub(super) fn series(bench: &mut Bench, stands: &mut [Stand], name: &str, one: &str, window: usize) -> Result<()> {
    let samples = in_turn(stands, bench, |_| Pace::InFlight(window))?;
    for (stand, samples) in stands.iter().zip(&samples) {
        let acknowledged = |share| each(samples, |s| percentile(&mut milliseconds(&s.outcome.acknowledged), share));
        let mut add = |what: &str, unit, samples| bench.report.add(&format!("{name}: {what}"), stand.server.kind, unit, samples);
        add(&format!("{one}s"), "/s", each(samples, |s| s.sends() / s.outcome.time.as_secs_f64()));
        add(&format!("CPU per {one}"), "µs", each(samples, |s| s.cpu.as_secs_f64() * 1e6 / s.sends()));
        add("acknowledged, p50", "ms", acknowledged(0.5));
        add("acknowledged, p99", "ms", acknowledged(0.99));
    }
    Ok(())
}
