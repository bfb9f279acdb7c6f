//! What was answered to requests that may be sent again.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(keys()).await?;
        manager
            .create_index(Index::create().name("idempotency_keys_begun_at").table("idempotency_keys").col("begun_at").take())
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("idempotency_keys").take()).await
    }
}

fn keys() -> TableCreateStatement {
    Table::create()
        .table("idempotency_keys")
        .col(uuid("user_id"))
        .col(string("key"))
        .col(string("request"))
        .col(big_integer("begun_at"))
        .col(integer_null("status"))
        .col(text_null("headers"))
        .col(text_null("body"))
        .primary_key(Index::create().col("user_id").col("key"))
        .foreign_key(
            ForeignKey::create().from("idempotency_keys", "user_id").to("users", "id").on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}
