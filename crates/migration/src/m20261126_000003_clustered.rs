//! Messages and the log lie in the order of the rooms (SQLite only).
//!
//! By itself SQLite keeps the rows of a table in the order in which they came, under a number of its own, and the primary key as an index
//! beside them. Without that number the primary key is the table: a message then touches five pages of the file instead of eight, and a
//! page of history lies together.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (id, places) = ("UNIQUE", "PRIMARY KEY (room_id, seq)");
        rebuild(manager, id, &format!(", {places}, "), "WITHOUT ROWID").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rebuild(manager, "PRIMARY KEY", ", ", "").await?;
        if manager.get_database_backend() == DbBackend::Sqlite {
            let places = Index::create().name("messages_room_seq").table("messages").col("room_id").col("seq").unique().take();
            manager.create_index(places).await?;
        }
        Ok(())
    }
}

/// Makes both tables anew. SQLite cannot change how the rows of a table lie. The events refer to the messages: they move first, and go to
/// the new messages before the old ones are dropped.
async fn rebuild(manager: &SchemaManager<'_>, id: &str, places: &str, rows: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Sqlite {
        return Ok(());
    }
    let statements = [
        format!(
            "CREATE TABLE messages_new (id uuid_text NOT NULL {id}, room_id uuid_text NOT NULL, seq integer NOT NULL, \
             author_id uuid_text NOT NULL, client_id uuid_text NOT NULL, body text NOT NULL, created_at integer NOT NULL{places}\
             FOREIGN KEY (room_id) REFERENCES rooms (id), FOREIGN KEY (author_id) REFERENCES users (id)) {rows}"
        ),
        "INSERT INTO messages_new SELECT id, room_id, seq, author_id, client_id, body, created_at FROM messages \
         ORDER BY room_id, seq"
            .to_owned(),
        format!(
            "CREATE TABLE room_events_new (room_id uuid_text NOT NULL, seq integer NOT NULL, kind varchar NOT NULL, \
             message_id uuid_text, actor_id uuid_text NOT NULL, at integer NOT NULL, PRIMARY KEY (room_id, seq), \
             FOREIGN KEY (room_id) REFERENCES rooms (id), FOREIGN KEY (message_id) REFERENCES messages_new (id), \
             FOREIGN KEY (actor_id) REFERENCES users (id)) {rows}"
        ),
        "INSERT INTO room_events_new SELECT room_id, seq, kind, message_id, actor_id, at FROM room_events ORDER BY room_id, seq"
            .to_owned(),
        "DROP TABLE room_events".to_owned(),
        "DROP TABLE messages".to_owned(),
        "ALTER TABLE messages_new RENAME TO messages".to_owned(),
        "ALTER TABLE room_events_new RENAME TO room_events".to_owned(),
        // A send that is retried, on any node and at any later time, finds its first result here (G2).
        "CREATE UNIQUE INDEX messages_author_client ON messages (author_id, client_id)".to_owned(),
    ];
    for statement in statements {
        manager.get_connection().execute_unprepared(&statement).await?;
    }
    Ok(())
}
