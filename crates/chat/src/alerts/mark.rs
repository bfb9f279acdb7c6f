//! Being done with alerts, on all devices at once.

use hub::Signal;
use protocol::AlertId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, UpdateMany, sea_query::Expr};

use crate::{
    Chat, Result, account_log,
    db::{entity::alert, now},
    sessions::Session,
};

/// Which alerts of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All that there are.
    All,
    /// This one, if it is theirs.
    One(AlertId),
}

/// Marks alerts as read. Doing it again changes nothing.
///
/// # Errors
/// `unavailable`.
pub async fn mark_read(chat: &Chat, session: &Session, which: Which) -> Result<()> {
    let read = alert::Entity::update_many().filter(alert::Column::ReadAt.is_null()).filter(alert::Column::DismissedAt.is_null());
    change(chat, session, which, read.col_expr(alert::Column::ReadAt, Expr::value(now()))).await
}

/// Dismisses alerts: what they said is gone. Doing it again changes nothing.
///
/// # Errors
/// `unavailable`.
pub async fn dismiss(chat: &Chat, session: &Session, which: Which) -> Result<()> {
    let dismissed = alert::Entity::update_many().filter(alert::Column::DismissedAt.is_null());
    let dismissed = dismissed.col_expr(alert::Column::Text, Expr::value(""));
    change(chat, session, which, dismissed.col_expr(alert::Column::DismissedAt, Expr::value(now()))).await
}

/// Changes those that it is not true of yet, at one place of the account's log, and tells all devices.
async fn change(chat: &Chat, session: &Session, which: Which, change: UpdateMany<alert::Entity>) -> Result<()> {
    let user = session.user.id;
    let transaction = chat.db().begin().await?;
    let rev = account_log::raise_rev(&transaction, user).await?;
    let mut change = change.col_expr(alert::Column::Rev, Expr::value(rev)).filter(alert::Column::UserId.eq(user.0));
    if let Which::One(id) = which {
        change = change.filter(alert::Column::Id.eq(id.0));
    }
    if change.exec(&transaction).await?.rows_affected == 0 {
        return Ok(());
    }
    let head = account_log::head(&transaction, user).await?;
    transaction.commit().await?;
    chat.signal(Signal::Account { user, rev, frame: account_log::changed(head) }).await;
    Ok(())
}
