//! What a team needs: roles and who is kept out, conversations between people, invites, alerts, and a house that is run from a page.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

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
        manager.create_index(Index::create().name("rooms_people").table("rooms").col("people").unique().take()).await?;
        loosen(manager).await?;
        for table in tables() {
            manager.create_table(table).await?;
        }
        let alerts = Index::create().name("alerts_user_rev").table("alerts").col("user_id").col("rev").take();
        manager.create_index(alerts).await?;
        manager.create_index(Index::create().name("reports_room_id").table("reports").col("room_id").take()).await?;
        // A message that goes takes what was reported of it along.
        manager.create_index(Index::create().name("reports_message_id").table("reports").col("message_id").take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables().iter().rev() {
            let Some(name) = table.get_table_name() else { continue };
            manager.drop_table(Table::drop().table(name.clone()).take()).await?;
        }
        tighten(manager).await?;
        manager.get_connection().execute_unprepared("DROP INDEX rooms_people").await?;
        for (table, column) in columns().into_iter().rev() {
            let name = column.get_column_name();
            manager.alter_table(Table::alter().table(table).drop_column(name).take()).await?;
        }
        Ok(())
    }
}

/// The log refers to messages no longer as the database counts it: for each message that goes with its room the whole log of the house
/// would be searched for who else refers to it.
async fn loosen(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let drop = "ALTER TABLE room_events DROP CONSTRAINT IF EXISTS room_events_message_id_fkey";
    rebuild_events(manager, "", drop).await
}

async fn tighten(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let reference = "FOREIGN KEY (message_id) REFERENCES messages (id)";
    let add = format!("ALTER TABLE room_events ADD CONSTRAINT room_events_message_id_fkey {reference}");
    rebuild_events(manager, &format!(", {reference}"), &add).await
}

/// PostgreSQL changes what a table refers to; for SQLite it is made anew.
async fn rebuild_events(manager: &SchemaManager<'_>, reference: &str, postgres: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    if manager.get_database_backend() != DbBackend::Sqlite {
        connection.execute_unprepared(postgres).await?;
        return Ok(());
    }
    let columns = "room_id, seq, kind, message_id, actor_id, at, subject_id";
    for statement in [
        format!(
            "CREATE TABLE room_events_new (room_id uuid_text NOT NULL, seq integer NOT NULL, kind varchar NOT NULL, \
             message_id uuid_text, actor_id uuid_text NOT NULL, at integer NOT NULL, subject_id uuid_text, \
             PRIMARY KEY (room_id, seq), FOREIGN KEY (room_id) REFERENCES rooms (id), \
             FOREIGN KEY (actor_id) REFERENCES users (id){reference}) WITHOUT ROWID"
        ),
        format!("INSERT INTO room_events_new ({columns}) SELECT {columns} FROM room_events ORDER BY room_id, seq"),
        "DROP TABLE room_events".to_owned(),
        "ALTER TABLE room_events_new RENAME TO room_events".to_owned(),
    ] {
        connection.execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// What is new of tables that were there before.
fn columns() -> Vec<(&'static str, ColumnDef)> {
    let empty = |name: &'static str| string(name).default("").take();
    let optional = |name: &'static str| big_integer_null(name).take();
    vec![
        // What people say of themselves.
        ("users", empty("bio")),
        ("users", empty("pronouns")),
        ("users", empty("time_zone")),
        // What the picture is known by, here too: people are read far more often than pictures.
        ("users", string_null("picture").take()),
        // Until then they may not do anything, and why.
        ("users", optional("suspended_until")),
        ("users", empty("suspended_for")),
        // Of a former member the row stays, since messages refer to it.
        ("users", optional("deleted_at")),
        // Counts what changes of an account on all of its devices.
        ("users", big_integer("rev").default(0).take()),
        // What a session was opened with, and when it was used last.
        ("sessions", empty("agent")),
        ("sessions", empty("address")),
        ("sessions", optional("used_at")),
        ("rooms", optional("archived_at")),
        // Seconds that a member has to wait between two messages.
        ("rooms", big_integer("slow_seconds").default(0).take()),
        // Who a direct conversation is between: a hash of their ids, so that it is found again.
        ("rooms", string_null("people").take()),
        // Since when it is being deleted: its rows go one after the other.
        ("rooms", optional("deleted_at")),
        ("memberships", optional("muted_until")),
        // Since when a direct conversation is not in the list; the next message brings it back.
        ("memberships", optional("hidden_at")),
        // When its text was taken away.
        ("messages", optional("deleted_at")),
        // Whom an entry is about, when that is somebody else than who did it.
        ("room_events", uuid_null("subject_id").take()),
    ]
}

fn reference(table: &'static str, column: &'static str, target: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, column).to(target, "id").on_delete(ForeignKeyAction::Cascade).take()
}

fn tables() -> Vec<TableCreateStatement> {
    vec![addresses(), bans(), invites(), reports(), alerts(), pictures(), links(), house(), audit()]
}

/// Addresses that rooms had before; they lead to those that they have now.
fn addresses() -> TableCreateStatement {
    Table::create()
        .table("room_addresses")
        .col(string("slug").primary_key())
        .col(uuid("room_id"))
        .foreign_key(&mut reference("room_addresses", "room_id", "rooms"))
        .take()
}

/// Who may not come into a room again.
fn bans() -> TableCreateStatement {
    Table::create()
        .table("room_bans")
        .col(uuid("room_id"))
        .col(uuid("user_id"))
        .col(uuid("by_id"))
        .col(string("reason"))
        // For ever without it.
        .col(big_integer_null("until"))
        .col(big_integer("at"))
        .primary_key(Index::create().col("room_id").col("user_id"))
        .foreign_key(&mut reference("room_bans", "room_id", "rooms"))
        .foreign_key(&mut reference("room_bans", "user_id", "users"))
        .take()
}

/// Links by which people come in: into the house, or into a room too.
fn invites() -> TableCreateStatement {
    Table::create()
        .table("invites")
        .col(pk_uuid("id"))
        .col(string_uniq("code"))
        .col(uuid_null("room_id"))
        // Nobody where the command line made it.
        .col(uuid_null("made_by"))
        .col(big_integer("made_at"))
        .col(big_integer_null("expires_at"))
        .col(big_integer_null("uses_max"))
        .col(big_integer("uses").default(0))
        .col(big_integer_null("revoked_at"))
        .foreign_key(&mut reference("invites", "room_id", "rooms"))
        .foreign_key(&mut reference("invites", "made_by", "users"))
        .take()
}

/// Messages that somebody brought before the moderators.
fn reports() -> TableCreateStatement {
    Table::create()
        .table("reports")
        .col(pk_uuid("id"))
        .col(uuid("room_id"))
        .col(uuid("message_id"))
        .col(uuid("by_id"))
        .col(string("reason"))
        .col(big_integer("at"))
        .col(big_integer_null("closed_at"))
        .col(uuid_null("closed_by"))
        .foreign_key(&mut reference("reports", "room_id", "rooms"))
        .foreign_key(&mut reference("reports", "message_id", "messages"))
        .foreign_key(&mut reference("reports", "by_id", "users"))
        .take()
}

/// Short texts to one person.
fn alerts() -> TableCreateStatement {
    Table::create()
        .table("alerts")
        .col(pk_uuid("id"))
        .col(uuid("user_id"))
        // The account's count when it changed last.
        .col(big_integer("rev"))
        .col(string("kind"))
        .col(string("text"))
        // Nobody where the command line said it.
        .col(uuid_null("author_id"))
        .col(uuid_null("room_id"))
        .col(big_integer("at"))
        .col(big_integer_null("read_at"))
        .col(big_integer_null("dismissed_at"))
        .foreign_key(&mut reference("alerts", "user_id", "users"))
        .take()
}

fn pictures() -> TableCreateStatement {
    Table::create()
        .table("pictures")
        // An account's, or the house's own.
        .col(pk_uuid("id"))
        .col(binary("image"))
        .col(string("etag"))
        .take()
}

/// Links that let somebody do one thing once: set a new password, be the first owner.
fn links() -> TableCreateStatement {
    Table::create()
        .table("links")
        // SHA-256 of the token, base64url.
        .col(string("hash").primary_key())
        .col(string("purpose"))
        .col(uuid_null("user_id"))
        .col(big_integer("expires_at"))
        .foreign_key(&mut reference("links", "user_id", "users"))
        .take()
}

/// How the house is run: one row for each setting that is not as it comes.
fn house() -> TableCreateStatement {
    Table::create().table("settings").col(string("name").primary_key()).col(text("value")).take()
}

/// Who did what to whom when. Never edited, and not tied to what it speaks of, which may go.
fn audit() -> TableCreateStatement {
    Table::create()
        .table("audit")
        .col(pk_uuid("id"))
        .col(big_integer("at"))
        // Nobody: the command line.
        .col(uuid_null("actor_id"))
        .col(string("actor"))
        .col(string("action"))
        .col(uuid_null("subject_id"))
        .col(string("subject"))
        .col(string("detail"))
        .take()
}
