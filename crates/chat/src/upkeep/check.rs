//! Is a backup good: the file as it is, without restoring it.

use std::path::Path;

use sea_orm::{EntityTrait, PaginatorTrait};

use super::{Restored, Result, restore::open_up_to_date};
use crate::db::entity::{message, room, user};

/// Looks at a backup as a restore does, and says what is in it.
///
/// # Errors
/// It is no sound backup, or of a newer version than this one.
pub async fn check(backup: &Path) -> Result<Restored> {
    let (db, _copy) = open_up_to_date(backup).await?;
    let holds = Restored {
        accounts: user::Entity::find().count(&db).await?,
        rooms: room::Entity::find().count(&db).await?,
        messages: message::Entity::find().count(&db).await?,
    };
    db.close().await?;
    Ok(holds)
}
