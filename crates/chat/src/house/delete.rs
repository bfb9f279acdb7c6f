//! Deleting an account: what was personal goes, messages stay, as those of a former member.

use std::sync::Arc;

use protocol::{Change, HouseRole, RoomId, SessionId, UserId};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    prelude::Uuid,
    sea_query::Expr,
};

use super::{
    audit::{Deed, Subject, enter},
    doer::{By, Doer},
    people::found,
    role::last_owner,
};
use crate::{
    Chat, Result,
    db::{
        entity::{alert, device, invite, link, membership, picture, room_ban, session, user},
        now,
    },
    look::look,
    policy::HouseAction,
    sessions,
    settings::{Settings, mark_changed},
    writer::{Transaction, Work},
};

/// What former members are called.
const NAME: &str = "former member";

/// Deletes an account.
///
/// # Errors
/// `last_owner`, `not_allowed`, `not_found`, `unavailable`.
pub async fn delete(chat: &Chat, by: impl Into<By>, account: UserId) -> Result<()> {
    let ended = chat.writer().run(Delete { by: by.into(), account, settings: chat.settings() }).await?;
    chat.forget_names();
    sessions::cut(chat, ended).await;
    chat.renew_settings().await
}

struct Delete {
    by: By,
    account: UserId,
    settings: Arc<Settings>,
}

impl Work for Delete {
    /// The sessions that have ended.
    type Answer = Vec<SessionId>;

    async fn run(&self, transaction: &mut Transaction) -> Result<Vec<SessionId>> {
        let id = self.account;
        let doer = Doer::of(&**transaction, self.by).await?;
        let account = found(&**transaction, id).await?;
        let role = HouseRole::from(account.role);
        doer.permit(HouseAction::ManageAccount(role), &self.settings)?;
        if role == HouseRole::Owner {
            last_owner(&**transaction, id).await?;
        }
        enter(&**transaction, &doer, Deed::DeleteAccount, Subject::account(id, &account.username), String::new()).await?;
        let ended = sessions::revoke_all(&**transaction, id).await?;
        // First the name, so that rooms tell of nobody else.
        become_former(transaction, account).await?;
        leave_rooms(transaction, id).await?;
        forget(transaction, id).await?;
        mark_changed(&**transaction).await?;
        Ok(ended)
    }
}

async fn become_former(transaction: &Transaction, account: user::Model) -> Result<()> {
    let short: String = account.id.simple().to_string().chars().skip(20).collect();
    let username = format!("deleted-{short}");
    let row = user::ActiveModel {
        username_look: Set(Some(look(&username))),
        username: Set(username),
        name: Set(NAME.to_owned()),
        name_look: Set(Some(look(NAME))),
        ambiguous: Set(false),
        // No password has this hash.
        password_hash: Set(String::new()),
        role: Set(user::Role::Member),
        bio: Set(String::new()),
        pronouns: Set(String::new()),
        time_zone: Set(String::new()),
        suspended_until: Set(None),
        suspended_for: Set(String::new()),
        deleted_at: Set(Some(now())),
        rev: NotSet,
        ..account.into_active_model()
    };
    row.update(&**transaction).await?;
    Ok(())
}

/// Each room hears of it, and so does whatever keeps its members in memory.
async fn leave_rooms(transaction: &mut Transaction, account: UserId) -> Result<()> {
    let own = membership::Column::UserId.eq(account.0);
    let rooms = membership::Entity::find().filter(own.clone()).select_only().column(membership::Column::RoomId);
    let rooms: Vec<Uuid> = rooms.into_tuple().all(&**transaction).await?;
    membership::Entity::delete_many().filter(own).exec(&**transaction).await?;
    for room in rooms {
        transaction.record(RoomId(room), account, Change::MemberLeft).await?;
    }
    Ok(())
}

/// What is theirs in other tables. The audit log stays.
async fn forget(transaction: &Transaction, account: UserId) -> Result<()> {
    let (db, id) = (&**transaction, account.0);
    session::Entity::delete_many().filter(session::Column::UserId.eq(id)).exec(db).await?;
    device::Entity::delete_many().filter(device::Column::UserId.eq(id)).exec(db).await?;
    alert::Entity::delete_many().filter(alert::Column::UserId.eq(id)).exec(db).await?;
    link::Entity::delete_many().filter(link::Column::UserId.eq(id)).exec(db).await?;
    room_ban::Entity::delete_many().filter(room_ban::Column::UserId.eq(id)).exec(db).await?;
    picture::Entity::delete_by_id(id).exec(db).await?;
    invite::Entity::update_many()
        .col_expr(invite::Column::RevokedAt, Expr::value(now()))
        .filter(invite::Column::MadeBy.eq(id))
        .filter(invite::Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}
