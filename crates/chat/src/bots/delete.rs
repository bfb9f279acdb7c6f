//! Deleting a bot: what it wrote stays, under the name of a former member.

use std::sync::Arc;

use protocol::{SessionId, UserId};

use super::keeper::bot_keeper;
use crate::{
    Chat, Result, Session, former,
    house::{self, Subject},
    sessions,
    settings::{Settings, mark_changed},
    writer::{Transaction, Work},
};

/// Deletes a bot that one looks after. Its tokens end at once.
///
/// # Errors
/// `not_found`, `unavailable`.
pub async fn delete(chat: &Chat, session: &Session, bot: UserId) -> Result<()> {
    let work = Delete { session: session.clone(), bot, settings: chat.settings() };
    let ended = chat.writer().run(work).await?;
    sessions::cut(chat, ended).await;
    chat.renew().await;
    Ok(())
}

struct Delete {
    session: Session,
    bot: UserId,
    settings: Arc<Settings>,
}

impl Work for Delete {
    /// What its sockets are known by.
    type Answer = Vec<SessionId>;

    async fn run(&self, transaction: &mut Transaction) -> Result<Vec<SessionId>> {
        let (doer, row) = bot_keeper(&**transaction, &self.session, self.bot, &self.settings).await?;
        let subject = Subject::account(self.bot, &row.username);
        house::enter(&**transaction, &doer, house::Deed::DeleteBot, subject, String::new()).await?;
        let ended = former::erase(transaction, self.bot).await?;
        mark_changed(&**transaction).await?;
        Ok(ended)
    }
}
