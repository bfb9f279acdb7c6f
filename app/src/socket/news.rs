//! When the list of what is new is read, and when it is said what was read here.

use protocol::{RoomId, Seq};

/// What was read is said so often.
const SAY_MS: f64 = 500.0;
/// After a failure the list is asked for again.
const REST_MS: f64 = 5_000.0;

/// What is to be asked and said, and when.
#[derive(Default)]
pub(super) struct News {
    /// When the list is to be read.
    due: Option<f64>,
    /// Whether it is on its way.
    asked: bool,
    /// What was read and is to be said.
    marks: Vec<(RoomId, Seq)>,
    /// Not before then.
    rests_until: f64,
}

impl News {
    /// A connection stands: the list is read, and these marks are said once more.
    pub(super) fn begin(&mut self, marks: Vec<(RoomId, Seq)>, now: f64) {
        self.marks = marks;
        self.ask_at(now);
    }

    /// The list is to be read then, or before.
    pub(super) fn ask_at(&mut self, at: f64) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// Whether it is to be read now; then it is on its way.
    pub(super) fn asks(&mut self, now: f64) -> bool {
        let asks = !self.asked && self.due.is_some_and(|due| due <= now);
        if asks {
            (self.due, self.asked) = (None, true);
        }
        asks
    }

    /// It came, and may have to be read again; or it did not.
    pub(super) fn came(&mut self, again: Result<bool, ()>, now: f64) {
        self.asked = false;
        match again {
            Ok(true) => self.ask_at(now + SAY_MS),
            Ok(false) => {}
            Err(()) => self.ask_at(now + REST_MS),
        }
    }

    /// A room was read up to here.
    pub(super) fn read(&mut self, room: RoomId, seq: Seq) {
        self.forget(room);
        self.marks.push((room, seq));
    }

    /// What was read of a room is not to be said: it would take back that the room is unread.
    pub(super) fn forget(&mut self, room: RoomId) {
        self.marks.retain(|(other, _)| *other != room);
    }

    /// What was read is said at once: the reader leaves, and there is no later.
    pub(super) fn hurry(&mut self) {
        self.rests_until = 0.0;
    }

    /// What is to be said now.
    pub(super) fn take_marks(&mut self, now: f64) -> Vec<(RoomId, Seq)> {
        if self.marks.is_empty() || now < self.rests_until {
            return Vec::new();
        }
        self.rests_until = now + SAY_MS;
        std::mem::take(&mut self.marks)
    }

    /// When there is something to do.
    pub(super) fn deadline(&self) -> Option<f64> {
        let marks = (!self.marks.is_empty()).then_some(self.rests_until);
        let list = self.due.filter(|_| !self.asked);
        [marks, list].into_iter().flatten().reduce(f64::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read_once_however_often_it_is_asked_for() {
        let mut news = News::default();
        assert!(!news.asks(0.0) && news.deadline().is_none());
        news.begin(Vec::new(), 20.0);
        news.ask_at(30.0);
        assert_eq!(news.deadline(), Some(20.0));
        assert!(!news.asks(19.0) && news.asks(20.0));
        news.ask_at(21.0);
        assert!(!news.asks(25.0) && news.deadline().is_none(), "it is on its way");
        news.came(Ok(false), 30.0);
        assert!(news.asks(30.0), "something has happened since it was asked for");
        news.came(Err(()), 40.0);
        assert_eq!(news.deadline(), Some(40.0 + REST_MS));
    }

    #[test]
    fn who_scrolls_says_it_once_in_a_while() {
        let (mut news, room) = (News::default(), RoomId(Default::default()));
        news.read(room, Seq(3));
        assert_eq!(news.take_marks(0.0), [(room, Seq(3))]);
        news.read(room, Seq(4));
        news.read(room, Seq(5));
        assert!(news.take_marks(SAY_MS - 1.0).is_empty());
        assert_eq!(news.deadline(), Some(SAY_MS));
        assert_eq!(news.take_marks(SAY_MS), [(room, Seq(5))]);
        news.read(room, Seq(6));
        news.hurry();
        assert_eq!(news.take_marks(SAY_MS), [(room, Seq(6))], "there is no later");
        news.read(room, Seq(7));
        news.forget(room);
        assert!(news.take_marks(9.0 * SAY_MS).is_empty(), "it was marked as unread meanwhile");
    }
}
