//! What a message is, and what programs keep with it.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in columns() {
            manager.alter_table(Table::alter().table("messages").add_column(column).take()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in columns().into_iter().rev() {
            manager.alter_table(Table::alter().table("messages").drop_column(column.get_column_name()).take()).await?;
        }
        Ok(())
    }
}

fn columns() -> [ColumnDef; 2] {
    // JSON; empty where there is none.
    [text("kind").default("text").take(), text("extra").default("").take()]
}
