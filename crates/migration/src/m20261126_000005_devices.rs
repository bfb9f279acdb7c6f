//! What holds floods off: by what the devices of an account are known again, the buckets of nodes that share a database, who made a room,
//! and the rooms in the order of their names.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(devices()).await?;
        let db = manager.get_connection();
        if manager.get_database_backend() == DbBackend::Postgres {
            // What is lost in a crash is full again. Nodes share it, so where there is one node there is none.
            db.execute_unprepared("CREATE UNLOGGED TABLE buckets (key text PRIMARY KEY, full_at bigint NOT NULL)").await?;
        }
        // Nobody made the lobby. Whoever makes a room may leave it, so their being its owner does not say it.
        manager.alter_table(Table::alter().table("rooms").add_column(uuid_null("founder_id")).take()).await?;
        db.execute_unprepared(
            "UPDATE rooms SET founder_id = (SELECT user_id FROM memberships WHERE room_id = rooms.id AND role = 'owner' LIMIT 1)",
        )
        .await?;
        manager.create_index(Index::create().name("rooms_founder_id").table("rooms").col("founder_id").take()).await?;
        db.execute_unprepared("CREATE INDEX rooms_by_name ON rooms (lower(name), id)").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for index in ["rooms_by_name", "rooms_founder_id"] {
            manager.get_connection().execute_unprepared(&format!("DROP INDEX {index}")).await?;
        }
        manager.alter_table(Table::alter().table("rooms").drop_column("founder_id").take()).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            manager.drop_table(Table::drop().table("buckets").take()).await?;
        }
        manager.drop_table(Table::drop().table("devices").take()).await
    }
}

fn devices() -> TableCreateStatement {
    Table::create()
        .table("devices")
        .col(uuid("user_id"))
        .col(string("mark"))
        .col(big_integer("seen_at"))
        .primary_key(Index::create().col("user_id").col("mark"))
        .foreign_key(ForeignKey::create().from("devices", "user_id").to("users", "id").on_delete(ForeignKeyAction::Cascade))
        .take()
}
