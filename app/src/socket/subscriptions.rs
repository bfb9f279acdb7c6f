//! Which rooms this connection delivers, and how far each one is.

use protocol::{ClientFrame, EpochId, RoomId, Seq};

/// How long a room rests that could not be subscribed to or read.
const REST_MS: f64 = 5_000.0;

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// Asked for; the answer and the replay are on their way.
    Asked,
    /// Delivers.
    Live,
    /// Delivers, and the room is being read anew.
    Reading,
    /// Did not work; tried again at this moment.
    Resting(f64),
    /// Not for this reader, until they join or the connection is made anew.
    Closed,
}

/// The subscriptions of one connection.
#[derive(Debug, Default)]
pub(crate) struct Subscriptions {
    /// A handful, so looking through them is quick.
    rooms: Vec<(RoomId, State)>,
}

impl Subscriptions {
    /// A new connection: nothing is subscribed to.
    pub(crate) fn clear(&mut self) {
        self.rooms.clear();
    }

    /// What to send so that the watched rooms are delivered, and no others.
    pub(crate) fn reconcile(&mut self, watched: &[(RoomId, EpochId, Seq)], now: f64) -> Vec<ClientFrame> {
        let mut frames = Vec::new();
        self.rooms.retain(|(room, state)| {
            let kept = watched.iter().any(|(id, ..)| id == room);
            if !kept && matches!(state, State::Asked | State::Live | State::Reading) {
                frames.push(ClientFrame::Unsubscribe { room: (*room).into() });
            }
            kept
        });
        for &(room, epoch, head) in watched {
            let due = match self.get(room) {
                None => true,
                Some(State::Resting(until)) => until <= now,
                Some(_) => false,
            };
            if due {
                self.set(room, State::Asked);
                frames.push(ClientFrame::Subscribe { room: room.into(), after: Some(head), epoch: Some(epoch) });
            }
        }
        frames
    }

    /// The server delivers a room. `true` when it has to be read anew: more was missed than is replayed, the place was of another
    /// epoch, or a server that knows none knows less than this page (a backup was put back).
    pub(crate) fn subscribed(&mut self, room: RoomId, head: Seq, reset: bool, known: Seq) -> bool {
        let read = reset || head < known;
        if self.get(room).is_some() {
            self.set(room, if read { State::Reading } else { State::Live });
        }
        read
    }

    /// An event showed a hole: ask for what is missing, unless an answer that fills it is on its way.
    pub(crate) fn gap(&mut self, room: RoomId) {
        if self.get(room) == Some(State::Live) {
            self.forget(room);
        }
    }

    /// The room was read anew, and stands here now.
    pub(crate) fn read(&mut self, room: RoomId) {
        if self.get(room) == Some(State::Reading) {
            self.set(room, State::Live);
        }
    }

    /// It did not work this time.
    pub(crate) fn rest(&mut self, room: RoomId, now: f64) {
        self.set(room, State::Resting(now + REST_MS));
    }

    /// The server does not deliver this room to this reader.
    pub(crate) fn refuse(&mut self, room: RoomId) {
        self.set(room, State::Closed);
    }

    /// The server has ended a subscription. `true` when that was its own idea: the right to read is gone. Else this page asked for
    /// it, and may have asked for the room again since.
    pub(crate) fn ended(&mut self, room: RoomId) -> bool {
        let lost = matches!(self.get(room), Some(State::Live | State::Reading));
        if lost {
            self.refuse(room);
        }
        lost
    }

    /// What the reader may do has changed: a room that was closed to them may be open now.
    pub(crate) fn reopen(&mut self, room: RoomId) {
        if self.get(room) == Some(State::Closed) {
            self.forget(room);
        }
    }

    /// When a resting room is tried again.
    pub(crate) fn deadline(&self) -> Option<f64> {
        let resting =
            self.rooms.iter().filter_map(|(_, state)| if let State::Resting(until) = state { Some(*until) } else { None });
        resting.reduce(f64::min)
    }

    fn get(&self, room: RoomId) -> Option<State> {
        self.rooms.iter().find(|(id, _)| *id == room).map(|(_, state)| *state)
    }

    fn set(&mut self, room: RoomId, state: State) {
        match self.rooms.iter_mut().find(|(id, _)| *id == room) {
            Some((_, known)) => *known = state,
            None => self.rooms.push((room, state)),
        }
    }

    fn forget(&mut self, room: RoomId) {
        self.rooms.retain(|(id, _)| *id != room);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(n: u64) -> RoomId {
        crate::state::testing::id(n)
    }

    fn epoch() -> EpochId {
        crate::state::testing::id(7)
    }

    fn at(n: u64, head: i64) -> (RoomId, EpochId, Seq) {
        (room(n), epoch(), Seq(head))
    }

    fn subscribe(n: u64, after: i64) -> ClientFrame {
        ClientFrame::Subscribe { room: room(n).into(), after: Some(Seq(after)), epoch: Some(epoch()) }
    }

    /// Rooms 1 and 2, delivered.
    fn live() -> Subscriptions {
        let mut subscriptions = Subscriptions::default();
        assert_eq!(subscriptions.reconcile(&[at(1, 5), at(2, 0)], 0.0), [subscribe(1, 5), subscribe(2, 0)]);
        assert!(!subscriptions.subscribed(room(1), Seq(7), false, Seq(5)));
        assert!(!subscriptions.subscribed(room(2), Seq(0), false, Seq(0)));
        subscriptions
    }

    #[test]
    fn what_is_watched_is_asked_for_once() {
        assert_eq!(live().reconcile(&[at(1, 7), at(2, 0)], 0.0), []);
    }

    #[test]
    fn what_is_not_watched_any_more_is_let_go() {
        let mut subscriptions = live();
        assert_eq!(subscriptions.reconcile(&[at(1, 7)], 0.0), [ClientFrame::Unsubscribe { room: room(2).into() }]);
        assert_eq!(subscriptions.reconcile(&[at(1, 7), at(2, 3)], 0.0), [subscribe(2, 3)]);
        assert!(!subscriptions.ended(room(2)), "that was about the subscription before");
        assert!(!subscriptions.subscribed(room(2), Seq(3), false, Seq(3)));
    }

    #[test]
    fn a_hole_is_asked_for_once() {
        let mut subscriptions = live();
        subscriptions.gap(room(1));
        assert_eq!(subscriptions.reconcile(&[at(1, 9), at(2, 0)], 0.0), [subscribe(1, 9)]);
        subscriptions.gap(room(1));
        assert_eq!(subscriptions.reconcile(&[at(1, 9), at(2, 0)], 0.0), []);
    }

    #[test]
    fn a_room_that_was_reset_or_is_shorter_than_known_is_read_anew() {
        let mut subscriptions = live();
        subscriptions.clear();
        subscriptions.reconcile(&[at(1, 5), at(2, 5)], 0.0);
        assert!(subscriptions.subscribed(room(1), Seq(900), true, Seq(5)));
        assert!(subscriptions.subscribed(room(2), Seq(4), false, Seq(5)));
        subscriptions.gap(room(1));
        assert_eq!(subscriptions.reconcile(&[at(1, 5), at(2, 5)], 0.0), [], "the page that is being read fills the hole");
        subscriptions.read(room(1));
        subscriptions.gap(room(1));
        assert_eq!(subscriptions.reconcile(&[at(1, 901), at(2, 5)], 0.0), [subscribe(1, 901)]);
    }

    #[test]
    fn what_did_not_work_rests() {
        let mut subscriptions = live();
        subscriptions.rest(room(1), 100.0);
        assert_eq!(subscriptions.deadline(), Some(100.0 + REST_MS));
        let watched = [at(1, 7), at(2, 0)];
        assert_eq!(subscriptions.reconcile(&watched, 100.0), []);
        assert_eq!(subscriptions.reconcile(&watched, 100.0 + REST_MS), [subscribe(1, 7)]);
        assert_eq!(subscriptions.deadline(), None);
    }

    #[test]
    fn a_room_that_is_closed_stays_so_until_something_changes() {
        let mut subscriptions = live();
        assert!(subscriptions.ended(room(1)));
        assert!(!subscriptions.ended(room(1)));
        let watched = [at(1, 7), at(2, 0)];
        assert_eq!(subscriptions.reconcile(&watched, 0.0), []);
        subscriptions.reopen(room(1));
        assert_eq!(subscriptions.reconcile(&watched, 0.0), [subscribe(1, 7)]);
    }
}
