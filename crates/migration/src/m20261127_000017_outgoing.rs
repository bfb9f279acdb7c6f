//! What is said in rooms goes to programs elsewhere: outgoing webhooks, what became of each delivery, and slash commands.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [hooks(), deliveries(), commands()] {
            manager.create_table(table).await?;
        }
        for statement in INDEXES {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["slash_commands", "outgoing_deliveries", "outgoing_hooks"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

const INDEXES: [&str; 5] = [
    // A room has one command of a name, and so has the house.
    "CREATE UNIQUE INDEX slash_commands_room ON slash_commands (word, room_id) WHERE room_id IS NOT NULL",
    "CREATE UNIQUE INDEX slash_commands_house ON slash_commands (word) WHERE room_id IS NULL",
    "CREATE INDEX outgoing_hooks_room ON outgoing_hooks (room_id)",
    // A message is delivered once to each hook, however often the log is read.
    "CREATE UNIQUE INDEX outgoing_deliveries_message ON outgoing_deliveries (hook_id, seq)",
    // What is due next.
    "CREATE INDEX outgoing_deliveries_state ON outgoing_deliveries (hook_id, state, next_at)",
];

fn hooks() -> TableCreateStatement {
    Table::create()
        .table("outgoing_hooks")
        .col(uuid("id").primary_key())
        .col(uuid("room_id"))
        .col(text("url"))
        // The words that a message has to begin with, separated by commas; empty where every message goes out.
        .col(text("words"))
        // What deliveries are signed with, so as it is.
        .col(string("secret"))
        // Who speaks where an answer is posted back.
        .col(uuid("bot_id"))
        .col(uuid("made_by"))
        .col(big_integer("made_at"))
        // The place in the room's log up to which deliveries are made of it.
        .col(big_integer("seq"))
        // Tries that failed since one succeeded, and since when.
        .col(big_integer("failures").default(0))
        .col(big_integer_null("failing_since"))
        // Until when nothing is tried after a failure.
        .col(big_integer("hold_until").default(0))
        // When something is due.
        .col(big_integer_null("next_at"))
        .col(big_integer_null("paused_at"))
        // Which process delivers for it, and until when nobody else does.
        .col(uuid_null("holder"))
        .col(big_integer("held_until").default(0))
        .foreign_key(&mut of("outgoing_hooks", "room_id", "rooms"))
        .foreign_key(ForeignKey::create().from("outgoing_hooks", "bot_id").to("users", "id"))
        .foreign_key(ForeignKey::create().from("outgoing_hooks", "made_by").to("users", "id"))
        .take()
}

fn deliveries() -> TableCreateStatement {
    Table::create()
        .table("outgoing_deliveries")
        .col(uuid("id").primary_key())
        .col(uuid("hook_id"))
        // The message's place: its text stands with the message alone.
        .col(big_integer("seq"))
        .col(string("state"))
        .col(big_integer("attempts").default(0))
        .col(big_integer("made_at"))
        // Since when it is tried: it was made then, or sent again.
        .col(big_integer("since"))
        .col(big_integer("next_at"))
        .col(big_integer_null("tried_at"))
        // What came back last.
        .col(big_integer_null("status"))
        .col(text("error"))
        .foreign_key(&mut of("outgoing_deliveries", "hook_id", "outgoing_hooks"))
        .take()
}

fn commands() -> TableCreateStatement {
    Table::create()
        .table("slash_commands")
        .col(uuid("id").primary_key())
        // None where it is there in all rooms.
        .col(uuid_null("room_id"))
        .col(string("word"))
        .col(text("url"))
        .col(string("secret"))
        .col(uuid("bot_id"))
        .col(uuid("made_by"))
        .col(big_integer("made_at"))
        .foreign_key(&mut of("slash_commands", "room_id", "rooms"))
        .foreign_key(ForeignKey::create().from("slash_commands", "bot_id").to("users", "id"))
        .foreign_key(ForeignKey::create().from("slash_commands", "made_by").to("users", "id"))
        .take()
}

fn of(table: &'static str, column: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, column).to(to, "id").on_delete(ForeignKeyAction::Cascade).take()
}
