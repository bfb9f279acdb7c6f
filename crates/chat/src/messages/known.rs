//! What a decision about sends needs to know.

use std::collections::{BTreeSet, HashMap};

use protocol::{Answers, ClientId, ErrorCode, Extra, MessageId, RoomId, RoomRef, RoomRole, Seq, User, UserId};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, QueryResult, Statement, TryGetableMany, Value, prelude::Uuid};

use super::sent::{Send, Sent};
use crate::{
    Error, Result,
    db::{
        Sql,
        entity::{membership, room},
        now,
    },
    policy::{Access, Action, Actor},
    seats::{Member, Room, Seats},
    writer::Transaction,
};

/// What is known about a batch as its transaction begins.
#[derive(Default)]
pub(super) struct Known {
    rooms: HashMap<RoomId, Room>,
    members: HashMap<(RoomId, UserId), Member>,
    earlier: HashMap<(UserId, ClientId), Earlier>,
    /// Addresses that rooms had before.
    addresses: HashMap<String, RoomId>,
}

/// A room and, where one of the authors is a member, the author.
#[derive(FromQueryResult)]
struct Seat {
    id: Uuid,
    slug: String,
    visibility: room::Visibility,
    archived_at: Option<i64>,
    slow_seconds: i64,
    hidden: bool,
    last_seq: i64,
    user_id: Option<Uuid>,
    role: Option<membership::Role>,
    muted_until: Option<i64>,
    username: Option<String>,
    name: Option<String>,
    ambiguous: Option<bool>,
    picture: Option<String>,
    bot: Option<bool>,
}

/// A message that is stored already.
#[derive(FromQueryResult)]
struct Earlier {
    id: Uuid,
    room_id: Uuid,
    seq: i64,
    author_id: Uuid,
    client_id: Uuid,
    body: String,
    created_at: i64,
    deleted_at: Option<i64>,
    revision: i64,
    reply_to: Option<i64>,
    thread_of: Option<i64>,
    in_room: bool,
    extra: String,
}

impl Earlier {
    fn answers(&self) -> Answers {
        Answers { reply_to: self.reply_to.map(Seq), thread_of: self.thread_of.map(Seq), only_in_thread: !self.in_room }
    }
}

impl Seat {
    fn parts(self) -> (Room, Option<Member>) {
        let Self {
            id,
            slug,
            visibility,
            archived_at,
            slow_seconds,
            hidden,
            last_seq,
            user_id,
            role,
            muted_until,
            username,
            name,
            ambiguous,
            picture,
            bot,
        } = self;
        let member = match (user_id, role, username, name, ambiguous) {
            (Some(id), Some(role), Some(username), Some(name), Some(ambiguous)) => {
                let user = User { id: UserId(id), username, name, ambiguous, picture, bot: bot.unwrap_or_default() };
                Some(Member { user, role: role.into(), muted_until })
            }
            _ => None,
        };
        let (visibility, archived) = (visibility.into(), archived_at.is_some());
        let slow_seconds = u32::try_from(slow_seconds).unwrap_or(0);
        (Room { id: RoomId(id), slug, visibility, archived, slow_seconds, hidden, head: Seq(last_seq) }, member)
    }
}

impl Known {
    /// What is kept, if it is all. Then the database is not asked: a room whose head has been raised since takes nothing, and a client id
    /// is stored once only, so the transaction fails and is run again.
    pub(super) fn kept(transaction: &Transaction, seats: &Seats, sends: &[Send]) -> Option<Self> {
        if transaction.is_repeated() || !goes_by_what_is_kept(transaction.get_database_backend()) {
            return None;
        }
        let mut known = Self::default();
        for send in sends {
            let (room, member) = seats.of(transaction.epoch(), &send.room, send.author)?;
            // That a place is taken makes sure of what is kept. A refusal takes none, and hiding neither: of an answer that is sent again
            // it has to be known whether it is stored, before what it answers is missed.
            if send.guest.is_some() || room.slow_seconds > 0 || room.hidden || send.answers != Answers::default() {
                return None;
            }
            known.members.insert((room.id, send.author), member);
            known.rooms.insert(room.id, room);
        }
        sends.iter().all(|send| known.writable(send).is_ok()).then_some(known)
    }

    /// Reads it, in one go, and keeps the members.
    pub(super) async fn load(transaction: &Transaction, seats: &Seats, sends: &[Send]) -> Result<Self> {
        let backend = transaction.get_database_backend();
        let mut questions = vec![Self::seats(backend, sends), Self::earlier(backend, sends)];
        questions.extend(Self::addresses(backend, sends));
        let mut results = transaction.query_each(questions).await?.into_iter();
        let mut answer = || results.next().ok_or_else(|| Error::internal("not an answer to each question"));
        let (found, earlier, addresses) = (answer()?, answer()?, answer().unwrap_or_default());
        let (mut rooms, mut members) = (HashMap::new(), HashMap::new());
        for seat in models::<Seat>(&found)? {
            let (room, member) = seat.parts();
            if goes_by_what_is_kept(backend) {
                seats.keep(transaction.epoch(), &room, member.clone());
            }
            if let Some(member) = member {
                members.insert((room.id, member.user.id), member);
            }
            rooms.insert(room.id, room);
        }
        let earlier = models::<Earlier>(&earlier)?;
        let earlier = earlier.into_iter().map(|row| ((UserId(row.author_id), ClientId(row.client_id)), row)).collect();
        let address = |row: &QueryResult| TryGetableMany::try_get_many_by_index(row).map(|(slug, room)| (slug, RoomId(room)));
        let addresses = addresses.iter().map(address).collect::<std::result::Result<_, _>>().map_err(DbErr::from)?;
        let mut known = Self { rooms, members, earlier, addresses };
        sends.iter().for_each(|send| known.seat_guest(send));
        Ok(known)
    }

    /// The rooms that are written to, and the authors among their members. On PostgreSQL the rooms are locked, in the order of their
    /// ids, so that two nodes cannot wait for each other; SQLite has one writer anyway.
    fn seats(backend: DbBackend, sends: &[Send]) -> Statement {
        let authors: BTreeSet<_> = sends.iter().map(|send| send.author).collect();
        let (mut ids, mut slugs) = (BTreeSet::new(), BTreeSet::new());
        for send in sends {
            match &send.room {
                RoomRef::Id(id) => _ = ids.insert(*id),
                RoomRef::Slug(slug) => _ = slugs.insert(slug.as_str()),
            }
        }
        Sql::new(backend, "SELECT r.id, r.slug, r.visibility, r.archived_at, r.slow_seconds, r.last_seq, ")
            .text("CASE r.visibility WHEN 'direct' THEN EXISTS (SELECT 1 FROM memberships h WHERE h.room_id = r.id ")
            .text("AND h.hidden_at IS NOT NULL) ELSE FALSE END AS hidden, ")
            .text("m.user_id, m.role, m.muted_until, u.username, u.name, u.ambiguous, u.picture, u.bot FROM rooms r ")
            .text("LEFT JOIN memberships m ON m.room_id = r.id AND r.deleted_at IS NULL AND m.user_id IN ")
            .list(authors.into_iter().map(|id| id.0.into()))
            .text(" LEFT JOIN users u ON u.id = m.user_id WHERE r.id IN ")
            .list(ids.into_iter().map(|id| id.0.into()))
            .text(" OR r.slug IN ")
            .list(slugs.iter().map(|slug| (*slug).into()))
            .text(" OR r.id IN (SELECT room_id FROM room_addresses WHERE slug IN ")
            .list(slugs.into_iter().map(Into::into))
            .text(")")
            .text(" ORDER BY r.id")
            .postgres(" FOR NO KEY UPDATE OF r")
            .done()
    }

    /// What is stored under these client ids.
    fn earlier(backend: DbBackend, sends: &[Send]) -> Statement {
        let authors: BTreeSet<_> = sends.iter().map(|send| send.author).collect();
        Sql::new(backend, "SELECT id, room_id, seq, author_id, client_id, body, created_at, deleted_at, revision, reply_to, ")
            .text("thread_of, in_room, extra ")
            .text("FROM messages WHERE author_id IN ")
            .list(authors.into_iter().map(|id| id.0.into()))
            .text(" AND client_id IN ")
            .list(sends.iter().map(|send| send.client_id.0.into()))
            .done()
    }

    /// Which rooms had the addresses before that are written to; not asked where all go by id.
    fn addresses(backend: DbBackend, sends: &[Send]) -> Option<Statement> {
        let slug = |send: &Send| match &send.room {
            RoomRef::Id(_) => None,
            RoomRef::Slug(slug) => Some(slug.clone().into()),
        };
        let slugs: Vec<Value> = sends.iter().filter_map(slug).collect();
        let select = || Sql::new(backend, "SELECT slug, room_id FROM room_addresses WHERE slug IN ");
        (!slugs.is_empty()).then(|| select().list(slugs).done())
    }

    /// A program that was asked something, and the house, speak as a member would.
    fn seat_guest(&mut self, send: &Send) {
        if let (Some(user), Some(room)) = (&send.guest, self.room(&send.room).map(|room| room.id)) {
            let guest = || Member { user: user.clone(), role: RoomRole::Member, muted_until: None };
            self.members.entry((room, send.author)).or_insert_with(guest);
        }
    }

    /// The room that is named, if it is among those that are known.
    pub(super) fn room(&self, name: &RoomRef) -> Option<&Room> {
        match name {
            RoomRef::Id(id) => self.rooms.get(id),
            RoomRef::Slug(slug) => {
                let now = self.rooms.values().find(|room| room.slug == *slug);
                now.or_else(|| self.rooms.get(self.addresses.get(slug)?))
            }
        }
    }

    /// The room through its author's membership, and the author; or the reason why nothing is stored.
    pub(super) fn writable(&self, send: &Send) -> std::result::Result<(&Room, &Member), ErrorCode> {
        let room = self.room(&send.room).ok_or(ErrorCode::NotFound)?;
        let member = self.members.get(&(room.id, send.author));
        Access::new(room.visibility, Actor::User(send.author), member.map(|member| member.role))
            .archived(room.archived)
            .muted(member.and_then(|member| member.muted_until).is_some_and(|until| until > now()))
            .permit(Action::Write)?;
        Ok((room, member.ok_or(ErrorCode::NotAMember)?))
    }

    /// The first result of a send that is repeated (G2). It is given even to an author who has left the room since.
    pub(super) fn repeated(&self, send: &Send) -> Option<std::result::Result<Sent, ErrorCode>> {
        let stored = self.earlier.get(&(send.author, send.client_id))?;
        // What it said may have been changed or taken away since.
        let changed = stored.deleted_at.is_some() || stored.revision > 0;
        let extra = send.extra.as_ref().map_or("", Extra::as_str);
        let says_same = changed || stored.body == send.body.as_str() && stored.extra == extra;
        let same = |room: &&Room| room.id.0 == stored.room_id && stored.answers() == send.answers && says_same;
        let same = self.room(&send.room).filter(same);
        Some(same.ok_or(ErrorCode::Conflict).map(|room| Sent {
            room: room.id,
            slug: room.slug.clone(),
            message: MessageId(stored.id),
            seq: Seq(stored.seq),
            at: stored.created_at,
            unreached: Vec::new(),
        }))
    }
}

fn models<M: FromQueryResult>(rows: &[QueryResult]) -> std::result::Result<Vec<M>, DbErr> {
    rows.iter().map(|row| M::from_query_result(row, "")).collect()
}

/// PostgreSQL is asked each time, since that is how the rooms are locked.
fn goes_by_what_is_kept(backend: DbBackend) -> bool {
    backend == DbBackend::Sqlite
}
