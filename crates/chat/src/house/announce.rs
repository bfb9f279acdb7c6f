//! Telling everybody something.

use std::sync::Arc;

use protocol::{AlertKind, Field, limits, single_line};
use sea_orm::ConnectionTrait;

use super::{
    audit::{Deed, Subject, enter},
    doer::{By, Doer},
};
use crate::{
    Chat, Result,
    db::{Sql, now},
    policy::HouseAction,
    settings::Settings,
    writer::{Transaction, Work},
};

/// Tells everybody who has an account; how many they are.
///
/// # Errors
/// `invalid` for a text that is none or too long, `not_allowed`, `unavailable`.
pub async fn announce(chat: &Chat, by: impl Into<By>, text: &str) -> Result<u64> {
    let text = single_line(Field::Body, text, 1, limits::ALERT_MAX)?;
    chat.writer().run(Announce { by: by.into(), text, settings: chat.settings() }).await
}

struct Announce {
    by: By,
    text: String,
    settings: Arc<Settings>,
}

impl Work for Announce {
    /// How many were told.
    type Answer = u64;

    /// One statement for each table, however many people there are. On PostgreSQL ids are made by the database; on SQLite of random bytes.
    async fn run(&self, transaction: &mut Transaction) -> Result<u64> {
        let db = &**transaction;
        let doer = Doer::of(db, self.by).await?;
        doer.permit(HouseAction::Announce, &self.settings)?;
        enter(db, &doer, Deed::Announce, Subject::default(), self.text.clone()).await?;
        let backend = db.get_database_backend();
        let raised = Sql::new(backend, "UPDATE users SET rev = rev + 1 WHERE deleted_at IS NULL");
        let told = db.execute_raw(raised.done()).await?.rows_affected();
        let id = match backend {
            sea_orm::DbBackend::Sqlite => "randomblob(16)",
            _ => "gen_random_uuid()",
        };
        let insert = Sql::new(backend, "INSERT INTO alerts (id, user_id, rev, kind, text, author_id, at) SELECT ")
            .text(id)
            .text(", id, rev, ")
            .value(AlertKind::Announcement.word())
            .text(", ")
            .value(self.text.as_str())
            .text(", ")
            .value(doer.id.map(|id| id.0))
            .text(", ")
            .value(now())
            .text(" FROM users WHERE deleted_at IS NULL");
        db.execute_raw(insert.done()).await?;
        transaction.told_many();
        Ok(told)
    }
}
