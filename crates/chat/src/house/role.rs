//! What somebody is in the house.

use std::sync::Arc;

use protocol::{AlertKind, ErrorCode, HouseRole, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    audit::{Deed, Subject, enter},
    doer::{By, Doer},
    people::found,
};
use crate::{
    Chat, Result,
    account_log::NewAlert,
    db::{Serial, entity::user, serialize, users},
    policy::HouseAction,
    settings::{Settings, mark_changed},
    writer::{Transaction, Work},
};

/// Makes an account something else in the house, and tells its owner.
///
/// # Errors
/// `last_owner` when the house would have none, `not_allowed`, `not_found`, `unavailable`.
pub async fn set_role(chat: &Chat, by: impl Into<By>, account: UserId, role: HouseRole) -> Result<()> {
    let work = SetRole { by: by.into(), account, role, settings: chat.settings() };
    chat.writer().run(work).await?;
    chat.renew().await;
    Ok(())
}

/// The word for a role.
pub(super) fn word(role: HouseRole) -> &'static str {
    match role {
        HouseRole::Member => "member",
        HouseRole::Admin => "admin",
        HouseRole::Owner => "owner",
    }
}

struct SetRole {
    by: By,
    account: UserId,
    role: HouseRole,
    settings: Arc<Settings>,
}

impl Work for SetRole {
    type Answer = ();

    async fn run(&self, transaction: &mut Transaction) -> Result<()> {
        let doer = Doer::of(&**transaction, self.by).await?;
        doer.permit(HouseAction::ChangeRole, &self.settings)?;
        let account = found(&**transaction, self.account).await?;
        if account.bot {
            return Err(ErrorCode::NotAllowed.into());
        }
        let old = HouseRole::from(account.role);
        if old == self.role {
            return Ok(());
        }
        if old == HouseRole::Owner {
            last_owner(&**transaction, self.account).await?;
        }
        user::Entity::update_many()
            .col_expr(user::Column::Role, Expr::value(user::Role::from(self.role)))
            .filter(user::Column::Id.eq(self.account.0))
            .exec(&**transaction)
            .await?;
        let (old, new) = (word(old), word(self.role));
        let subject = Subject::account(self.account, &account.username);
        enter(&**transaction, &doer, Deed::ChangeRole, subject, format!("{old} → {new}")).await?;
        mark_changed(&**transaction).await?;
        let text = match self.role {
            HouseRole::Member => "You are a member of this house, as everybody is.".to_owned(),
            _ => format!("You are an {new} of this house now."),
        };
        transaction.alert(self.account, NewAlert { kind: AlertKind::RoleChanged, text, author: doer.id, room: None }).await
    }
}

/// Refuses what would leave the house without an owner who can sign in. Until the transaction ends no other one decides about that.
pub(crate) async fn last_owner(db: &impl ConnectionTrait, account: UserId) -> Result<()> {
    serialize(db, Serial::FirstAccount).await?;
    if users::is_last_owner(db, account).await? { Err(ErrorCode::LastOwner.into()) } else { Ok(()) }
}
