//! What names look like, so that one is not taken for another. Rows that are there get theirs when the chat is opened: which characters
//! look alike is known to it, not to the schema.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Columns that hold a look, and are searched.
const LOOKS: [(&str, &str); 3] = [("users", "username_look"), ("users", "name_look"), ("rooms", "name_look")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in LOOKS {
            manager.alter_table(Table::alter().table(table).add_column(string_null(column)).take()).await?;
            manager.create_index(Index::create().name(index(table, column)).table(table).col(column).take()).await?;
        }
        manager.alter_table(Table::alter().table("users").add_column(boolean("ambiguous").default(false)).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("users").drop_column("ambiguous").take()).await?;
        for (table, column) in LOOKS {
            manager.drop_index(Index::drop().name(index(table, column)).table(table).to_owned()).await?;
            manager.alter_table(Table::alter().table(table).drop_column(column).take()).await?;
        }
        Ok(())
    }
}

fn index(table: &str, column: &str) -> String {
    format!("{table}_{column}")
}
