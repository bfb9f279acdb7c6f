//! Deleting an account: what was personal goes, messages stay, as those of a former member.

use std::sync::Arc;

use protocol::{HouseRole, SessionId, UserId};

use super::{
    audit::{Deed, Subject, enter},
    doer::{By, Doer},
    people::found,
    role::last_owner,
};
use crate::{
    Chat, Result,
    db::users,
    former,
    policy::HouseAction,
    sessions,
    settings::{Settings, mark_changed},
    writer::{Transaction, Work},
};

/// Deletes an account. A hook or a command that speaks through it goes with it.
///
/// # Errors
/// `last_owner`, `not_allowed`, `not_found`, `unavailable`.
pub async fn delete(chat: &Chat, by: impl Into<By>, account: UserId) -> Result<()> {
    let ended = chat.writer().run(Delete { by: by.into(), account, settings: chat.settings() }).await?;
    sessions::cut(chat, ended).await;
    chat.renew().await;
    Ok(())
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
        let detail = if users::is_voice(&**transaction, id.0).await? { "with its hook or command" } else { "" };
        let subject = Subject::account(id, &account.username);
        enter(&**transaction, &doer, Deed::DeleteAccount, subject, detail.to_owned()).await?;
        let ended = former::erase(transaction, id).await?;
        mark_changed(&**transaction).await?;
        Ok(ended)
    }
}
