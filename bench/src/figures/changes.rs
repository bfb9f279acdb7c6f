//! Edits and reactions that are stored before they are acknowledged, each of another message than the one before, in a room of ten.

use super::{Bench, Stand, sends::series};
use crate::{
    Result,
    dialect::{Change, Changes},
    kind::Kind,
    swarm::Pace,
};

const SUBSCRIBERS: usize = 10;
/// Many more than are in flight: a message is changed again only when the change before is through.
const MESSAGES: usize = 1_000;

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    for (one, change) in [("edit", Change::Edit), ("reaction", Change::React)] {
        let mut stands = [stand(bench, change)?];
        for window in [1, 64] {
            series(bench, &mut stands, &format!("{one}s, {window} in flight"), one, window)?;
        }
    }
    Ok(())
}

/// A room whose last messages are all of the one who changes them.
fn stand(bench: &Bench, change: Change) -> Result<Stand> {
    let mut stand = Stand { senders: 1, ..Stand::one_room(Kind::Snug, &bench.programs, SUBSCRIBERS)? };
    let before = stand.swarm.head();
    while stand.swarm.head() < before + MESSAGES as u64 {
        stand.sample(bench.time / 10, Pace::InFlight(16))?;
    }
    stand.swarm.change(Changes { change, first: before + 1, messages: MESSAGES });
    Ok(stand)
}
