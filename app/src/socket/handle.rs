#[cfg(feature = "hydrate")]
use futures::channel::mpsc::UnboundedSender;
use leptos::prelude::*;
use protocol::{Answers, Body, ClientId, Quote, Room, RoomId, RoomPage, Seq, User};

use super::{command::Command, status::Status, storage};
use crate::{
    components::PageContext,
    state::{self, Applied, Kept, Outbox, Pending, RoomState, Typing, Unread},
};

/// Rooms that stay up to date after they were visited: switching back to one of them is instant. Far below the number of
/// subscriptions that the server takes.
const WATCHED_MAX: usize = 50;

/// A room that is kept up to date.
pub(crate) type SharedRoom = ArcRwSignal<RoomState>;

/// The handle that pages have of the socket.
#[derive(Clone, Copy)]
pub(crate) struct Socket {
    reader: StoredValue<Option<User>>,
    /// The rooms that are listed.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser hears that they change"))]
    pub(super) listed: RwSignal<Vec<Room>>,
    /// How many alerts the reader has not read.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser hears of them"))]
    pub(super) unread: RwSignal<u64>,
    /// What is new in the rooms.
    pub(super) news: RwSignal<Unread>,
    /// In the order of the last visit.
    pub(super) rooms: StoredValue<Vec<SharedRoom>>,
    pub(super) outbox: RwSignal<Outbox>,
    pub(super) typing: RwSignal<Typing>,
    pub(super) status: RwSignal<Status>,
    /// What only the reader is told in a room, until they close it: whom they named who cannot read it, what a command says. To others the
    /// server says nothing of it.
    pub(crate) told: RwSignal<Option<(RoomId, String)>>,
    /// Where the loop takes its commands from, once there is one.
    #[cfg(feature = "hydrate")]
    pub(super) queue: StoredValue<Option<UnboundedSender<Command>>>,
}

impl Socket {
    /// The socket of a page with this person at the screen. Nothing comes of what it is told before it is connected.
    pub(crate) fn new(page: PageContext) -> Self {
        Self {
            reader: page.viewer,
            listed: page.rooms,
            unread: page.unread,
            news: page.news,
            rooms: StoredValue::default(),
            outbox: RwSignal::default(),
            typing: RwSignal::default(),
            status: RwSignal::default(),
            told: RwSignal::default(),
            #[cfg(feature = "hydrate")]
            queue: StoredValue::default(),
        }
    }

    /// The person at the screen.
    pub(crate) fn reader(self) -> Option<User> {
        self.reader.get_value()
    }

    /// What the reader should know about the connection.
    pub(crate) fn status(self) -> Status {
        self.status.get()
    }

    /// A room that is kept up to date already, or a thread there.
    #[cfg(feature = "hydrate")]
    pub(crate) fn known(self, slug: &str, thread: Option<Seq>) -> Option<SharedRoom> {
        self.find(|state| state.room.slug == slug && state.thread() == thread)
    }

    /// Keeps a room up to date from this snapshot on; it replaces what was known.
    pub(crate) fn open(self, page: RoomPage) -> SharedRoom {
        let id = key(&page);
        if let Some(room) = self.find(|state| (state.room.id, state.thread()) == id) {
            self.replace(page);
            return room;
        }
        let reader = self.reader.with_value(|reader| reader.as_ref().map(|reader| reader.id));
        let room = SharedRoom::new(RoomState::from_page(page, reader));
        // What came since the page was read went to what else is shown of the room.
        let is_live = self.find(|state| state.room.id == id.0).is_some();
        self.rooms.update_value(|rooms| rooms.push(room.clone()));
        self.enqueue(if is_live { Command::CatchUp(id.0) } else { Command::Synchronize });
        room
    }

    /// A page visits a room that is kept up to date: now it is the last one to be let go.
    pub(crate) fn visit(self, room: &SharedRoom) {
        let id = room.with_untracked(|state| (state.room.id, state.thread()));
        self.rooms.update_value(|rooms| {
            rooms.retain(|other| other.with_untracked(|state| (state.room.id, state.thread()) != id));
            rooms.push(room.clone());
            rooms.drain(..rooms.len().saturating_sub(WATCHED_MAX));
        });
        self.enqueue(Command::Synchronize);
    }

    /// Starts a room that is kept up to date anew from a snapshot.
    pub(crate) fn replace(self, page: RoomPage) {
        let (id, thread) = key(&page);
        let Some(room) = self.find(|state| (state.room.id, state.thread()) == (id, thread)) else { return };
        if room.with_untracked(|state| state.epoch() != page.epoch) {
            let gone = self.outbox.try_update(|outbox| outbox.renewed(id)).unwrap_or_default();
            self.keep(Kept { keep: None, forget: gone });
        }
        let applied = room.try_update(|state| state.replace(page));
        if matches!(applied, Some(Applied::Gap { .. })) {
            self.enqueue(Command::CatchUp(id));
        }
    }

    /// The reader marks a room as unread.
    pub(crate) fn hold(self, room: RoomId) {
        self.news.update(|news| news.hold(room));
        self.enqueue(Command::Hold(room));
    }

    /// The reader has read a room up to here.
    pub(crate) fn read(self, room: RoomId, seq: Seq) {
        let is_news = self.news.try_maybe_update(|news| {
            let moved = news.read(room, seq);
            (moved, moved)
        });
        if is_news == Some(true) {
            self.enqueue(Command::Read(room, seq));
        }
    }

    /// What the reader may do in a room has changed by another way than the socket.
    pub(crate) fn read_anew(self, room: RoomId) {
        self.enqueue(Command::ReadAnew(room));
    }

    /// Sends a message: at once, or as soon as there is a connection, even if the page is loaded anew in between.
    pub(crate) fn send(self, room: RoomId, body: Body, answers: Answers, quote: Option<Box<Quote>>) {
        let Some(author) = self.reader() else { return };
        // Whole milliseconds: the cast keeps the value.
        let pending = Pending::new(ClientId::generate(), room, body.into_string(), js_sys::Date::now() as i64);
        let pending = pending.answering(answers, quote);
        storage::keep_pending(author.id, &pending);
        self.outbox.update(|outbox| outbox.push(pending));
        self.enqueue(Command::Synchronize);
    }

    /// Reacts to a message, or takes that back: whichever is not so now.
    pub(crate) fn react(self, room: RoomId, seq: Seq, emoji: &str) {
        let Some(shown) = self.find(|state| state.room.id == room && state.shows(seq)) else { return };
        self.change(|outbox, now| {
            let (known, does) = shown
                .with_untracked(|state| (state.has_reacted(seq, emoji), state::reacts(state, outbox.of_room(room), seq, emoji)));
            outbox.react(room, (seq, emoji), (known, !does), now)
        });
    }

    /// Gives a message of the reader's another text. `revision` is how often it had been changed when they began.
    pub(crate) fn edit(self, room: RoomId, seq: Seq, revision: u32, body: Body) {
        self.change(|outbox, now| outbox.edit(room, (seq, revision), body.into_string(), now));
    }

    /// The same for one that is on its way.
    pub(crate) fn amend(self, client_id: ClientId, body: Body) {
        self.change(|outbox, now| outbox.amend(client_id, body.into_string(), now));
    }

    /// Deletes a message of the reader's. For some seconds they can undo it.
    pub(crate) fn delete(self, room: RoomId, seq: Seq) {
        self.change(|outbox, now| outbox.delete(room, seq, now));
    }

    /// Takes back a message that is on its way.
    pub(crate) fn take_back(self, client_id: ClientId) {
        self.change(|outbox, _| outbox.take_back(client_id));
    }

    /// Undoes what has not gone out.
    pub(crate) fn undo(self, client_id: ClientId) {
        self.change(|outbox, _| Kept { keep: None, forget: outbox.undo(client_id).then_some(client_id).into_iter().collect() });
    }

    /// Does something to what is on its way, in the storage too.
    fn change(self, change: impl FnOnce(&mut Outbox, i64) -> Kept) {
        // Whole milliseconds: the cast keeps the value.
        if let Some(kept) = self.outbox.try_update(|outbox| change(outbox, js_sys::Date::now() as i64)) {
            self.keep(kept);
            self.enqueue(Command::Synchronize);
        }
    }

    /// Makes the storage have what the outbox has.
    fn keep(self, kept: Kept) {
        let Some(author) = self.reader() else { return };
        kept.forget.iter().for_each(|client_id| storage::forget_pending(author.id, *client_id));
        if let Some(pending) = kept.keep {
            storage::keep_pending(author.id, &pending);
        }
    }

    /// Sends a message that asked.
    pub(crate) fn retry(self, client_id: ClientId) {
        let Some(author) = self.reader() else { return };
        let again = self.outbox.try_update(|outbox| outbox.retry(client_id, js_sys::Date::now() as i64).cloned()).flatten();
        if let Some(pending) = again {
            storage::forget_pending(author.id, client_id);
            storage::keep_pending(author.id, &pending);
            self.enqueue(Command::Synchronize);
        }
    }

    /// Throws a message away that asked.
    pub(crate) fn discard(self, client_id: ClientId) {
        let Some(author) = self.reader() else { return };
        storage::forget_pending(author.id, client_id);
        self.outbox.update(|outbox| _ = outbox.remove(client_id));
    }

    /// The reader is typing in a room. The others are told now and then.
    pub(crate) fn typing(self, room: RoomId) {
        self.enqueue(Command::Typing(room));
    }

    /// Looks at who else is typing.
    pub(crate) fn with_typing<T>(self, look: impl FnOnce(&Typing) -> T) -> T {
        self.typing.with(look)
    }

    /// Looks at the messages that are on their way.
    pub(crate) fn with_outbox<T>(self, look: impl FnOnce(&Outbox) -> T) -> T {
        self.outbox.with(look)
    }

    /// The same, once.
    pub(crate) fn with_outbox_untracked<T>(self, look: impl FnOnce(&Outbox) -> T) -> T {
        self.outbox.with_untracked(look)
    }

    pub(super) fn find(self, wanted: impl Fn(&RoomState) -> bool) -> Option<SharedRoom> {
        self.rooms.with_value(|rooms| rooms.iter().find(|room| room.with_untracked(&wanted)).cloned())
    }

    #[cfg(feature = "hydrate")]
    fn enqueue(self, command: Command) {
        self.queue.with_value(|queue| {
            if let Some(queue) = queue {
                // Fails only when the loop has ended, with the page.
                let _ = queue.unbounded_send(command);
            }
        });
    }

    #[cfg(not(feature = "hydrate"))]
    fn enqueue(self, _command: Command) {}
}

/// What a room is known by, or a thread there.
fn key(page: &RoomPage) -> (RoomId, Option<Seq>) {
    (page.room.id, page.root.as_ref().map(|root| root.seq))
}
