//! A session remembers which of its refresh tokens was exchanged last.
//!
//! That one may be exchanged again as long as none of its successors has been: the answer that brought them may be lost.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("sessions").add_column(string_null("renewed_with")).take()).await?;
        // Whoever lost an answer before this step goes on, too.
        let last = "UPDATE sessions SET renewed_with = (SELECT hash FROM refresh_tokens WHERE session_id = sessions.id \
                    AND replaced_at IS NOT NULL ORDER BY replaced_at DESC LIMIT 1)";
        manager.get_connection().execute_unprepared(last).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("sessions").drop_column("renewed_with").take()).await
    }
}
