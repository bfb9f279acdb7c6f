//! Taking all rooms for read, and taking that back.

use protocol::UserId;
use sea_orm::{ConnectionTrait, Statement};

use crate::{Chat, Result, account_log, db::Sql, policy::Actor};

/// Marks all rooms of the actor as read; says how many were not. Of each is kept up to where it was read, for [`undo`].
///
/// # Errors
/// `not_authenticated`, `unavailable`.
pub async fn read_all(chat: &Chat, actor: Actor) -> Result<u64> {
    let user = actor.user()?;
    chat.marks().forget(user, None);
    let backend = chat.db().read().get_database_backend();
    let head = "(SELECT r.last_seq FROM rooms r WHERE r.id = memberships.room_id)";
    // What is read already is not to be taken back.
    let update = Sql::new(backend, "UPDATE memberships SET read_before = CASE WHEN last_read_seq < ")
        .text(head)
        .text(" THEN last_read_seq END, last_read_seq = ")
        .text(head)
        .text(" WHERE (read_before IS NOT NULL OR last_read_seq < ")
        .text(head)
        .text(") AND user_id = ")
        .value(user.0);
    change(chat, user, update.done()).await
}

/// Takes [`read_all`] back, where nothing was read since; says in how many rooms. Doing it again changes nothing.
///
/// # Errors
/// `not_authenticated`, `unavailable`.
pub async fn undo(chat: &Chat, actor: Actor) -> Result<u64> {
    let user = actor.user()?;
    chat.marks().forget(user, None);
    let backend = chat.db().read().get_database_backend();
    let update =
        "UPDATE memberships SET last_read_seq = read_before, read_before = NULL WHERE read_before IS NOT NULL AND user_id = ";
    change(chat, user, Sql::new(backend, update).value(user.0).done()).await
}

/// Moves marks of many rooms at one place in the log of the account.
async fn change(chat: &Chat, user: UserId, update: Statement) -> Result<u64> {
    let transaction = chat.db().begin().await?;
    let moved = transaction.execute_raw(update).await?.rows_affected();
    if moved > 0 {
        let signal = account_log::list_changed(&transaction, user).await?;
        transaction.commit().await?;
        chat.signal(signal).await;
    }
    Ok(moved)
}
