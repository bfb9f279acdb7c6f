//! Changing a hook: its name, whom it may call, its secret.

use protocol::{DisplayName, ErrorCode, RoomId, RoomRef, UserId};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, prelude::Uuid,
};

use super::{
    create::{account, parse_name},
    list::Hook,
    secret::HookSecret,
};
use crate::{
    Chat, Result, accounts,
    db::{entity::hook, users},
    house,
    policy::{Action, Actor},
    rooms::Steward,
    throttle::Deed,
    writer::{Transaction, Work},
};

/// What is to be another one; the rest stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HookChange {
    /// Its name.
    pub name: Option<String>,
    /// Whether it may call all members at once.
    pub calls_all: Option<bool>,
}

/// Changes a hook.
///
/// # Errors
/// `not_found` where the room has no such hook; otherwise as [`super::create`].
pub async fn change(chat: &Chat, actor: Actor, room: &RoomRef, id: Uuid, change: HookChange) -> Result<Hook> {
    let steward = Steward::new(chat, actor.into(), room, Deed::Moderate)?;
    let name = change.name.as_deref().map(parse_name).transpose()?;
    let is_renamed = name.is_some();
    let changed = chat.writer().run(Change { steward, id, name, calls_all: change.calls_all, secret: None }).await?;
    if is_renamed {
        chat.renew().await;
    }
    Ok(changed)
}

/// Gives a hook another secret. At the address that it had nobody is at home any more.
///
/// # Errors
/// As [`change`].
pub async fn renew(chat: &Chat, actor: Actor, room: &RoomRef, id: Uuid) -> Result<(Hook, HookSecret)> {
    let steward = Steward::new(chat, actor.into(), room, Deed::Moderate)?;
    let secret = HookSecret::generate()?;
    let work = Change { steward, id, name: None, calls_all: None, secret: Some(secret.hash()) };
    Ok((chat.writer().run(work).await?, secret))
}

struct Change {
    steward: Steward,
    id: Uuid,
    name: Option<DisplayName>,
    calls_all: Option<bool>,
    secret: Option<String>,
}

impl Work for Change {
    type Answer = Hook;

    async fn run(&self, transaction: &mut Transaction) -> Result<Hook> {
        let charge = self.steward.take(&**transaction, Action::Moderate).await?;
        let row = found(&**transaction, charge.room.id, self.id).await?;
        if let Some(name) = &self.name {
            accounts::rename_bot(transaction, UserId(row.user_id), name).await?;
        }
        let mut changed = row.into_active_model();
        changed.calls_all = self.calls_all.map_or(changed.calls_all, Set);
        changed.secret = self.secret.clone().map_or(changed.secret, Set);
        let row = if changed.is_changed() {
            changed.update(&**transaction).await?
        } else {
            found(&**transaction, charge.room.id, self.id).await?
        };
        let account = account(transaction, &row).await?;
        charge.audit(&**transaction, house::Deed::ChangeHook, account.name.clone()).await?;
        let maker = users::person(&**transaction, UserId(row.made_by)).await?;
        Ok(Hook::of(row, account, ["@", &maker.username].concat()))
    }
}

/// A hook of a room.
pub(super) async fn found(db: &impl ConnectionTrait, room: RoomId, id: Uuid) -> Result<hook::Model> {
    let row = hook::Entity::find_by_id(id).filter(hook::Column::RoomId.eq(room.0)).one(db).await?;
    Ok(row.ok_or(ErrorCode::NotFound)?)
}
