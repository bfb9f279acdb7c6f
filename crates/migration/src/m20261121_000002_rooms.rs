//! Rooms, their members, their logs and their messages.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(rooms()).await?;
        manager.create_table(memberships()).await?;
        manager.create_index(Index::create().name("memberships_user_id").table("memberships").col("user_id").take()).await?;
        manager.create_table(messages()).await?;
        manager
            .create_index(Index::create().name("messages_room_seq").table("messages").col("room_id").col("seq").unique().take())
            .await?;
        // A send that is retried, on any node and at any later time, finds its first result here (G2).
        manager
            .create_index(
                Index::create()
                    .name("messages_author_client")
                    .table("messages")
                    .col("author_id")
                    .col("client_id")
                    .unique()
                    .take(),
            )
            .await?;
        manager.create_table(room_events()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["room_events", "messages", "memberships", "rooms"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

fn reference(table: &'static str, column: &'static str, target: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, column).to(target, "id").take()
}

fn rooms() -> TableCreateStatement {
    Table::create()
        .table("rooms")
        .col(pk_uuid("id"))
        .col(string_uniq("slug"))
        .col(string("name"))
        .col(string("topic"))
        .col(string("visibility"))
        // The newest place in the room's log. Raised in the transaction that fills the place, never by a sequence of the
        // database's, which leaves holes (G3).
        .col(big_integer("last_seq").default(0))
        .col(big_integer("created_at"))
        .take()
}

fn memberships() -> TableCreateStatement {
    Table::create()
        .table("memberships")
        .col(uuid("room_id"))
        .col(uuid("user_id"))
        .col(string("role"))
        .col(big_integer("joined_at"))
        .primary_key(Index::create().col("room_id").col("user_id"))
        .foreign_key(&mut reference("memberships", "room_id", "rooms"))
        .foreign_key(&mut reference("memberships", "user_id", "users"))
        .take()
}

fn messages() -> TableCreateStatement {
    Table::create()
        .table("messages")
        .col(pk_uuid("id"))
        .col(uuid("room_id"))
        .col(big_integer("seq"))
        .col(uuid("author_id"))
        .col(uuid("client_id"))
        .col(text("body"))
        .col(big_integer("created_at"))
        .foreign_key(&mut reference("messages", "room_id", "rooms"))
        .foreign_key(&mut reference("messages", "author_id", "users"))
        .take()
}

fn room_events() -> TableCreateStatement {
    Table::create()
        .table("room_events")
        .col(uuid("room_id"))
        .col(big_integer("seq"))
        .col(string("kind"))
        .col(uuid_null("message_id"))
        .col(uuid("actor_id"))
        .col(big_integer("at"))
        .primary_key(Index::create().col("room_id").col("seq"))
        .foreign_key(&mut reference("room_events", "room_id", "rooms"))
        .foreign_key(&mut reference("room_events", "message_id", "messages"))
        .foreign_key(&mut reference("room_events", "actor_id", "users"))
        .take()
}
