//! What those who look after the database leave in it for each other: one row of notes, made when the first is written.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("upkeep")
            .col(integer("id").primary_key())
            // Of the key that the last node to start signs with.
            .col(string_null("key_fingerprint"))
            .col(big_integer_null("backup_at"))
            // When it was last tried to write.
            .col(big_integer_null("tried_at"))
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("upkeep").take()).await
    }
}
