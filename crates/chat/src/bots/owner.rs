//! Who answers for a bot.

use protocol::{Field, FieldError, Problem, UserId, Username};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{create::room_for_one, keeper::bot_keeper};
use crate::{
    Chat, Result, Session,
    db::{entity::user, tokens, users},
    house::{self, Subject},
    sessions,
};

/// Lets somebody else answer for a bot. Its tokens end: whoever had it may have kept them.
///
/// # Errors
/// `invalid` when nobody has the user name, or a program has it; `limit_reached` when they answer for as many as one may; `not_found`,
/// `unavailable`.
pub async fn hand_over(chat: &Chat, session: &Session, bot: UserId, to: &str) -> Result<()> {
    let unknown = FieldError { field: Field::Username, problem: Problem::Unknown };
    let to = Username::parse(to.trim().trim_start_matches('@'))?;
    let transaction = chat.db().begin().await?;
    let (doer, row) = bot_keeper(&transaction, session, bot, &chat.settings()).await?;
    let heir = users::by_name(&transaction, &to).await?.filter(|heir| !heir.bot).ok_or(unknown)?;
    if row.owner_id == Some(heir.id) {
        return Ok(());
    }
    room_for_one(&transaction, UserId(heir.id)).await?;
    user::Entity::update_many()
        .col_expr(user::Column::OwnerId, Expr::value(heir.id))
        .filter(user::Column::Id.eq(bot.0))
        .exec(&transaction)
        .await?;
    let ended = tokens::end_all(&transaction, bot).await?;
    let subject = Subject::account(bot, &row.username);
    house::enter(&transaction, &doer, house::Deed::HandBotOver, subject, ["@", &heir.username].concat()).await?;
    transaction.commit().await?;
    sessions::cut(chat, ended).await;
    Ok(())
}
