//! The one socket of a tab, and the rooms that it keeps up to date. On the server there is no connection behind the handle; the
//! rest is the same, so that the same components render on both sides.

#[cfg(feature = "hydrate")]
mod client;
#[cfg(any(feature = "hydrate", test))]
mod feeds;
#[cfg(any(feature = "hydrate", test))]
mod machine;
pub(crate) mod storage;
#[cfg(any(feature = "hydrate", test))]
mod token;

use leptos::prelude::*;
use protocol::{Body, ClientId, RoomId, RoomPage, User, Viewer};

use crate::state::{Applied, Outbox, Pending, RoomState, Typing};

/// Rooms that stay up to date after they were visited: switching back to one of them is instant. Far below the number of
/// subscriptions that the server takes.
const WATCHED_MAX: usize = 50;

/// What the reader should know about the connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Nothing.
    #[default]
    Quiet,
    /// There has been no connection for a while.
    Lost,
    /// The server is of another build than this page.
    Outdated,
}

/// What the pages tell the connection.
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser has a connection that reads them"))]
enum Notice {
    /// The watched rooms or the outbox have changed.
    Changed,
    /// Events of this room are missing.
    Gap(RoomId),
    /// What the reader may do in this room has changed: read it anew and ask again for its events.
    ReadAnew(RoomId),
    /// The reader is typing in this room.
    Typing(RoomId),
    #[cfg(feature = "hydrate")]
    Browser(client::Happening),
}

/// A room that is kept up to date.
pub type SharedRoom = ArcRwSignal<RoomState>;

/// The handle that pages have.
#[derive(Clone, Copy)]
pub struct Socket {
    reader: StoredValue<Option<User>>,
    /// In the order of the last visit.
    rooms: StoredValue<Vec<SharedRoom>>,
    outbox: RwSignal<Outbox>,
    typing: RwSignal<Typing>,
    status: RwSignal<Status>,
    #[cfg(feature = "hydrate")]
    inbox: StoredValue<futures::channel::mpsc::UnboundedSender<Notice>>,
}

/// Provides the socket for the person at the screen, and in the browser connects it.
pub fn provide_socket(viewer: &Viewer) {
    #[cfg(feature = "hydrate")]
    let (sender, inbox) = futures::channel::mpsc::unbounded();
    let socket = Socket {
        reader: StoredValue::new(viewer.user.clone()),
        rooms: StoredValue::default(),
        outbox: RwSignal::default(),
        typing: RwSignal::default(),
        status: RwSignal::default(),
        #[cfg(feature = "hydrate")]
        inbox: StoredValue::new(sender.clone()),
    };
    provide_context(socket);
    #[cfg(feature = "hydrate")]
    client::start(socket, sender, inbox);
}

/// The socket of this page.
#[must_use]
pub fn use_socket() -> Socket {
    expect_context()
}

impl Socket {
    /// The person at the screen.
    #[must_use]
    pub fn reader(self) -> Option<User> {
        self.reader.get_value()
    }

    /// What the reader should know about the connection.
    #[must_use]
    pub fn status(self) -> Signal<Status> {
        self.status.into()
    }

    /// A room that is kept up to date already.
    #[must_use]
    pub fn known(self, slug: &str) -> Option<SharedRoom> {
        self.find(|state| state.room.slug == slug)
    }

    /// Keeps a room up to date from this snapshot on; it replaces what was known.
    #[must_use]
    pub fn open(self, page: RoomPage) -> SharedRoom {
        let id = page.room.id;
        if let Some(room) = self.find(|state| state.room.id == id) {
            self.replace(page);
            return room;
        }
        let reader = self.reader.with_value(|reader| reader.as_ref().map(|reader| reader.id));
        let room = SharedRoom::new(RoomState::from_page(page, reader));
        self.rooms.update_value(|rooms| rooms.push(room.clone()));
        self.tell(Notice::Changed);
        room
    }

    /// A page visits a room that is kept up to date: now it is the last one to be let go.
    pub fn visit(self, room: &SharedRoom) {
        let id = room.with_untracked(|state| state.room.id);
        self.rooms.update_value(|rooms| {
            rooms.retain(|other| other.with_untracked(|state| state.room.id != id));
            rooms.push(room.clone());
            rooms.drain(..rooms.len().saturating_sub(WATCHED_MAX));
        });
        self.tell(Notice::Changed);
    }

    /// Starts a room that is kept up to date anew from a snapshot.
    pub fn replace(self, page: RoomPage) {
        let id = page.room.id;
        let Some(room) = self.find(|state| state.room.id == id) else { return };
        let applied = room.try_update(|state| state.replace(page));
        if matches!(applied, Some(Applied::Gap { .. })) {
            self.tell(Notice::Gap(id));
        }
    }

    /// What the reader may do in a room has changed by another way than the socket.
    pub fn read_anew(self, room: RoomId) {
        self.tell(Notice::ReadAnew(room));
    }

    /// Sends a message: at once, or as soon as there is a connection, even if the page is loaded anew in between.
    pub fn send(self, room: RoomId, body: Body) {
        let Some(author) = self.reader() else { return };
        // Whole milliseconds: the cast keeps the value.
        let pending = Pending::new(ClientId::generate(), room, body.into_string(), js_sys::Date::now() as i64);
        storage::keep_pending(author.id, &pending);
        self.outbox.update(|outbox| outbox.push(pending));
        self.tell(Notice::Changed);
    }

    /// Sends a failed message again.
    pub fn retry(self, client_id: ClientId) {
        let Some(author) = self.reader() else { return };
        let again = self.outbox.try_update(|outbox| outbox.retry(client_id).cloned()).flatten();
        if let Some(pending) = again {
            storage::forget_pending(author.id, client_id);
            storage::keep_pending(author.id, &pending);
            self.tell(Notice::Changed);
        }
    }

    /// Throws a failed message away.
    pub fn discard(self, client_id: ClientId) {
        let Some(author) = self.reader() else { return };
        storage::forget_pending(author.id, client_id);
        self.outbox.update(|outbox| _ = outbox.remove(client_id));
    }

    /// The reader is typing in a room. The others are told now and then.
    pub fn typing(self, room: RoomId) {
        self.tell(Notice::Typing(room));
    }

    /// Looks at who else is typing.
    pub fn with_typing<T>(self, look: impl FnOnce(&Typing) -> T) -> T {
        self.typing.with(look)
    }

    /// Looks at the messages that are on their way.
    pub fn with_outbox<T>(self, look: impl FnOnce(&Outbox) -> T) -> T {
        self.outbox.with(look)
    }

    fn find(self, wanted: impl Fn(&RoomState) -> bool) -> Option<SharedRoom> {
        self.rooms.with_value(|rooms| rooms.iter().find(|room| room.with_untracked(&wanted)).cloned())
    }

    #[cfg(feature = "hydrate")]
    fn tell(self, notice: Notice) {
        // Fails only when the loop has ended, with the page.
        let _ = self.inbox.with_value(|inbox| inbox.unbounded_send(notice));
    }

    #[cfg(not(feature = "hydrate"))]
    fn tell(self, _notice: Notice) {}
}
