//! Whom a message calls by name.

use std::collections::{BTreeSet, HashMap, HashSet};

use protocol::{Mention, RoomId, RoomRole, User, UserId, Visibility, limits, markdown};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{known::Known, sent::Send};
use crate::{
    Chat, Result,
    db::{
        Sql,
        entity::{membership, user},
    },
    policy::{Access, Action, Actor},
    seats::{Member, Room},
    writer::Transaction,
};

/// The name by which those members are called who are here.
const HERE: &str = "here";

/// Whom a message calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Called {
    /// As it is kept with the message.
    pub(super) mentions: Vec<Mention>,
    /// Who hears of it, by name.
    pub(super) people: Vec<UserId>,
    /// Whether all members do.
    pub(super) all: bool,
    /// Members who do because they are here.
    pub(super) here: Vec<UserId>,
    /// Whom it names who cannot read the room.
    pub(super) unreached: Vec<User>,
}

impl Called {
    pub(super) fn is_nobody(&self) -> bool {
        self.mentions.is_empty() && self.unreached.is_empty()
    }
}

/// The names in some messages, and who they are in their rooms. Read only where there are any.
#[derive(Default)]
pub(super) struct Names {
    people: HashMap<String, User>,
    members: HashSet<(RoomId, UserId)>,
    /// Rooms in which everybody may call all.
    small: HashSet<RoomId>,
}

/// Who is there, on whichever node, where a message calls those who are here.
pub(super) fn here(chat: &Chat, words: &[String]) -> Vec<UserId> {
    if words.iter().any(|word| word == HERE) { chat.hub().present(usize::MAX) } else { Vec::new() }
}

impl Names {
    /// Those of a batch.
    pub(super) async fn of_sends(transaction: &Transaction, known: &Known, sends: &[Send]) -> Result<Self> {
        let named = sends.iter().filter(|send| !send.words.is_empty());
        let named: Vec<_> = named.filter_map(|send| Some((known.room(&send.room)?.id, &*send.words))).collect();
        Self::read(transaction, &named).await
    }

    /// Those of messages in rooms.
    pub(super) async fn read(transaction: &Transaction, named: &[(RoomId, &[String])]) -> Result<Self> {
        if named.is_empty() {
            return Ok(Self::default());
        }
        let words: BTreeSet<&str> = named.iter().flat_map(|(_, words)| words.iter().map(String::as_str)).collect();
        let rows = user::Entity::find()
            .filter(user::Column::Username.is_in(words))
            .filter(user::Column::DeletedAt.is_null())
            .all(&**transaction)
            .await?;
        let people: HashMap<_, _> = rows.into_iter().map(User::from).map(|user| (user.username.clone(), user)).collect();
        let rooms: BTreeSet<RoomId> = named.iter().map(|(room, _)| *room).collect();
        let members = membership::Entity::find()
            .filter(membership::Column::RoomId.is_in(rooms.iter().map(|room| room.0)))
            .filter(membership::Column::UserId.is_in(people.values().map(|user| user.id.0)))
            .all(&**transaction)
            .await?;
        let members = members.into_iter().map(|row| (RoomId(row.room_id), UserId(row.user_id))).collect();
        let mut small = HashSet::new();
        for (room, words) in named {
            if words.iter().any(|word| markdown::calls_all(word)) && is_small(transaction, *room).await? {
                small.insert(*room);
            }
        }
        Ok(Self { people, members, small })
    }

    /// Whom a send calls.
    pub(super) fn called(&self, room: &Room, author: &Member, send: &Send) -> Called {
        self.resolve((room.id, room.visibility), (author.user.id, author.role), &send.words, &send.here)
    }

    /// Whom these names call in a room when this member writes them.
    pub(super) fn resolve(
        &self,
        (room, visibility): (RoomId, Visibility),
        (author, role): (UserId, RoomRole),
        words: &[String],
        here: &[UserId],
    ) -> Called {
        let mut called = Called::default();
        let access = Access::new(visibility, Actor::User(author), Some(role)).small(self.small.contains(&room));
        for word in words {
            if called.mentions.len() == limits::MENTIONS_MAX {
                break;
            }
            if markdown::calls_all(word) {
                if access.may(Action::Call) {
                    called.mentions.push(Mention { word: word.clone(), user: None });
                    if word == HERE { called.here = here.to_vec() } else { called.all = true }
                }
            } else if let Some(user) = self.people.get(word).filter(|_| !has_longer(&called.mentions, word)) {
                called.mentions.push(Mention { word: word.clone(), user: Some(user.id) });
                let role = self.members.contains(&(room, user.id)).then_some(RoomRole::Member);
                if !Access::new(visibility, Actor::User(user.id), role).may(Action::Read) {
                    called.unreached.push(user.clone());
                } else if user.id != author {
                    called.people.push(user.id);
                }
            }
        }
        called
    }
}

/// Whether the last name was this one with punctuation at its end: then that is who is meant.
fn has_longer(mentions: &[Mention], word: &str) -> bool {
    mentions.last().is_some_and(|last| last.word.len() > word.len() && last.word.trim_end_matches(['_', '-', '.']) == word)
}

/// Whether a room has so few members that everybody may call all of them.
async fn is_small(db: &Transaction, room: RoomId) -> Result<bool> {
    let select = Sql::new(db.get_database_backend(), "SELECT user_id FROM memberships WHERE room_id = ");
    let members = db.query_all_raw(select.value(room.0).limit(limits::CALLED_FREELY_MAX + 1).done()).await?;
    Ok(members.len() as u64 <= limits::CALLED_FREELY_MAX)
}
