//! From one send to many sockets. *Paced*: a message now and then, so that each one wakes the server; *saturated*: as many as it takes.

use super::{Bench, Stand, each, in_turn};
use crate::{Result, server::Kind, swarm::Pace};

const IN_FLIGHT: usize = 16;
const ROOMS: usize = 500;
const ROOM_SUBSCRIBERS: usize = 10;

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    let sizes: &[usize] = if bench.quick { &[1_000] } else { &[100, 1_000, 5_000] };
    for &subscribers in sizes {
        let mut kinds = vec![Kind::Bare, Kind::Snug];
        // At 5,000 it would take a minute for what 1,000 shows already.
        if subscribers <= 1_000 {
            kinds.push(Kind::Django);
        }
        let stands: Result<Vec<_>> = kinds.iter().map(|kind| Stand::one_room(*kind, &bench.programs, subscribers)).collect();
        both_paces(bench, stands?, &format!("{subscribers} subscribers"), subscribers)?;
    }
    if !bench.quick {
        let kinds = [Kind::Bare, Kind::Snug];
        let stands = kinds.iter().map(|kind| Stand::many_rooms(*kind, &bench.programs, ROOMS, ROOM_SUBSCRIBERS));
        let stands: Result<Vec<_>> = stands.collect();
        both_paces(bench, stands?, "500 rooms of 10", ROOM_SUBSCRIBERS)?;
    }
    Ok(())
}

fn both_paces(bench: &mut Bench, mut stands: Vec<Stand>, place: &str, subscribers: usize) -> Result<()> {
    for (name, pace) in [("paced", None), ("saturated", Some(Pace::InFlight(IN_FLIGHT)))] {
        let samples = in_turn(&mut stands, bench, |kind| pace.unwrap_or(Pace::PerSecond(rate(kind, subscribers))))?;
        for (stand, samples) in stands.iter().zip(&samples) {
            let kind = stand.server.kind;
            bench.report.add(&format!("{place}, {name}: CPU per delivery"), kind, "µs", each(samples, |s| s.cpu_per_delivery()));
            bench.report.add(&format!("{place}, {name}: deliveries"), kind, "/s", each(samples, |s| s.deliveries_per_second()));
        }
    }
    Ok(())
}

/// Messages a second that leave the server idle about half of the time, so that it sleeps before each.
fn rate(kind: Kind, subscribers: usize) -> u32 {
    let deliveries = if kind == Kind::Django { 2_000 } else { 25_000 };
    u32::try_from(deliveries / subscribers).map_or(250, |rate| rate.clamp(2, 250))
}
