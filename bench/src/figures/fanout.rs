//! From one send to many sockets. *Paced*: a message now and then, so that each one wakes the server; *saturated*: as many as it takes.

use super::{Bench, Stand, each, in_turn};
use crate::{
    Result,
    kind::Kind::{self, Bare, Django, Snug, SocketIo},
    swarm::Pace,
};

const IN_FLIGHT: usize = 16;
const ROOMS: usize = 500;
const ROOM_SUBSCRIBERS: usize = 10;
/// The other rate at 1,000 subscribers, twice the usual one; Django is not up to it.
const BRISK: u32 = 50;

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    let sizes: &[usize] = if bench.quick { &[1_000] } else { &[100, 1_000, 5_000] };
    for &subscribers in sizes {
        // At 5,000 the others would take a minute for what 1,000 shows already.
        let kinds: &[Kind] = if subscribers <= 1_000 { &[Bare, Snug, SocketIo, Django] } else { &[Bare, Snug] };
        let stands: Result<Vec<_>> = kinds.iter().map(|kind| Stand::one_room(*kind, &bench.programs, subscribers)).collect();
        let (mut stands, place) = (stands?, format!("{subscribers} subscribers"));
        both_paces(bench, &mut stands, &place, subscribers)?;
        if subscribers == 1_000 {
            stands.retain(|stand| stand.server.kind != Django);
            series(bench, &mut stands, &format!("{place}, paced, {BRISK}/s"), |_| Pace::PerSecond(BRISK))?;
        }
    }
    let stands = [Bare, Snug].map(|kind| Stand::many_rooms(kind, &bench.programs, ROOMS, ROOM_SUBSCRIBERS));
    let mut stands = stands.into_iter().collect::<Result<Vec<_>>>()?;
    both_paces(bench, &mut stands, "500 rooms of 10", ROOM_SUBSCRIBERS)
}

fn both_paces(bench: &mut Bench, stands: &mut [Stand], place: &str, subscribers: usize) -> Result<()> {
    series(bench, stands, &format!("{place}, paced"), |kind| Pace::PerSecond(rate(kind, subscribers)))?;
    series(bench, stands, &format!("{place}, saturated"), |_| Pace::InFlight(IN_FLIGHT))
}

fn series(bench: &mut Bench, stands: &mut [Stand], name: &str, pace: impl Fn(Kind) -> Pace) -> Result<()> {
    let samples = in_turn(stands, bench, pace)?;
    for (stand, samples) in stands.iter().zip(&samples) {
        let mut add = |what, unit, samples| bench.report.add(&format!("{name}: {what}"), stand.server.kind, unit, samples);
        add("CPU per delivery", "µs", each(samples, |s| s.cpu_per_delivery()));
        add("deliveries", "/s", each(samples, |s| s.deliveries_per_second()));
        add("size of a delivery", "B", each(samples, |s| s.outcome.bytes as f64 / s.outcome.deliveries as f64));
    }
    Ok(())
}

/// Messages a second that leave the server idle about half of the time, so that it sleeps before each.
fn rate(kind: Kind, subscribers: usize) -> u32 {
    let deliveries = if kind == Django { 2_000 } else { 25_000 };
    u32::try_from(deliveries / subscribers).map_or(250, |rate| rate.clamp(2, 250))
}
