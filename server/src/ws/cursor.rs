//! How far the client of a stream of events has come: `id` of the last event, by which it resumes (`Last-Event-ID`).
//!
//! `rev;epoch:room.seq,room.seq;epoch:…`: the last place in the account's log, and of each room the last one in its log. Ids are written
//! without hyphens. For the client it is a text without meaning.

use std::{collections::BTreeMap, fmt, str::FromStr};

use protocol::{EpochId, RoomId, RoomRef, Seq, limits};
use serde::Deserialize;

/// How far a client has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// Last place in the log of the account.
    pub(crate) rev: Option<i64>,
    /// Last place of each room.
    pub(crate) rooms: BTreeMap<RoomId, (EpochId, Seq)>,
    /// The places from which on the client has asked for rooms that are not subscribed yet.
    expected: Vec<(RoomRef, Seq, Option<EpochId>)>,
}

/// A text that is no such id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoCursor;

/// What of a frame says how far the client is.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Step {
    Hello {
        rev: Option<i64>,
    },
    Subscribed {
        room: RoomId,
        slug: String,
        head: Seq,
        epoch: Option<EpochId>,
        reset: bool,
    },
    Unsubscribed {
        room: RoomId,
        #[serde(default)]
        again: bool,
    },
    Event {
        room: RoomId,
        seq: Seq,
    },
    Alert {
        rev: i64,
    },
    RoomsChanged {
        rev: i64,
    },
    Read {
        rev: i64,
    },
    BookmarkChanged {
        rev: i64,
    },
    #[serde(other)]
    Other,
}

impl Cursor {
    /// The client asks for a room from this place on.
    pub(super) fn expect(&mut self, room: RoomRef, after: Seq, epoch: Option<EpochId>) {
        // No room is called so, and none will be subscribed.
        if matches!(&room, RoomRef::Slug(slug) if slug.len() > limits::SLUG_MAX) {
            return;
        }
        self.expected.retain(|(known, ..)| *known != room);
        // What was refused is never subscribed either.
        if self.expected.len() >= limits::SUBSCRIPTIONS_MAX {
            self.expected.remove(0);
        }
        self.expected.push((room, after, epoch));
    }

    /// Takes in a frame that the client gets; the new id, if that has changed.
    pub(super) fn follow(&mut self, frame: &[u8]) -> Option<String> {
        let before = (self.rev, self.rooms.clone());
        match serde_json::from_slice(frame).unwrap_or(Step::Other) {
            // What happened after the place that a client came with is still to be said to it.
            Step::Hello { rev } => self.rev = self.rev.map_or(rev, |known| rev.map(|rev| rev.min(known))),
            Step::Subscribed { room, slug, head, epoch, reset } => self.subscribed((room, slug), (epoch, head), reset),
            // Whoever comes back asks again.
            Step::Unsubscribed { again: true, .. } | Step::Other => {}
            Step::Unsubscribed { room, again: false } => _ = self.rooms.remove(&room),
            Step::Event { room, seq } => {
                if let Some((_, place)) = self.rooms.get_mut(&room) {
                    *place = seq.max(*place);
                }
            }
            Step::Alert { rev } | Step::RoomsChanged { rev } | Step::Read { rev } | Step::BookmarkChanged { rev } => {
                self.rev = self.rev.max(Some(rev));
            }
        }
        ((self.rev, &self.rooms) != (before.0, &before.1)).then(|| self.to_string())
    }

    /// A room is delivered: from its end on, or from the place that was asked for, whose replay follows.
    fn subscribed(&mut self, (room, slug): (RoomId, String), (epoch, head): (Option<EpochId>, Seq), reset: bool) {
        let is_it = |name: &RoomRef| match name {
            RoomRef::Id(id) => *id == room,
            RoomRef::Slug(name) => *name == slug,
        };
        let asked = self.expected.iter().position(|(name, ..)| is_it(name)).map(|at| self.expected.swap_remove(at));
        let place = asked.filter(|_| !reset).map_or(head, |(_, after, _)| after.min(head));
        if let Some(epoch) = epoch {
            self.rooms.insert(room, (epoch, place));
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(rev) = self.rev {
            write!(f, "{rev}")?;
        }
        let mut last = None;
        let mut rooms: Vec<_> = self.rooms.iter().collect();
        rooms.sort_by_key(|(room, (epoch, _))| (*epoch, **room));
        for (room, (epoch, seq)) in rooms {
            let (epoch, room) = (epoch.0.simple(), room.0.simple());
            match last.replace(epoch) == Some(epoch) {
                true => write!(f, ",{room}.{seq}")?,
                false => write!(f, ";{epoch}:{room}.{seq}")?,
            }
        }
        Ok(())
    }
}

impl FromStr for Cursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let mut parts = text.split(';');
        let rev = match parts.next().unwrap_or_default() {
            "" => None,
            rev => Some(rev.parse().map_err(|_| NoCursor)?),
        };
        let mut cursor = Self { rev, ..Self::default() };
        for part in parts {
            let (epoch, rooms) = part.split_once(':').ok_or(NoCursor)?;
            let epoch: EpochId = epoch.parse().map_err(|_| NoCursor)?;
            for room in rooms.split(',') {
                let (room, seq) = room.split_once('.').ok_or(NoCursor)?;
                let (room, seq) = (room.parse().map_err(|_| NoCursor)?, seq.parse().map_err(|_| NoCursor)?);
                cursor.rooms.insert(room, (epoch, seq));
            }
        }
        Ok(cursor)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use protocol::ServerFrame;

    use super::*;

    fn follow(cursor: &mut Cursor, frame: &ServerFrame) -> bool {
        let before = cursor.to_string();
        let id = cursor.follow(&serde_json::to_vec(frame).unwrap());
        assert_eq!(id.is_some(), before != cursor.to_string());
        if let Some(id) = id {
            assert_eq!(id.parse::<Cursor>().unwrap().to_string(), id);
            return true;
        }
        false
    }

    fn hello(rev: i64) -> ServerFrame {
        ServerFrame::Hello { build: "1".to_owned(), epoch: None, user: None, rev: Some(rev), unread: None }
    }

    fn subscribed(room: RoomId, head: i64, epoch: EpochId, reset: bool) -> ServerFrame {
        ServerFrame::Subscribed { room, slug: "lobby".to_owned(), head: Seq(head), epoch: Some(epoch), reset }
    }

    #[test]
    fn a_replay_is_counted_one_by_one() {
        let (room, epoch, mut cursor) = (RoomId::generate(), EpochId::generate(), Cursor::default());
        assert!(follow(&mut cursor, &hello(7)));
        cursor.expect(RoomRef::Slug("lobby".to_owned()), Seq(3), Some(epoch));
        assert!(follow(&mut cursor, &subscribed(room, 5, epoch, false)));
        assert_eq!((cursor.rev, cursor.rooms[&room]), (Some(7), (epoch, Seq(3))));
        let event = |seq| format!(r#"{{"type":"event","room":"{room}","seq":{seq},"change":{{"kind":"later"}}}}"#);
        assert!(cursor.follow(event(4).as_bytes()).is_some());
        assert!(cursor.follow(event(4).as_bytes()).is_none());
        assert_eq!(cursor.rooms[&room], (epoch, Seq(4)));
        // Again, from the end on, and then with too much that was missed.
        follow(&mut cursor, &subscribed(room, 6, epoch, false));
        assert_eq!(cursor.rooms[&room], (epoch, Seq(6)));
        cursor.expect(room.into(), Seq(2), None);
        follow(&mut cursor, &subscribed(room, 900, epoch, true));
        assert_eq!(cursor.rooms[&room], (epoch, Seq(900)));
        follow(&mut cursor, &ServerFrame::Unsubscribed { room, again: true });
        assert_eq!(cursor.rooms.len(), 1);
        follow(&mut cursor, &ServerFrame::Unsubscribed { room, again: false });
        assert_eq!(cursor.to_string(), "7");
    }

    #[test]
    fn what_is_asked_for_in_vain_is_not_kept_for_ever() {
        let mut cursor = Cursor::default();
        for number in 0..2 * limits::SUBSCRIPTIONS_MAX {
            cursor.expect(RoomRef::Slug(format!("no-{number}")), Seq(1), None);
        }
        cursor.expect(RoomRef::Slug("x".repeat(limits::SLUG_MAX + 1)), Seq(1), None);
        assert_eq!(cursor.expected.len(), limits::SUBSCRIPTIONS_MAX);
        let (last, ..) = cursor.expected.last().unwrap();
        assert_eq!(*last, RoomRef::Slug(format!("no-{}", 2 * limits::SUBSCRIPTIONS_MAX - 1)));
    }

    #[test]
    fn what_the_account_has_missed_is_not_skipped() {
        let mut cursor: Cursor = "5".parse().unwrap();
        assert!(!follow(&mut cursor, &hello(9)));
        assert!(!follow(&mut cursor, &ServerFrame::AlertsChanged { rev: 9, unread: 2 }), "what follows says it");
        assert!(follow(&mut cursor, &ServerFrame::RoomsChanged { rev: 9 }));
        assert_eq!(cursor.rev, Some(9));
        // An older backup.
        let mut cursor: Cursor = "5".parse().unwrap();
        assert!(follow(&mut cursor, &hello(2)));
    }

    #[test]
    fn an_id_comes_back_as_it_was() {
        let (first, second) = (EpochId::generate(), EpochId::generate());
        let mut cursor = Cursor { rev: Some(12), ..Cursor::default() };
        for (at, epoch) in [(1, first), (2, second), (3, first)] {
            cursor.rooms.insert(RoomId::generate(), (epoch, Seq(at)));
        }
        assert_eq!(cursor.to_string().parse(), Ok(cursor.clone()));
        assert_eq!("".parse(), Ok(Cursor::default()));
        for text in [
            "x",
            "1;",
            "1;a:b",
            "1;a:b.c",
            "-;",
            &format!("1;{first}:"),
            &format!("1;{first}:{second}"),
            &format!("1;{first}:{second}.-1"),
        ] {
            assert_eq!(text.parse::<Cursor>(), Err(NoCursor), "{text}");
        }
    }
}
