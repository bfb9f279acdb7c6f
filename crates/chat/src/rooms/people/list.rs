//! Who is in a room, a page at a time.

use protocol::{Presence, Rights, Room, RoomRef, RoomRole, Status, User, UserId, limits};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, TryGetableMany, prelude::Uuid};

use super::subject::{may_moderate, may_set_role};
use crate::{
    Chat, Result, accounts,
    db::{Sql, entity::membership::Role, now},
    house::By,
    policy::{Access, Action},
    rooms::{search::like, steward::look_at},
};

/// Longest text that is looked for, in characters.
const TEXT_MAX: usize = 50;
/// Pages that are counted; nobody turns so many.
const PAGES_MAX: u64 = 10_000;
/// Most people of whom it is known to the database that they are there, when it sorts. Of more, some stand among those who are not.
const PRESENT_MAX: usize = 2_000;

/// Which members are looked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Search<'a> {
    /// What stands in a name; empty for all.
    pub text: &'a str,
    /// The page, from 1 on.
    pub page: u64,
}

/// Somebody who is in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user: User,
    /// What they may do there.
    pub role: RoomRole,
    /// Whether they are there.
    pub presence: Presence,
    /// What they say of what they do.
    pub status: Option<Status>,
    /// Until when they may not write, if that is so now.
    pub muted_until: Option<i64>,
    /// Whether whoever asks may remove, ban and mute them.
    pub may_be_moderated: bool,
    /// The other roles that whoever asks may give them.
    pub roles: Vec<RoomRole>,
}

/// A page of members.
#[derive(Clone, Debug)]
pub struct MembersPage {
    /// The room.
    pub room: Room,
    /// What whoever asks may do there.
    pub rights: Rights,
    /// Number of all members.
    pub total: u64,
    /// By role, then those who are there, then by name: [`limits::MEMBERS_PAGE`] at most.
    pub members: Vec<Member>,
    /// The page, from 1 on.
    pub page: u64,
    /// Whether there are more.
    pub has_more: bool,
}

/// The members of a room, for accounts that may read it and for the house.
///
/// # Errors
/// `not_found` also for what this actor may not know of; `not_a_member`, `not_authenticated`, `unavailable`.
pub async fn members(chat: &Chat, by: impl Into<By>, room: &RoomRef, search: Search<'_>) -> Result<MembersPage> {
    let (db, by) = (chat.db().read(), by.into());
    let (found, total) = look_at(chat, by, room).await?;
    found.access.permit(Action::Members)?;
    let page = search.page.clamp(1, PAGES_MAX);
    let sql = Sql::new(
        db.get_database_backend(),
        "SELECT u.id, u.username, u.name, u.ambiguous, u.picture, u.bot, m.role, m.muted_until, ",
    )
    .text("u.status_emoji, u.status_text, u.status_until ")
    .text("FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.room_id = ")
    .value(found.room.id.0);
    let sql = matching(sql, search.text)
        .text(" ORDER BY CASE m.role WHEN 'owner' THEN 0 WHEN 'moderator' THEN 1 ELSE 2 END, CASE WHEN u.id IN ")
        .list(chat.hub().present(PRESENT_MAX).into_iter().map(|user| user.0.into()))
        .text(" THEN 0 ELSE 1 END, lower(u.name), u.id")
        .limit(limits::MEMBERS_PAGE + 1)
        .text(&format!(" OFFSET {}", (page - 1) * limits::MEMBERS_PAGE));
    let rows = db.query_all_raw(sql.done()).await?;
    let member = |row| member(chat, row, found.access, by.account());
    let mut members = rows.iter().map(member).collect::<Result<Vec<_>>>()?;
    let has_more = members.len() as u64 > limits::MEMBERS_PAGE;
    members.truncate(limits::MEMBERS_PAGE as usize);
    Ok(MembersPage { rights: found.access.rights(), room: found.room, total, members, page, has_more })
}

fn matching(sql: Sql, text: &str) -> Sql {
    let text: String = text.trim().trim_start_matches('@').chars().take(TEXT_MAX).collect::<String>().to_lowercase();
    if text.is_empty() {
        return sql;
    }
    like(like(sql.text(" AND (u.username "), &text).text(" OR lower(u.name) "), &text).text(")")
}

fn member(chat: &Chat, row: &QueryResult, access: Access, asks: Option<UserId>) -> Result<Member> {
    type Columns = (Uuid, String, String, bool, Option<String>, bool, Role, Option<i64>, String, String, Option<i64>);
    let (id, username, name, ambiguous, picture, bot, role, muted_until, emoji, text, until) =
        Columns::try_get_many_by_index(row).map_err(DbErr::from)?;
    let (presence, status) = (chat.hub().presence(UserId(id)), accounts::status(&emoji, &text, until, now()));
    let (user, role) = (User { id: UserId(id), username, name, ambiguous, picture, bot }, RoomRole::from(role));
    let own = asks == Some(user.id);
    let roles = match may_set_role(access, own, role) {
        Ok(()) => [RoomRole::Owner, RoomRole::Moderator, RoomRole::Member].into_iter().filter(|other| *other != role).collect(),
        Err(_) => Vec::new(),
    };
    let may_be_moderated = may_moderate(access, Some(role)).is_ok();
    let muted_until = muted_until.filter(|until| *until > now());
    Ok(Member { user, role, presence, status, muted_until, may_be_moderated, roles })
}
