//! Hooks as those see them who keep order in their room.

use protocol::{Field, FieldError, Problem, Room, RoomId, RoomRef, User};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, TryGetableMany, prelude::Uuid};

use crate::{
    Chat, Result,
    db::entity::{outgoing_delivery, outgoing_hook, user},
    policy::{Action, Actor},
    rooms,
};

/// Words that a hook may listen for.
const WORDS_MAX: usize = 10;
/// Characters of each.
const WORD_MAX: usize = 40;

/// A webhook: what is said in a room goes to its URL.
#[derive(Clone, Debug)]
pub struct Hook {
    /// Id.
    pub id: Uuid,
    /// Where to.
    pub url: String,
    /// The words of which a message has to begin with one; every message goes there without any.
    pub words: Vec<String>,
    /// Who speaks where an answer is posted back. Its name is the hook's.
    pub bot: User,
    /// Who made it.
    pub made_by: User,
    /// When, in unix milliseconds.
    pub made_at: i64,
    /// Since when every try has failed.
    pub failing_since: Option<i64>,
    /// Since when nothing is tried.
    pub paused_at: Option<i64>,
    /// Deliveries that are still to be taken.
    pub waiting: u64,
}

/// The hooks of a room, the oldest first, for those who keep order there.
///
/// # Errors
/// `not_allowed`, `not_a_member`, `archived`, `not_authenticated`; `not_found` also for what this actor may not know of; `unavailable`.
pub async fn list(chat: &Chat, actor: Actor, room: &RoomRef) -> Result<(Room, Vec<Hook>)> {
    let db = chat.db().read();
    let room = kept(db, actor, room).await?;
    let select = outgoing_hook::Entity::find().filter(outgoing_hook::Column::RoomId.eq(room.id.0));
    let rows = select.order_by_asc(outgoing_hook::Column::Id).all(db).await?;
    let hooks = read(db, rows).await?;
    Ok((room, hooks))
}

/// A room for somebody who keeps order there.
pub(super) async fn kept(db: &impl ConnectionTrait, actor: Actor, room: &RoomRef) -> Result<Room> {
    actor.user()?;
    let found = rooms::load(db, actor, room).await?;
    found.access.permit(Action::Moderate)?;
    Ok(found.room)
}

/// A hook of this room.
pub(super) async fn of_room(db: &impl ConnectionTrait, room: RoomId, id: Uuid) -> Result<outgoing_hook::Model> {
    let hook = outgoing_hook::Entity::find_by_id(id).filter(outgoing_hook::Column::RoomId.eq(room.0)).one(db).await?;
    Ok(hook.ok_or(protocol::ErrorCode::NotFound)?)
}

/// Hooks with what stands beside them.
pub(super) async fn read(db: &impl ConnectionTrait, rows: Vec<outgoing_hook::Model>) -> Result<Vec<Hook>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = rows.iter().flat_map(|row| [row.bot_id, row.made_by]);
    let people = user::Entity::find().filter(user::Column::Id.is_in(ids)).all(db).await?;
    let waiting = outgoing_delivery::Entity::find()
        .select_only()
        .column(outgoing_delivery::Column::HookId)
        .column_as(outgoing_delivery::Column::Id.count(), "waiting")
        .filter(outgoing_delivery::Column::HookId.is_in(rows.iter().map(|row| row.id)))
        .filter(outgoing_delivery::Column::State.eq(outgoing_delivery::State::Waiting))
        .group_by(outgoing_delivery::Column::HookId)
        .into_tuple::<(Uuid, i64)>()
        .all(db)
        .await?;
    let person = |id: Uuid| people.iter().find(|person| person.id == id).cloned().map(User::from);
    let hook = |row: outgoing_hook::Model| {
        let (bot, made_by) = (person(row.bot_id)?, person(row.made_by)?);
        let waiting = waiting.iter().find(|(id, _)| *id == row.id).map_or(0, |(_, waiting)| waiting.unsigned_abs());
        let outgoing_hook::Model { id, url, words, made_at, failing_since, paused_at, .. } = row;
        Some(Hook { id, url, words: words_of(&words), bot, made_by, made_at, failing_since, paused_at, waiting })
    };
    Ok(rows.into_iter().filter_map(hook).collect())
}

/// A URL to which something can go.
pub(crate) fn parse_url(chat: &Chat, url: &str) -> std::result::Result<String, FieldError> {
    let url = url.trim();
    let problem = if url.is_empty() { Problem::Empty } else { Problem::NotAChoice };
    chat.outbound().check(url).map_err(|_| FieldError { field: Field::Url, problem })?;
    Ok(url.to_owned())
}

/// Words, separated by commas or blanks, as they are stored.
pub(super) fn parse_words(text: &str) -> std::result::Result<String, FieldError> {
    let words: Vec<_> = words_of(text);
    let fault = |problem| Err(FieldError { field: Field::Words, problem });
    if words.len() > WORDS_MAX {
        return fault(Problem::TooLong { max: WORDS_MAX });
    }
    if words.iter().any(|word| word.chars().count() > WORD_MAX) {
        return fault(Problem::TooLong { max: WORD_MAX });
    }
    if words.iter().any(|word| word.chars().any(char::is_control)) {
        return fault(Problem::BadCharacter);
    }
    Ok(words.join(","))
}

pub(super) fn words_of(text: &str) -> Vec<String> {
    let words = text.split(|character: char| character == ',' || character.is_whitespace());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The word of these with which a text begins, whatever its case: as a word, so `deploy` is not in `deployment`.
pub(super) fn begins_with<'a>(words: &'a [String], text: &str) -> Option<&'a str> {
    let text = text.trim_start().to_lowercase();
    let begins = |word: &&String| {
        let rest = text.strip_prefix(&word.to_lowercase());
        rest.is_some_and(|rest| !rest.chars().next().is_some_and(char::is_alphanumeric))
    };
    words.iter().find(begins).map(String::as_str)
}

/// A row of numbers of a query.
pub(super) fn columns<T: TryGetableMany>(row: &sea_orm::QueryResult) -> Result<T> {
    Ok(T::try_get_many_by_index(row).map_err(sea_orm::DbErr::from)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_message_begins_with_a_word_as_a_whole() {
        let words = words_of("deploy, ROLLBACK !ping");
        assert_eq!(words, ["deploy", "ROLLBACK", "!ping"]);
        for (text, expected) in [
            ("deploy the mill", Some("deploy")),
            ("  Deploy: now", Some("deploy")),
            ("rollback", Some("ROLLBACK")),
            ("!ping", Some("!ping")),
            ("deployment", None),
            ("please deploy", None),
            ("", None),
        ] {
            assert_eq!(begins_with(&words, text), expected, "{text}");
        }
    }

    #[test]
    fn words_are_few_and_short() {
        assert_eq!(parse_words(" a,b  c ").unwrap(), "a,b,c");
        assert_eq!(parse_words("").unwrap(), "");
        for text in ["a b c d e f g h i j k".to_owned(), "x".repeat(41), "a\u{1}".to_owned()] {
            assert!(parse_words(&text).is_err(), "{text}");
        }
    }
}
