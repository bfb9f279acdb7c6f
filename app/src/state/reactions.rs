//! The reactions under a message, with those of the reader's that are on their way.

use protocol::{Message, Seq};

use super::{Deed, Pending, RoomState, Status};

/// A reaction under a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    /// The emoji.
    pub emoji: String,
    /// How many people reacted with it.
    pub count: u64,
    /// Whether the reader is one of them.
    pub own: bool,
}

/// What stands under a message.
pub(super) fn chips<'a>(state: &RoomState, message: &Message, outbox: impl Iterator<Item = &'a Pending>) -> Vec<Chip> {
    let chips = message.reactions.iter().map(|reaction| {
        let own = state.has_reacted(message.seq, &reaction.emoji);
        Chip { emoji: reaction.emoji.clone(), count: reaction.count, own }
    });
    let mut chips: Vec<_> = chips.collect();
    for (_, emoji, on) in outbox.filter_map(of).filter(|(seq, ..)| *seq == message.seq && !message.deleted) {
        lay(&mut chips, emoji, on);
    }
    chips.retain(|chip| chip.count > 0);
    chips
}

/// Whether the reader reacts to a message with this, once what is on its way has arrived.
pub fn reacts<'a>(state: &RoomState, outbox: impl Iterator<Item = &'a Pending>, seq: Seq, emoji: &str) -> bool {
    let last = outbox.filter_map(of).filter(|(place, other, _)| *place == seq && *other == emoji).last();
    last.map_or_else(|| state.has_reacted(seq, emoji), |(.., on)| on)
}

/// A reaction that is on its way.
fn of(pending: &Pending) -> Option<(Seq, &str, bool)> {
    match &pending.deed {
        Deed::React { seq, emoji, on } if !matches!(pending.status, Status::Failed(_)) => Some((*seq, emoji, *on)),
        _ => None,
    }
}

/// Makes it so. What the server has said of it already is not counted twice.
fn lay(chips: &mut Vec<Chip>, emoji: &str, on: bool) {
    let at = chips.iter().position(|chip| chip.emoji == emoji).unwrap_or_else(|| {
        chips.push(Chip { emoji: emoji.to_owned(), count: 0, own: false });
        chips.len() - 1
    });
    let chip = &mut chips[at];
    if chip.own != on {
        chip.count = if on { chip.count + 1 } else { chip.count.saturating_sub(1) };
        chip.own = on;
    }
}

#[cfg(test)]
mod tests;
