//! Addresses at which other programs post into a room.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(hooks()).await?;
        // Those of a room are listed, and go with it.
        let index = Index::create().name("hooks_room").table("hooks").col("room_id").take();
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("hooks").take()).await
    }
}

fn hooks() -> TableCreateStatement {
    Table::create()
        .table("hooks")
        .col(uuid("id").primary_key())
        .col(uuid("room_id"))
        // The account that its messages are from.
        .col(uuid("user_id"))
        // The hash of what its address ends with.
        .col(string("secret"))
        .col(uuid("made_by"))
        .col(big_integer("made_at"))
        // Whether its messages may call all members.
        .col(boolean("calls_all").default(false))
        .foreign_key(ForeignKey::create().from("hooks", "room_id").to("rooms", "id").on_delete(ForeignKeyAction::Cascade))
        .foreign_key(ForeignKey::create().from("hooks", "user_id").to("users", "id").on_delete(ForeignKeyAction::Cascade))
        .take()
}
