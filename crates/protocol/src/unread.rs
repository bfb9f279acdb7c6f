//! What is new to one person in the rooms that they are in.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    ids::{RoomId, Seq, UserId},
    limits, reads, words,
};

/// Of what somebody wants to hear in a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Of all that is said.
    #[default]
    Everything,
    /// Of what calls them.
    Mentions,
    /// Of nothing.
    Nothing,
}

impl Level {
    /// All of them, from the most to the least.
    pub const ALL: [Self; 3] = [Self::Everything, Self::Mentions, Self::Nothing];

    /// The word for it, as it is stored and sent.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Mentions => "mentions",
            Self::Nothing => "nothing",
        }
    }

    /// The level of this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.word() == word)
    }

    fn is_everything(&self) -> bool {
        *self == Self::Everything
    }
}

/// How far somebody has read a room, and what is new to them there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoomUnread {
    /// The room.
    pub room: RoomId,
    /// Last place in its log when this was counted.
    pub head: Seq,
    /// They have read up to here.
    pub last_read: Seq,
    /// Messages after it that are not their own and not deleted, [`limits::UNREAD_MAX`] at most.
    #[serde(skip_serializing_if = "is_zero")]
    pub unread: u64,
    /// Those of them that call them, as many at most.
    #[serde(skip_serializing_if = "is_zero")]
    pub mentions: u64,
    /// Of what they want to hear there.
    #[serde(skip_serializing_if = "Level::is_everything")]
    pub level: Level,
    /// Whether they want to hear less for some time.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub quiet: bool,
}

impl RoomUnread {
    /// Whether the room's name stands out in a list.
    #[must_use]
    pub fn is_bold(&self) -> bool {
        self.unread > 0 && self.level == Level::Everything && !self.quiet
    }

    /// The mentions that a list shows.
    #[must_use]
    pub fn calls(&self) -> u64 {
        if self.level == Level::Nothing { 0 } else { self.mentions }
    }

    /// What the room adds to the number on the title and the icon.
    #[must_use]
    pub fn weight(&self) -> u64 {
        if self.is_bold() { self.unread.max(self.mentions) } else { self.calls() }
    }
}

/// When somebody is not to be disturbed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quiet {
    /// The first minute of each day, in UTC.
    pub from: u16,
    /// The first minute of each day after that; where it is the same, there are no such hours.
    pub to: u16,
    /// And until this moment, in unix milliseconds; 0 where it is none.
    pub until: i64,
}

/// As the page's script reads it: the three numbers, in this order.
impl fmt::Display for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, until } = self;
        write!(f, "{from} {to} {until}")
    }
}

impl Quiet {
    /// Whether they may be disturbed at any time.
    #[must_use]
    pub fn is_never(&self) -> bool {
        *self == Self::default()
    }
}

/// What is new in all rooms of somebody's list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoomsUnread {
    /// Last place in the log of the account before this was read.
    pub rev: i64,
    /// When they are not to be disturbed.
    #[serde(skip_serializing_if = "Quiet::is_never")]
    pub quiet: Quiet,
    /// Room by room.
    pub rooms: Vec<RoomUnread>,
}

impl RoomsUnread {
    /// The same without the rooms of which there is nothing to show.
    #[must_use]
    pub fn shown(mut self) -> Self {
        self.rooms.retain(|room| room.unread > 0 || room.mentions > 0 || room.quiet);
        self
    }
}

/// A number of new messages as people read it.
#[must_use]
pub fn count_of(unread: u64) -> String {
    if unread >= limits::UNREAD_MAX { "99+".to_owned() } else { unread.to_string() }
}

/// Something in a room that changes what is new there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct News {
    /// Its place in the room's log.
    pub seq: Seq,
    /// Who wrote the message.
    pub author: UserId,
    /// The place of the message, where it was deleted; otherwise it was written at `seq`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Seq>,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

words!(Level);
reads!(RoomUnread { room, head, last_read; default unread, mentions, level, quiet });
reads!(Quiet { from, to, until });
reads!(RoomsUnread { rev, rooms; default quiet });
reads!(News { seq, author, deleted });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_what_is_shown() {
        let all = RoomUnread {
            room: RoomId::generate(),
            head: Seq(9),
            last_read: Seq(2),
            unread: 5,
            mentions: 2,
            level: Level::Everything,
            quiet: false,
        };
        let shown = |room: &RoomUnread| (room.is_bold(), room.calls(), room.weight());
        assert_eq!(shown(&all), (true, 2, 5));
        assert_eq!(shown(&RoomUnread { quiet: true, ..all.clone() }), (false, 2, 2));
        assert_eq!(shown(&RoomUnread { level: Level::Mentions, ..all.clone() }), (false, 2, 2));
        assert_eq!(shown(&RoomUnread { level: Level::Nothing, ..all.clone() }), (false, 0, 0));
        assert_eq!(shown(&RoomUnread { unread: 0, mentions: 0, ..all }), (false, 0, 0));
        assert_eq!([0, 99, 100].map(count_of), ["0", "99", "99+"]);
        assert!(Level::ALL.into_iter().all(|level| Level::of_word(level.word()) == Some(level)));
    }
}
