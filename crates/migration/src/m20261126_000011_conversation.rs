//! What people do with messages: correct, answer, react, pin, keep, be called by them, and know what is new.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
        }
        for table in tables() {
            manager.create_table(table).await?;
        }
        let connection = manager.get_connection();
        for statement in STATEMENTS {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables().iter().rev() {
            let Some(name) = table.get_table_name() else { continue };
            manager.drop_table(Table::drop().table(name.clone()).take()).await?;
        }
        manager.get_connection().execute_unprepared("DROP INDEX messages_thread").await?;
        for (table, column) in columns().into_iter().rev() {
            let name = column.get_column_name();
            manager.alter_table(Table::alter().table(table).drop_column(name).take()).await?;
        }
        Ok(())
    }
}

const STATEMENTS: [&str; 8] = [
    // Most messages are in no thread, and cost nothing here.
    "CREATE INDEX messages_thread ON messages (room_id, thread_of, seq) WHERE thread_of IS NOT NULL",
    // Who reacted with one emoji, the first first: the list of ten thousand is read a page at a time.
    "CREATE INDEX reactions_emoji ON reactions (room_id, seq, emoji, at, user_id)",
    "CREATE INDEX reactions_user ON reactions (user_id)",
    // What goes with a message or a room is found by it.
    "CREATE INDEX bookmarks_message ON bookmarks (room_id, seq)",
    "CREATE INDEX inbox_message ON inbox (room_id, seq)",
    "CREATE INDEX inbox_user_at ON inbox (user_id, at)",
    "CREATE INDEX follows_user ON follows (user_id)",
    // What was written before anybody counted is not new to anybody.
    "UPDATE memberships SET last_read_seq = (SELECT last_seq FROM rooms WHERE rooms.id = memberships.room_id)",
];

/// What is new of tables that were there before.
fn columns() -> Vec<(&'static str, ColumnDef)> {
    let empty = |name: &'static str| string(name).default("").take();
    let optional = |name: &'static str| big_integer_null(name).take();
    let number = |name: &'static str| big_integer(name).default(0).take();
    vec![
        // How often its text was changed, and when last.
        ("messages", number("revision")),
        ("messages", optional("edited_at")),
        // The place of the message that it answers.
        ("messages", optional("reply_to")),
        // The place of the message under which it stands, and whether it stands in the room as well.
        ("messages", optional("thread_of")),
        ("messages", boolean("in_room").default(true).take()),
        // What a page shows of what hangs on it, as JSON: so a page reads messages and nothing else. The tables beside it say whose they are.
        ("messages", empty("thread")),
        ("messages", empty("reactions")),
        ("messages", empty("mentions")),
        ("messages", boolean("pinned").default(false).take()),
        // What an entry is about beside a message and a person: the emoji of a reaction.
        ("room_events", string_null("detail").take()),
        // Up to where a member has read.
        ("memberships", number("last_read_seq")),
        // And up to where they had, before they took all for read.
        ("memberships", optional("read_before")),
        // Of what they want to hear: everything, what calls them, nothing.
        ("memberships", string("level").default("everything").take()),
        // Until when they want to hear nothing at all.
        ("memberships", optional("quiet_until")),
        ("memberships", optional("starred_at")),
        // What people say of what they do, and until when.
        ("users", empty("status_emoji")),
        ("users", empty("status_text")),
        ("users", optional("status_until")),
        // Whether others see that they are here.
        ("users", boolean("invisible").default(false).take()),
        // When they are not to be disturbed: from and to, in minutes of their day.
        ("users", optional("quiet_from")),
        ("users", optional("quiet_to")),
        // Until when they are not, whatever time it is.
        ("users", optional("quiet_until")),
        // How the list of rooms is arranged, as JSON.
        ("users", empty("sidebar")),
    ]
}

fn tables() -> Vec<TableCreateStatement> {
    vec![texts(), reactions(), pins(), bookmarks(), inbox(), follows()]
}

fn of_room(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, "room_id").to("rooms", "id").on_delete(ForeignKeyAction::Cascade).take()
}

fn of_user(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, "user_id").to("users", "id").on_delete(ForeignKeyAction::Cascade).take()
}

/// What messages said before they were edited.
fn texts() -> TableCreateStatement {
    Table::create()
        .table("message_texts")
        .col(uuid("room_id"))
        .col(big_integer("seq"))
        .col(big_integer("revision"))
        .col(text("body"))
        // Since when it was no longer the text.
        .col(big_integer("at"))
        .primary_key(Index::create().col("room_id").col("seq").col("revision"))
        .foreign_key(&mut of_room("message_texts"))
        .take()
}

/// Who reacted to what.
fn reactions() -> TableCreateStatement {
    Table::create()
        .table("reactions")
        .col(uuid("room_id"))
        .col(big_integer("seq"))
        .col(string("emoji"))
        .col(uuid("user_id"))
        .col(big_integer("at"))
        .primary_key(Index::create().col("room_id").col("seq").col("user_id").col("emoji"))
        .foreign_key(&mut of_room("reactions"))
        .foreign_key(&mut of_user("reactions"))
        .take()
}

/// What moderators hold up for all.
fn pins() -> TableCreateStatement {
    Table::create()
        .table("pins")
        .col(uuid("room_id"))
        .col(big_integer("seq"))
        .col(uuid("user_id"))
        .col(big_integer("at"))
        .primary_key(Index::create().col("room_id").col("seq"))
        .foreign_key(&mut of_room("pins"))
        .foreign_key(&mut of_user("pins"))
        .take()
}

/// What people keep for themselves.
fn bookmarks() -> TableCreateStatement {
    Table::create()
        .table("bookmarks")
        .col(uuid("user_id"))
        .col(uuid("room_id"))
        .col(big_integer("seq"))
        .col(big_integer("at"))
        .primary_key(Index::create().col("user_id").col("room_id").col("seq"))
        .foreign_key(&mut of_room("bookmarks"))
        .foreign_key(&mut of_user("bookmarks"))
        .take()
}

/// Messages that call somebody: by name, as an answer, in a thread that they follow.
fn inbox() -> TableCreateStatement {
    Table::create()
        .table("inbox")
        .col(uuid("user_id"))
        .col(uuid("room_id"))
        .col(big_integer("seq"))
        .col(string("reason"))
        .col(big_integer("at"))
        .primary_key(Index::create().col("user_id").col("room_id").col("seq"))
        .foreign_key(&mut of_room("inbox"))
        .foreign_key(&mut of_user("inbox"))
        .take()
}

/// Who follows which thread, and up to where they have read it.
fn follows() -> TableCreateStatement {
    Table::create()
        .table("follows")
        .col(uuid("room_id"))
        // The message under which the thread stands.
        .col(big_integer("seq"))
        .col(uuid("user_id"))
        .col(big_integer("last_read_seq").default(0))
        // Not any more: then answering does not make them follow again.
        .col(big_integer_null("left_at"))
        .primary_key(Index::create().col("room_id").col("seq").col("user_id"))
        .foreign_key(&mut of_room("follows"))
        .foreign_key(&mut of_user("follows"))
        .take()
}
