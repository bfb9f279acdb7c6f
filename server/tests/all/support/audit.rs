//! A look into the database, past everything that Snug says about itself.

use std::collections::HashMap;

use protocol::{ClientId, Seq};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, QueryResult, Statement, prelude::Uuid};

use super::socket::Ack;

/// What one room holds.
pub(crate) struct Audit {
    /// Its log, in the order of the places.
    pub(crate) log: Vec<Entry>,
    /// The name that it has.
    pub(crate) name: String,
    /// The head that the room says it has.
    pub(crate) last_seq: i64,
    /// The places of every message by its client id.
    pub(crate) messages: HashMap<ClientId, Vec<Seq>>,
}

/// One place of a log.
pub(crate) struct Entry {
    pub(crate) seq: i64,
    /// What the clock of the node said.
    pub(crate) at: i64,
    /// Client id and body, when it is a message.
    pub(crate) message: Option<(ClientId, String)>,
}

impl Audit {
    pub(crate) async fn of(database_url: &str, slug: &str) -> Self {
        let db = Database::connect(database_url).await.unwrap();
        let last_seq = last_seq(&db, slug).await;
        let log = "SELECT e.seq, e.at, m.client_id, m.body FROM room_events e LEFT JOIN messages m ON m.id = e.message_id \
                   WHERE e.room_id = (SELECT id FROM rooms WHERE slug = $1) ORDER BY e.seq";
        let log = rows(&db, log, slug).await.iter().map(Entry::of).collect();
        let sent = "SELECT m.client_id, m.seq, e.seq AS logged FROM messages m \
                    LEFT JOIN room_events e ON e.message_id = m.id AND e.room_id = m.room_id AND e.seq = m.seq \
                    WHERE m.room_id = (SELECT id FROM rooms WHERE slug = $1)";
        let mut messages: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows(&db, sent, slug).await {
            let client_id: Uuid = row.try_get("", "client_id").unwrap();
            let seq: i64 = row.try_get("", "seq").unwrap();
            let logged: Option<i64> = row.try_get("", "logged").unwrap();
            assert_eq!(logged, Some(seq), "a message that is not in the log under its seq");
            messages.entry(ClientId(client_id)).or_default().push(Seq(seq));
        }
        let name = rows(&db, "SELECT name FROM rooms WHERE slug = $1", slug).await[0].try_get("", "name").unwrap();
        db.close().await.unwrap();
        Self { log, name, last_seq, messages }
    }

    /// 1, 2, 3 … up to the head (G3).
    pub(crate) fn assert_no_gaps(&self) {
        assert_eq!(self.log.iter().map(|entry| entry.seq).collect::<Vec<_>>(), (1..=self.last_seq).collect::<Vec<_>>());
    }

    /// Every acknowledged send is there exactly once, under the seq it was acknowledged with (G1).
    pub(crate) fn assert_holds(&self, acks: &[Ack]) {
        for ack in acks {
            assert_eq!(self.messages.get(&ack.client_id), Some(&vec![ack.seq]), "{ack:?}");
        }
    }
}

impl Entry {
    fn of(row: &QueryResult) -> Self {
        let client_id: Option<Uuid> = row.try_get("", "client_id").unwrap();
        let body: Option<String> = row.try_get("", "body").unwrap();
        let number = |column| row.try_get("", column).unwrap();
        Self { seq: number("seq"), at: number("at"), message: client_id.map(ClientId).zip(body) }
    }
}

/// The last place of a room that may be written to meanwhile.
pub(crate) async fn head(database_url: &str, slug: &str) -> Seq {
    let db = Database::connect(database_url).await.unwrap();
    let head = last_seq(&db, slug).await;
    db.close().await.unwrap();
    Seq(head)
}

async fn last_seq(db: &DatabaseConnection, slug: &str) -> i64 {
    rows(db, "SELECT last_seq FROM rooms WHERE slug = $1", slug).await[0].try_get("", "last_seq").unwrap()
}

async fn rows(db: &DatabaseConnection, sql: &str, slug: &str) -> Vec<QueryResult> {
    db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [slug.into()])).await.unwrap()
}
