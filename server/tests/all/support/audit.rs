//! A look into the database, past everything that Snug says about itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use protocol::{ClientId, Reaction, RoomId, Seq, UserId};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, QueryResult, Statement, TryGetableMany, prelude::Uuid};

use super::socket::Ack;

/// What one room holds.
pub(crate) struct Audit {
    pub(crate) room: RoomId,
    /// Its log, in the order of the places.
    pub(crate) log: Vec<Entry>,
    /// The name that it has.
    pub(crate) name: String,
    /// The head that the room says it has.
    pub(crate) last_seq: i64,
    /// The places of every message by its client id.
    pub(crate) messages: HashMap<ClientId, Vec<Seq>>,
    /// Who reacted to what, and with what.
    pub(crate) reacted: BTreeSet<(Seq, UserId, String)>,
    /// Up to where its members have read it.
    pub(crate) marks: BTreeMap<UserId, Seq>,
}

/// One place of a log.
pub(crate) struct Entry {
    pub(crate) seq: i64,
    /// What the clock of the node said.
    pub(crate) at: i64,
    /// Client id and body, when it is a message.
    pub(crate) message: Option<(ClientId, String)>,
    /// Whether it says something else than it said at first.
    pub(crate) changed: bool,
    pub(crate) deleted: bool,
}

impl Audit {
    pub(crate) async fn of(database_url: &str, slug: &str) -> Self {
        let db = Database::connect(database_url).await.unwrap();
        let last_seq = last_seq(&db, slug).await;
        let log = "SELECT e.seq, e.at, m.client_id, m.body, COALESCE(m.revision, 0) AS revision, m.deleted_at FROM room_events e \
                   LEFT JOIN messages m ON m.id = e.message_id AND e.kind = 'message_created' WHERE e.room_id = (SELECT id FROM rooms WHERE slug = $1) ORDER BY e.seq";
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
        let room = &rows(&db, "SELECT id, name FROM rooms WHERE slug = $1", slug).await[0];
        let (room, name) = (RoomId(room.try_get("", "id").unwrap()), room.try_get("", "name").unwrap());
        let (reacted, marks) = (reacted(&db, slug).await, marks(&db, slug).await);
        assert_nothing_hangs_on_what_was_deleted(&db, slug).await;
        db.close().await.unwrap();
        Self { room, log, name, last_seq, messages, reacted, marks }
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
        let deleted = row.try_get::<Option<i64>>("", "deleted_at").unwrap().is_some();
        let (seq, at, changed) = (number("seq"), number("at"), deleted || number("revision") > 0);
        Self { seq, at, message: client_id.map(ClientId).zip(body), changed, deleted }
    }
}

/// Who reacted to what. What is kept of it with the messages says the same.
async fn reacted(db: &DatabaseConnection, slug: &str) -> BTreeSet<(Seq, UserId, String)> {
    let each = "SELECT seq, user_id, emoji FROM reactions WHERE room_id = (SELECT id FROM rooms WHERE slug = $1)";
    let mut reacted = BTreeSet::new();
    let mut counts: BTreeMap<(Seq, String), u64> = BTreeMap::new();
    for row in rows(db, each, slug).await {
        let (seq, user, emoji) =
            TryGetableMany::try_get_many_by_index(&row).map(|(seq, user, emoji)| (Seq(seq), UserId(user), emoji)).unwrap();
        let emoji: String = emoji;
        *counts.entry((seq, emoji.clone())).or_default() += 1;
        reacted.insert((seq, user, emoji));
    }
    let kept = "SELECT seq, reactions FROM messages WHERE reactions <> '' AND room_id = (SELECT id FROM rooms WHERE slug = $1)";
    let mut counted = BTreeMap::new();
    for row in rows(db, kept, slug).await {
        let (seq, kept): (i64, String) = TryGetableMany::try_get_many_by_index(&row).unwrap();
        let kept: Vec<Reaction> = serde_json::from_str(&kept).unwrap();
        counted.extend(kept.into_iter().map(|reaction| ((Seq(seq), reaction.emoji), reaction.count)));
    }
    assert_eq!(counted, counts, "reactions as they are kept with the messages, and one by one");
    reacted
}

async fn marks(db: &DatabaseConnection, slug: &str) -> BTreeMap<UserId, Seq> {
    let marks = "SELECT user_id, last_read_seq FROM memberships WHERE room_id = (SELECT id FROM rooms WHERE slug = $1)";
    let rows = rows(db, marks, slug).await;
    rows.iter()
        .map(|row| TryGetableMany::try_get_many_by_index(row).map(|(user, seq)| (UserId(user), Seq(seq))).unwrap())
        .collect()
}

async fn assert_nothing_hangs_on_what_was_deleted(db: &DatabaseConnection, slug: &str) {
    for table in ["message_texts", "reactions", "pins", "bookmarks", "inbox"] {
        let left = format!(
            "SELECT t.seq FROM {table} t JOIN messages m ON m.room_id = t.room_id AND m.seq = t.seq \
             WHERE m.deleted_at IS NOT NULL AND t.room_id = (SELECT id FROM rooms WHERE slug = $1)"
        );
        assert!(rows(db, &left, slug).await.is_empty(), "{table} hold something of a message that was deleted");
    }
    let left = "SELECT seq FROM messages WHERE deleted_at IS NOT NULL AND (body <> '' OR reactions <> '' OR mentions <> '' OR pinned) \
                AND room_id = (SELECT id FROM rooms WHERE slug = $1)";
    assert!(rows(db, left, slug).await.is_empty(), "a message that was deleted still says something");
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
