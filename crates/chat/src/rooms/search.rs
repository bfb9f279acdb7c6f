//! All rooms that an actor may find, a page at a time.

use deunicode::deunicode;
use protocol::{ErrorCode, RoomId, RoomSummary, Slug, Visibility, limits};
use sea_orm::ConnectionTrait;

use super::load::{MEMBERS, findable, found, load, select};
use crate::{
    Chat, Result,
    db::{Sql, entity::room},
    policy::Actor,
};

/// Longest text that is looked for, in characters.
const TEXT_MAX: usize = limits::ROOM_NAME_MAX;

/// Which rooms are looked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Search<'a> {
    /// What stands in the name or the topic, or is a part of the address; empty for all.
    pub text: &'a str,
    /// The room after which the page begins; the first page without it.
    pub after: Option<RoomId>,
    /// Whether they are those alone that the actor is in.
    pub mine: bool,
    /// Whether they may be read only. Without it, one that is archived is found by whoever looks for a text.
    pub archived: Option<bool>,
    /// Who may find them.
    pub visibility: Option<Visibility>,
    /// The only ones that may be among them, if they are named.
    pub among: Option<&'a [RoomId]>,
}

/// A page of rooms.
#[derive(Clone, Debug, Default)]
pub struct RoomsPage {
    /// By name, [`limits::ROOMS_PAGE`] at most.
    pub rooms: Vec<RoomSummary>,
    /// The last of them, where there are more.
    pub next: Option<RoomId>,
}

/// The rooms that an actor may find, by name.
///
/// # Errors
/// `unavailable`.
pub async fn search(chat: &Chat, actor: Actor, search: Search<'_>) -> Result<RoomsPage> {
    if search.mine && actor == Actor::Guest {
        return Ok(RoomsPage::default());
    }
    let db = chat.db().read();
    let after = match search.after {
        None => None,
        // Where a page begins tells what the room is called: only of one that the actor may find.
        Some(room) if search.among.is_none_or(|rooms| rooms.contains(&room)) => match load(db, actor, &room.into()).await {
            Ok(found) => Some(found.room),
            Err(error) if error.public().code == ErrorCode::Unavailable => return Err(error),
            Err(_) => return Ok(RoomsPage::default()),
        },
        Some(_) => return Ok(RoomsPage::default()),
    };
    let sql = select(db.get_database_backend(), actor, |sql| sql.text(MEMBERS)).text(" WHERE ");
    let sql = sieved(matching(findable(sql, actor), search.text), search, chat.settings().public_rooms);
    let sql = match after {
        Some(room) => sql.text(" AND (lower(r.name), r.id) > (lower(").value(room.name).text("), ").value(room.id.0).text(")"),
        None => sql,
    };
    // One more than is shown says whether there are more.
    let sql = sql.text(" ORDER BY lower(r.name), r.id").limit(limits::ROOMS_PAGE as u64 + 1);
    let mut rooms = Vec::new();
    for row in &db.query_all_raw(sql.done()).await? {
        let (found, members) = found(row, actor)?;
        if let Ok(standing) = found.access.standing() {
            rooms.push(RoomSummary { room: found.room, head: found.head, members, standing });
        }
    }
    let more = rooms.len() > limits::ROOMS_PAGE;
    rooms.truncate(limits::ROOMS_PAGE);
    Ok(RoomsPage { next: rooms.last().filter(|_| more).map(|last| last.room.id), rooms })
}

/// Names and topics are compared as the database folds them; the address is the name without accents and case.
fn matching(sql: Sql, text: &str) -> Sql {
    let text: String = text.trim().chars().take(TEXT_MAX).collect();
    if text.is_empty() {
        return sql;
    }
    let lower = text.to_lowercase();
    let sql = like(sql.text(" AND (lower(r.name) "), &lower);
    let sql = like(sql.text(" OR lower(r.topic) "), &lower);
    let address = deunicode(&text);
    let sql = if address.chars().any(|c| c.is_ascii_alphanumeric()) {
        like(sql.text(" OR r.slug "), Slug::from_ascii(&address).as_str())
    } else {
        sql
    };
    sql.text(")")
}

/// Goes on with what else is asked of them.
fn sieved(sql: Sql, search: Search<'_>, may_be_public: bool) -> Sql {
    let sql = match search.archived {
        Some(true) => sql.text(" AND r.archived_at IS NOT NULL"),
        None if !search.text.trim().is_empty() => sql,
        Some(false) | None => sql.text(" AND r.archived_at IS NULL"),
    };
    let sql = if search.mine { sql.text(" AND mine.role IS NOT NULL") } else { sql };
    let sql = match search.visibility {
        Some(visibility) => {
            sql.text(" AND r.visibility IN ").list(kept_as(visibility, may_be_public).into_iter().map(Into::into))
        }
        None => sql,
    };
    match search.among {
        Some(rooms) => sql.text(" AND r.id IN ").list(rooms.iter().map(|room| room.0.into())),
        None => sql,
    }
}

/// As what rooms are kept that count as this: where nothing may be public, what was so is open.
fn kept_as(visibility: Visibility, may_be_public: bool) -> Vec<room::Visibility> {
    match visibility {
        Visibility::Public if !may_be_public => Vec::new(),
        Visibility::Open if !may_be_public => vec![room::Visibility::Public, room::Visibility::Open],
        kept => vec![kept.into()],
    }
}

/// Goes on with the condition of having this part.
pub(super) fn like(sql: Sql, part: &str) -> Sql {
    pattern(sql, &["%", &escaped(part), "%"].concat())
}

/// Goes on with the condition of beginning with this.
pub(super) fn begins(sql: Sql, start: &str) -> Sql {
    pattern(sql, &[&escaped(start), "%"].concat())
}

fn pattern(sql: Sql, pattern: &str) -> Sql {
    sql.text("LIKE ").value(pattern).text(" ESCAPE '\\'")
}

fn escaped(text: &str) -> String {
    // No text holds a NUL, and PostgreSQL does not even look for one.
    text.replace('\0', "\u{fffd}").replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
