//! Accounts as several use cases look them up.

use protocol::{MessageKind, User, UserId, Username};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QueryResult, Select,
    prelude::Uuid,
    sea_query::{DynIden, Expr, ExprTrait, Func, IntoIden, IntoTableRef, LikeExpr, OnConflict, Query, TableRef},
};

use super::{
    entity::{hook, outgoing_hook, slash_command, user},
    now,
};

/// The house, where it does something on nobody's word: a row that others can refer to, which nobody signs in with.
const HOUSE: Uuid = Uuid::nil();
/// What it is called where somebody is told of what it did.
pub(crate) const HOUSE_NAME: &str = "The house";

/// The account with this user name, with what is needed to check its password. A former member has none to sign in with.
pub(crate) async fn by_name(db: &impl ConnectionTrait, username: &Username) -> Result<Option<user::Model>, DbErr> {
    let select = user::Entity::find().filter(user::Column::Username.eq(username.as_str()));
    select.filter(user::Column::DeletedAt.is_null()).one(db).await
}

/// The accounts after a user name, by user name: those with this text in it or in their name, or all.
pub(crate) fn by_text(text: &str, after: &str) -> Select<user::Entity> {
    let select = user::Entity::find()
        .filter(user::Column::DeletedAt.is_null())
        .filter(user::Column::Username.gt(after))
        .order_by_asc(user::Column::Username);
    let text = text.trim().trim_start_matches('@').to_lowercase();
    if text.is_empty() {
        return select;
    }
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let like = || LikeExpr::new(format!("%{escaped}%")).escape('\\');
    let name = Expr::expr(Func::lower(Expr::col(user::Column::Name))).like(like());
    select.filter(Condition::any().add(user::Column::Username.like(like())).add(name))
}

/// That an account is not the one by which a hook or a command speaks. Nobody looks after such a one by itself.
pub(crate) fn stands_alone() -> Condition {
    let none_of =
        |column: DynIden, table: TableRef| user::Column::Id.not_in_subquery(Query::select().column(column).from(table).take());
    Condition::all()
        .add(none_of(hook::Column::UserId.into_iden(), hook::Entity.into_table_ref()))
        .add(none_of(outgoing_hook::Column::BotId.into_iden(), outgoing_hook::Entity.into_table_ref()))
        .add(none_of(slash_command::Column::BotId.into_iden(), slash_command::Entity.into_table_ref()))
}

/// Whether a hook or a command speaks through this account.
pub(crate) async fn is_voice(db: &impl ConnectionTrait, id: Uuid) -> Result<bool, DbErr> {
    Ok(user::Entity::find_by_id(id).filter(stands_alone()).one(db).await?.is_none())
}

/// The account with this id; of former members too there is one.
pub(crate) async fn by_id(db: &impl ConnectionTrait, id: UserId) -> Result<user::Model, DbErr> {
    let row = user::Entity::find_by_id(id.0).one(db).await?;
    row.ok_or_else(|| DbErr::RecordNotFound(format!("user {id} has gone")))
}

/// Whether the house would have no owner who can sign in without this account, which is one.
pub(crate) async fn is_last_owner(db: &impl ConnectionTrait, id: UserId) -> Result<bool, DbErr> {
    let owners = user::Entity::find().filter(user::Column::Role.eq(user::Role::Owner)).filter(user::Column::DeletedAt.is_null());
    let owners = owners.all(db).await?;
    let (own, others): (Vec<_>, Vec<_>) = owners.into_iter().partition(|owner| owner.id == id.0);
    Ok(!own.is_empty() && others.iter().all(|owner| owner.suspended_until.is_some_and(|until| until > now())))
}

/// The person as events name them.
pub(crate) async fn person(db: &impl ConnectionTrait, id: UserId) -> Result<User, DbErr> {
    Ok(by_id(db, id).await?.into())
}

/// The person whose columns begin here: id, user name, name, whether that is ambiguous, picture, whether it is a bot.
pub(crate) fn of_row(row: &QueryResult, first: usize) -> Result<User, DbErr> {
    Ok(User {
        id: UserId(row.try_get_by_index(first)?),
        username: row.try_get_by_index(first + 1)?,
        name: row.try_get_by_index(first + 2)?,
        ambiguous: row.try_get_by_index(first + 3)?,
        picture: row.try_get_by_index(first + 4)?,
        bot: row.try_get_by_index(first + 5)?,
    })
}

/// What a message is by who writes it.
pub(crate) fn kind_of(author: &User) -> MessageKind {
    match author {
        User { id: UserId(HOUSE), .. } => MessageKind::System,
        User { bot: true, .. } => MessageKind::Bot,
        _ => MessageKind::Text,
    }
}

/// Who stands in the log of a room for the house itself: for what it says there, for its command line, and for its clocks. It has no account, and is in no list.
pub(crate) async fn house(db: &impl ConnectionTrait) -> Result<UserId, DbErr> {
    let row = user::ActiveModel {
        id: Set(HOUSE),
        username: Set("-house".to_owned()),
        name: Set(HOUSE_NAME.to_owned()),
        username_look: Set(Some(String::new())),
        name_look: Set(Some(String::new())),
        password_hash: Set(String::new()),
        role: Set(user::Role::Member),
        created_at: Set(now()),
        deleted_at: Set(Some(now())),
        ..Default::default()
    };
    let stays = OnConflict::column(user::Column::Id).do_nothing().to_owned();
    user::Entity::insert(row).on_conflict(stays).exec_without_returning(db).await?;
    Ok(UserId(HOUSE))
}

/// Whether anybody has, or had, an account.
pub(crate) async fn is_anybody(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    Ok(user::Entity::find().filter(user::Column::Id.ne(HOUSE)).one(db).await?.is_some())
}
