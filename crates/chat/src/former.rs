//! Former members: what becomes of an account that is deleted, by whomever. What it wrote stays; what was personal goes.

use protocol::{AlertKind, Change, RoomId, SessionId, User, UserId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, TryGetableMany,
    prelude::Uuid,
    sea_query::{Expr, ExprTrait, Query},
};

use crate::{
    Result,
    account_log::{self, NewAlert},
    db::{
        Sql,
        entity::{
            alert, bookmark, device, follow, hook, idempotency_key, inbox, invite, link, membership, outgoing_hook, picture,
            room, room_ban, session, slash_command, user,
        },
        now, tokens, users,
    },
    look::look,
    settings::mark_changed,
    writer::Transaction,
};

/// What a former member is called.
const NAME: &str = "Former member";

/// Makes somebody a former member. When that is committed, their names are to be forgotten, and the sockets of the sessions that this gives are
/// to be cut.
pub(crate) async fn erase(transaction: &mut Transaction, user: UserId) -> Result<Vec<SessionId>> {
    // First the name, so that rooms tell of nobody else.
    let named = users::person(&**transaction, user).await?;
    account_log::forget_names(&**transaction, &named, NAME).await?;
    make_former(&**transaction, user).await?;
    leave_rooms(transaction, user).await?;
    let db = &**transaction;
    let select = session::Entity::find().select_only().column(session::Column::Id).filter(session::Column::UserId.eq(user.0));
    let ended: Vec<Uuid> = select.into_tuple().all(db).await?;
    session::Entity::delete_many().filter(session::Column::UserId.eq(user.0)).exec(db).await?;
    device::Entity::delete_many().filter(device::Column::UserId.eq(user.0)).exec(db).await?;
    link::Entity::delete_many().filter(link::Column::UserId.eq(user.0)).exec(db).await?;
    idempotency_key::Entity::delete_many().filter(idempotency_key::Column::UserId.eq(user.0)).exec(db).await?;
    alert::Entity::delete_many().filter(alert::Column::UserId.eq(user.0)).exec(db).await?;
    bookmark::Entity::delete_many().filter(bookmark::Column::UserId.eq(user.0)).exec(db).await?;
    inbox::Entity::delete_many().filter(inbox::Column::UserId.eq(user.0)).exec(db).await?;
    follow::Entity::delete_many().filter(follow::Column::UserId.eq(user.0)).exec(db).await?;
    room_ban::Entity::delete_many().filter(room_ban::Column::UserId.eq(user.0)).exec(db).await?;
    picture::Entity::delete_by_id(user.0).exec(db).await?;
    // What speaks through it has no voice any more.
    hook::Entity::delete_many().filter(hook::Column::UserId.eq(user.0)).exec(db).await?;
    outgoing_hook::Entity::delete_many().filter(outgoing_hook::Column::BotId.eq(user.0)).exec(db).await?;
    slash_command::Entity::delete_many().filter(slash_command::Column::BotId.eq(user.0)).exec(db).await?;
    invite::Entity::update_many()
        .col_expr(invite::Column::RevokedAt, Expr::value(now()))
        .filter(invite::Column::MadeBy.eq(user.0).and(invite::Column::RevokedAt.is_null()))
        .exec(db)
        .await?;
    let mut ended: Vec<_> = ended.into_iter().map(SessionId).collect();
    ended.extend(tokens::of(db, user).await?);
    tokens::end_all(db, user).await?;
    orphan_bots(db, user).await?;
    Ok(ended)
}

/// Nobody answers any more for the bots of somebody who goes. They stand still until the house gives them to somebody else.
async fn orphan_bots(db: &impl ConnectionTrait, owner: UserId) -> Result<()> {
    user::Entity::update_many()
        .col_expr(user::Column::OwnerId, Expr::value(None::<Uuid>))
        .col_expr(user::Column::SuspendedUntil, Expr::value(i64::MAX))
        .col_expr(user::Column::SuspendedFor, Expr::value("Nobody answers for it: its owner is here no more."))
        .filter(user::Column::OwnerId.eq(owner.0).and(user::Column::DeletedAt.is_null()))
        .exec(db)
        .await?;
    Ok(())
}

/// Makes the accounts of a room's hooks and commands former members, before the room goes. The hooks and commands go with them.
pub(crate) async fn erase_hooks(transaction: &mut Transaction, room: RoomId) -> Result<()> {
    let db = &**transaction;
    let hooks = hook::Entity::find().filter(hook::Column::RoomId.eq(room.0)).all(db).await?;
    let outgoing = outgoing_hook::Entity::find().filter(outgoing_hook::Column::RoomId.eq(room.0)).all(db).await?;
    let commands = slash_command::Entity::find().filter(slash_command::Column::RoomId.eq(room.0)).all(db).await?;
    let accounts = hooks.into_iter().map(|hook| hook.user_id);
    let accounts = accounts.chain(outgoing.into_iter().map(|hook| hook.bot_id));
    let accounts: Vec<Uuid> = accounts.chain(commands.into_iter().map(|command| command.bot_id)).collect();
    for account in &accounts {
        erase(transaction, UserId(*account)).await?;
    }
    if !accounts.is_empty() {
        mark_changed(&**transaction).await?;
    }
    Ok(())
}

/// The row of an account stays, since messages refer to it. It has no password that could be typed, and a user name that nobody can take.
async fn make_former(db: &impl ConnectionTrait, user: UserId) -> Result<()> {
    let username = format!("-former-{:016x}", user.0.as_u64_pair().1);
    user::Entity::update_many()
        .col_expr(user::Column::Username, Expr::value(username.as_str()))
        .col_expr(user::Column::Name, Expr::value(NAME))
        .col_expr(user::Column::UsernameLook, Expr::value(look(&username)))
        .col_expr(user::Column::NameLook, Expr::value(look(NAME)))
        .col_expr(user::Column::Ambiguous, Expr::value(false))
        .col_expr(user::Column::PasswordHash, Expr::value(""))
        .col_expr(user::Column::Role, Expr::value(user::Role::Member))
        .col_expr(user::Column::Bio, Expr::value(""))
        .col_expr(user::Column::Pronouns, Expr::value(""))
        .col_expr(user::Column::TimeZone, Expr::value(""))
        .col_expr(user::Column::Picture, Expr::value(None::<String>))
        .col_expr(user::Column::StatusEmoji, Expr::value(""))
        .col_expr(user::Column::StatusText, Expr::value(""))
        .col_expr(user::Column::StatusUntil, Expr::value(None::<i64>))
        .col_expr(user::Column::Invisible, Expr::value(false))
        .col_expr(user::Column::QuietFrom, Expr::value(None::<i64>))
        .col_expr(user::Column::QuietTo, Expr::value(None::<i64>))
        .col_expr(user::Column::QuietUntil, Expr::value(None::<i64>))
        .col_expr(user::Column::Sidebar, Expr::value(""))
        .col_expr(user::Column::SuspendedUntil, Expr::value(None::<i64>))
        .col_expr(user::Column::SuspendedFor, Expr::value(""))
        .col_expr(user::Column::OwnerId, Expr::value(None::<Uuid>))
        .col_expr(user::Column::DeletedAt, Expr::value(now()))
        .filter(user::Column::Id.eq(user.0))
        .exec(db)
        .await?;
    Ok(())
}

/// Ends all memberships, each told to those who are left. A room that they owned alone has another owner then.
async fn leave_rooms(transaction: &mut Transaction, user: UserId) -> Result<()> {
    // Those in a room that is deleted go with it.
    let there = Query::select().column(room::Column::Id).from(room::Entity).and_where(room::Column::DeletedAt.is_null()).take();
    let mine = membership::Entity::find().filter(membership::Column::UserId.eq(user.0));
    let mine = mine.filter(membership::Column::RoomId.in_subquery(there));
    // In the order in which sends lock them.
    for row in mine.order_by_asc(membership::Column::RoomId).all(&**transaction).await? {
        let room = RoomId(row.room_id);
        membership::Entity::delete_by_id((room.0, user.0)).exec(&**transaction).await?;
        transaction.record(room, user, Change::MemberLeft).await?;
        if row.role == membership::Role::Owner {
            succeed(transaction, room, user).await?;
        }
    }
    Ok(())
}

/// Gives a room that has no owner any more to whoever has kept order there for longest, else to whoever has been there for longest. Where
/// nobody is left who can sign in, the house can name somebody.
async fn succeed(transaction: &mut Transaction, room: RoomId, former: UserId) -> Result<()> {
    let Some((heir, name, muted_until)) = heir(&**transaction, room).await? else { return Ok(()) };
    membership::Entity::update_many()
        .col_expr(membership::Column::Role, Expr::value(membership::Role::Owner))
        .filter(membership::Column::RoomId.eq(room.0).and(membership::Column::UserId.eq(heir.id.0)))
        .exec(&**transaction)
        .await?;
    let text = ["Whoever owned ", &name, " is here no more. You are its owner now."].concat();
    let alert = NewAlert { kind: AlertKind::RoleChanged, text, author: None, room: Some(room) };
    let id = heir.id;
    let change = Change::MemberChanged { user: heir, role: protocol::RoomRole::Owner, muted_until };
    transaction.record(room, former, change).await?;
    transaction.alert(id, alert).await
}

/// Who it is, what the room is called, and until when they are muted there. Nobody where the room has an owner.
async fn heir(db: &impl ConnectionTrait, room: RoomId) -> Result<Option<(User, String, Option<i64>)>> {
    let select = Sql::new(
        db.get_database_backend(),
        "SELECT u.id, u.username, u.name, u.ambiguous, u.picture, u.bot, r.name, m.muted_until ",
    )
    .text("FROM memberships m JOIN users u ON u.id = m.user_id JOIN rooms r ON r.id = m.room_id WHERE m.room_id = ")
    .value(room.0)
    .text(" AND (u.suspended_until IS NULL OR u.suspended_until <= ")
    .value(now())
    .text(") AND NOT u.bot AND NOT EXISTS (SELECT 1 FROM memberships o WHERE o.room_id = m.room_id AND o.role = ")
    .value(membership::Role::Owner)
    .text(") ORDER BY CASE m.role WHEN 'moderator' THEN 0 ELSE 1 END, m.joined_at, u.id")
    .limit(1);
    let Some(row) = db.query_one_raw(select.done()).await? else { return Ok(None) };
    type Columns = (Uuid, String, String, bool, Option<String>, bool, String, Option<i64>);
    let (id, username, name, ambiguous, picture, bot, room, muted_until) =
        Columns::try_get_many_by_index(&row).map_err(DbErr::from)?;
    Ok(Some((User { id: UserId(id), username, name, ambiguous, picture, bot }, room, muted_until)))
}
