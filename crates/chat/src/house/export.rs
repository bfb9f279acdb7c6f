//! What is kept about somebody, for themselves.

use protocol::{HouseRole, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::{
    audit::{Deed, Subject, enter},
    doer::{By, Doer},
    people::{Account, found},
};
use crate::{
    Chat, Result,
    db::{
        Sql,
        entity::{alert, invite, session},
    },
    policy::HouseAction,
};

/// Everything that is kept about an account, one's own or that of somebody whom one sees to, as JSON; of its password, that there is one.
///
/// # Errors
/// `not_allowed`, `not_found`, `unavailable`.
pub async fn export(chat: &Chat, by: impl Into<By>, account: UserId) -> Result<Value> {
    let transaction = chat.db().begin().await?;
    let doer = Doer::of(&transaction, by.into()).await?;
    let account = found(&transaction, account).await?;
    if doer.id != Some(UserId(account.id)) {
        doer.permit(HouseAction::ManageAccount(HouseRole::from(account.role)), &chat.settings())?;
    }
    enter(&transaction, &doer, Deed::Export, Subject::account(UserId(account.id), &account.username), String::new()).await?;
    transaction.commit().await?;

    let (db, id) = (chat.db().read(), account.id);
    let sessions = session::Entity::find().filter(session::Column::UserId.eq(id)).order_by_asc(session::Column::CreatedAt);
    let sessions = sessions.all(db).await?.into_iter().map(|row| {
        json!({"begun": row.created_at, "ends": row.expires_at, "ended": row.revoked_at, "used": row.used_at, "agent": row.agent, "address": row.address})
    });
    let alerts = alert::Entity::find().filter(alert::Column::UserId.eq(id)).order_by_asc(alert::Column::Rev).all(db).await?;
    let alerts = alerts.into_iter().map(|row| json!({"at": row.at, "kind": row.kind, "text": row.text.trim_start()}));
    let invites = invite::Entity::find().filter(invite::Column::MadeBy.eq(id)).order_by_asc(invite::Column::MadeAt);
    let invites = invites.all(db).await?.into_iter().map(|row| json!({"made": row.made_at, "uses": row.uses}));
    let status = json!({"emoji": account.status_emoji, "text": account.status_text, "until": account.status_until});
    let profile = json!({
        "bio": account.bio,
        "pronouns": account.pronouns,
        "time_zone": account.time_zone,
        "status": status,
        "invisible": account.invisible,
        "quiet": {"from": account.quiet_from, "to": account.quiet_to, "until": account.quiet_until},
        "sidebar": account.sidebar,
    });
    Ok(json!({
        "sessions": sessions.collect::<Value>(),
        "alerts": alerts.collect::<Value>(),
        "invites": invites.collect::<Value>(),
        "rooms": rooms(db, id).await?,
        "messages": messages(db, id).await?,
        "reactions": reactions(db, id).await?,
        "bookmarks": marked(db, "bookmarks", id).await?,
        "pins": marked(db, "pins", id).await?,
        "profile": profile,
        "account": Account::from(account),
    }))
}

async fn rooms(db: &impl ConnectionTrait, account: sea_orm::prelude::Uuid) -> Result<Value> {
    let select = "SELECT r.slug, r.name, m.role, m.joined_at, m.last_read_seq, m.level, m.quiet_until FROM memberships m \
         JOIN rooms r ON r.id = m.room_id WHERE r.deleted_at IS NULL AND m.user_id = ";
    let select = Sql::new(db.get_database_backend(), select).value(account).text(" ORDER BY m.joined_at");
    let mut rooms = Vec::new();
    for row in db.query_all_raw(select.done()).await? {
        type Columns = (String, String, String, i64, i64, String, Option<i64>);
        let (slug, name, role, joined, read, level, muted_until): Columns = row.try_get_many_by_index()?;
        let notifications = json!({"level": level, "muted_until": muted_until});
        rooms.push(json!({"address": slug, "name": name, "role": role, "joined": joined, "read_up_to": read, "notifications": notifications}));
    }
    Ok(rooms.into())
}

async fn messages(db: &impl ConnectionTrait, account: sea_orm::prelude::Uuid) -> Result<Value> {
    let select = "SELECT r.slug, m.seq, m.created_at, m.body, m.extra FROM messages m JOIN rooms r ON r.id = m.room_id \
                  WHERE m.deleted_at IS NULL AND m.author_id = ";
    let select = Sql::new(db.get_database_backend(), select).value(account).text(" ORDER BY m.id");
    let mut messages = Vec::new();
    for row in db.query_all_raw(select.done()).await? {
        let (room, seq, at, text, extra): (String, i64, i64, String, String) = row.try_get_many_by_index()?;
        let mut message = json!({"room": room, "seq": seq, "at": at, "text": text});
        if !extra.is_empty() {
            message["extra"] = extra.into();
        }
        messages.push(message);
    }
    Ok(messages.into())
}

async fn reactions(db: &impl ConnectionTrait, account: sea_orm::prelude::Uuid) -> Result<Value> {
    let select = "SELECT r.slug, x.seq, x.at, x.emoji FROM reactions x JOIN rooms r ON r.id = x.room_id WHERE x.user_id = ";
    let select = Sql::new(db.get_database_backend(), select).value(account).text(" ORDER BY x.at, x.room_id, x.seq, x.emoji");
    let mut reactions = Vec::new();
    for row in db.query_all_raw(select.done()).await? {
        let (room, seq, at, emoji): (String, i64, i64, String) = row.try_get_many_by_index()?;
        reactions.push(json!({"room": room, "seq": seq, "at": at, "emoji": emoji}));
    }
    Ok(reactions.into())
}

/// The messages that somebody has entered in a table of them.
async fn marked(db: &impl ConnectionTrait, table: &str, account: sea_orm::prelude::Uuid) -> Result<Value> {
    let select = Sql::new(db.get_database_backend(), "SELECT r.slug, x.seq, x.at FROM ")
        .text(table)
        .text(" x JOIN rooms r ON r.id = x.room_id WHERE x.user_id = ")
        .value(account)
        .text(" ORDER BY x.at, x.room_id, x.seq");
    let mut marked = Vec::new();
    for row in db.query_all_raw(select.done()).await? {
        let (room, seq, at): (String, i64, i64) = row.try_get_many_by_index()?;
        marked.push(json!({"room": room, "seq": seq, "at": at}));
    }
    Ok(marked.into())
}
