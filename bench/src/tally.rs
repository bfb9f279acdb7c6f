//! Whether a room was complete: every subscriber got every event once and in order, and every send was acknowledged with a place of its
//! own. A figure counts only when this holds.

use std::time::Instant;

/// What was delivered of one room.
#[derive(Debug)]
pub struct Tally {
    name: String,
    subscribers: usize,
    /// Place before the first one that counts.
    before: u64,
    places: Vec<Place>,
    complete: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Place {
    deliveries: usize,
    completed: Option<Instant>,
    acknowledged: bool,
}

impl Tally {
    /// Of a room with so many subscribers, for what comes after the place `before`.
    #[must_use]
    pub fn new(name: &str, subscribers: usize, before: u64) -> Self {
        Self { name: name.to_owned(), subscribers, before, places: Vec::new(), complete: 0 }
    }

    /// A subscriber who had everything up to `last` got `seq`.
    ///
    /// # Errors
    /// It was not the next one: something is missing, doubled or out of order.
    pub fn delivered(&mut self, last: u64, seq: u64, now: Instant) -> Result<(), String> {
        if seq != last + 1 {
            return Err(format!("{}: a subscriber got seq {seq} after {last}", self.name));
        }
        let subscribers = self.subscribers;
        let place = self.place(seq)?;
        place.deliveries += 1;
        if place.deliveries == subscribers {
            place.completed = Some(now);
            self.complete += 1;
        }
        Ok(())
    }

    /// A send was acknowledged with this place.
    ///
    /// # Errors
    /// Another send has it already.
    pub fn acknowledged(&mut self, seq: u64) -> Result<(), String> {
        let place = self.place(seq)?;
        if place.acknowledged {
            return Err(format!("{}: two sends were acknowledged with seq {seq}", self.name));
        }
        place.acknowledged = true;
        Ok(())
    }

    fn place(&mut self, seq: u64) -> Result<&mut Place, String> {
        let at = seq.checked_sub(self.before + 1).and_then(|at| usize::try_from(at).ok());
        let at = at.ok_or_else(|| format!("{}: seq {seq} came after {}", self.name, self.before))?;
        if self.places.len() <= at {
            self.places.resize(at + 1, Place::default());
        }
        Ok(&mut self.places[at])
    }

    /// How many events every subscriber has.
    #[must_use]
    pub fn complete(&self) -> usize {
        self.complete
    }

    /// When the last subscriber got this event.
    #[must_use]
    pub fn completed(&self, seq: u64) -> Option<Instant> {
        let at = usize::try_from(seq.checked_sub(self.before + 1)?).ok()?;
        self.places.get(at)?.completed
    }

    /// Holds the room against the number of messages that were sent to it.
    ///
    /// # Errors
    /// What is missing.
    pub fn check(&self, sent: usize) -> Result<(), String> {
        if self.places.len() != sent {
            return Err(format!("{}: {sent} messages were sent, {} were delivered", self.name, self.places.len()));
        }
        for (place, seq) in self.places.iter().zip(self.before + 1..) {
            if place.deliveries != self.subscribers {
                return Err(format!("{}: seq {seq} reached {} of {} subscribers", self.name, place.deliveries, self.subscribers));
            }
            if !place.acknowledged {
                return Err(format!("{}: seq {seq} was delivered and not acknowledged", self.name));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Two subscribers, two messages, after place 7.
    fn full() -> Tally {
        let mut tally = Tally::new("lobby", 2, 7);
        for seq in [8, 9] {
            tally.acknowledged(seq).unwrap();
            tally.delivered(seq - 1, seq, Instant::now()).unwrap();
            tally.delivered(seq - 1, seq, Instant::now()).unwrap();
        }
        tally
    }

    #[test]
    fn a_full_room_passes() {
        let tally = full();
        assert_eq!(tally.check(2), Ok(()));
        assert_eq!(tally.complete(), 2);
        assert!(tally.completed(9).is_some());
        assert!(tally.completed(7).is_none() && tally.completed(10).is_none());
    }

    #[test]
    fn a_hole_a_double_and_a_wrong_order_are_refused() {
        let mut tally = full();
        for (last, seq) in [(9, 11), (9, 9), (9, 8)] {
            assert!(tally.delivered(last, seq, Instant::now()).is_err(), "{seq} after {last}");
        }
    }

    #[test]
    fn a_message_that_one_subscriber_lacks_is_named() {
        let mut tally = full();
        tally.acknowledged(10).unwrap();
        tally.delivered(9, 10, Instant::now()).unwrap();
        assert_eq!(tally.check(3).unwrap_err(), "lobby: seq 10 reached 1 of 2 subscribers");
        assert!(tally.completed(10).is_none());
    }

    #[test]
    fn a_message_that_nobody_got_is_missed() {
        assert_eq!(full().check(3).unwrap_err(), "lobby: 3 messages were sent, 2 were delivered");
    }

    #[test]
    fn a_place_is_acknowledged_once_and_to_somebody() {
        let mut tally = full();
        assert!(tally.acknowledged(9).is_err());
        assert!(tally.acknowledged(7).is_err());
        tally.delivered(9, 10, Instant::now()).unwrap();
        tally.delivered(9, 10, Instant::now()).unwrap();
        assert_eq!(tally.check(3).unwrap_err(), "lobby: seq 10 was delivered and not acknowledged");
    }
}
