//! Access tokens, by which programs come, and whose bots there are.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(tokens()).await?;
        manager.create_index(Index::create().name("tokens_user_id").table("tokens").col("user_id").take()).await?;
        let db = manager.get_connection();
        db.execute_unprepared("CREATE INDEX users_owner_id ON users (owner_id) WHERE owner_id IS NOT NULL").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX users_owner_id").await?;
        manager.drop_table(Table::drop().table("tokens").take()).await
    }
}

fn tokens() -> TableCreateStatement {
    Table::create()
        .table("tokens")
        .col(pk_uuid("id"))
        .col(string_uniq("hash"))
        .col(uuid("user_id"))
        .col(uuid_null("made_by"))
        .col(string("name"))
        .col(text("scopes"))
        .col(big_integer("created_at"))
        .col(big_integer_null("expires_at"))
        .col(big_integer_null("used_at"))
        .foreign_key(ForeignKey::create().from("tokens", "user_id").to("users", "id").on_delete(ForeignKeyAction::Cascade))
        .take()
}
