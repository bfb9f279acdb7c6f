//! The loop that holds the connection. The decisions are made by [`Connection`], [`Subscriptions`] and the structs in `state`; this
//! file only carries things between them, the browser and the signals.

use futures::{
    StreamExt,
    channel::mpsc::{UnboundedSender, unbounded},
};
use leptos::{prelude::*, task::spawn_local};
use protocol::{
    AlertKind, BEARER_PREFIX, Change, ClientFrame, ClientId, EpochId, Error, ErrorCode, Event, Level, Retry, RoomId, RoomPage,
    RoomRef, RoomUnread, SUBPROTOCOL, Seq, ServerFrame, User, UserId,
};
use wasm_bindgen::JsValue;

use super::{
    browser::{self, Timer},
    command::Command,
    connection::{Action, Connection, Input, Token},
    handle::{SharedRoom, Socket},
    news::News,
    renewal::renew,
    storage,
    subscriptions::Subscriptions,
    token::StoredToken,
    transport::Transport,
};
use crate::{
    components::refresh,
    endpoints, fetch, json,
    next::signed_out,
    state::{Applied, Outbox, Pending, RoomState, Typing, TypingThrottle, Unread},
};

/// Those who have missed something read their lists within about so long.
const SPREAD_MS: f64 = 1_000.0;

struct Client {
    socket: Socket,
    reader: Option<UserId>,
    connection: Connection,
    subscriptions: Subscriptions,
    throttle: TypingThrottle,
    /// The epoch of the logs, as the server said it last.
    epoch: Option<EpochId>,
    /// Last place in the log of the reader's account that was heard of.
    rev: i64,
    news: News,
    token: Option<StoredToken>,
    transport: Option<Transport>,
    /// Number of the last transport.
    opened: u32,
    timer: Timer,
    queue: UnboundedSender<Command>,
}

/// Connects the socket of the page, and keeps it connected.
pub(crate) fn start(socket: Socket) {
    let (queue, mut commands) = unbounded();
    socket.queue.set_value(Some(queue.clone()));
    let reader = socket.reader().map(|reader| reader.id);
    match reader {
        Some(reader) => socket.outbox.update(|outbox| outbox.adopt(storage::left_over(reader))),
        // Signed out: nobody on this device needs it any more.
        None => storage::forget_token(),
    }
    browser::listen(reader, &queue);
    let mut client = Client {
        socket,
        reader,
        connection: Connection::new(reader.is_some()),
        subscriptions: Subscriptions::default(),
        throttle: TypingThrottle::default(),
        epoch: None,
        // The lists came with the page; what has happened since is not in them.
        rev: socket.news.with_untracked(Unread::rev),
        news: News::default(),
        token: None,
        transport: None,
        opened: 0,
        timer: Timer::new(&queue),
        queue,
    };
    spawn_local(async move {
        client.step(Input::Start);
        client.synchronize();
        while let Some(command) = commands.next().await {
            client.handle(command);
            client.synchronize();
        }
    });
}

impl Client {
    fn handle(&mut self, command: Command) {
        match command {
            // Done after each command.
            Command::Synchronize => {}
            Command::CatchUp(room) => self.subscriptions.gap(room),
            Command::ReadAnew(room) => {
                self.subscriptions.reopen(room);
                self.read(room);
            }
            // What cannot be sent now is not kept: later it would not be true any more.
            Command::Typing(room) if self.connection.is_open() && self.throttle.is_due(room, browser::now() as i64) => {
                self.send(&ClientFrame::Typing { room: room.into() });
            }
            Command::Typing(_) => {}
            Command::Read(room, seq) => self.news.read(room, seq),
            Command::Hold(room) => self.news.forget(room),
            Command::Leave => self.news.hurry(),
            Command::Unread(list) => {
                let list = list.map(|list| self.socket.news.try_update(|news| news.take_list(list)).unwrap_or_default());
                self.news.came(list.map_err(|_| ()), browser::now());
            }
            // A hint too.
            Command::Say(text) => {
                if let Some(transport) = self.transport.as_ref().filter(|_| self.connection.is_open()) {
                    transport.send(&text);
                }
            }
            Command::Tick => {
                self.timer.elapsed();
                self.step(Input::Tick);
            }
            Command::Input(input) => self.step(input),
            Command::Frame(number, text) if self.is_current(number) => self.receive(&text),
            Command::Closed(number, code) if self.is_current(number) => self.step(Input::Closed(Some(code))),
            Command::Frame(..) | Command::Closed(..) => {}
            Command::Token(token) => {
                self.token = Some(token);
                self.step(Input::Token(Token::Ready));
            }
            Command::Page(room, result) => self.page(room, result),
            Command::Adopt(pending) => self.socket.outbox.update(|outbox| outbox.adopt(vec![*pending])),
            Command::SettledElsewhere(client_id) => self.socket.outbox.maybe_update(|outbox| outbox.settled_elsewhere(client_id)),
        }
    }

    fn step(&mut self, input: Input) {
        let Some(action) = self.connection.step(input, browser::now(), browser::random()) else { return };
        if !matches!(action, Action::Ping | Action::Resume) && self.transport.take().is_some() {
            self.socket.outbox.update_untracked(Outbox::disconnected);
        }
        match action {
            Action::GetToken { fresh } => self.get_token(fresh),
            Action::Open => self.open(),
            Action::Resume => self.subscriptions.clear(),
            Action::Ping => self.send(&ClientFrame::Ping),
            Action::Drop if self.connection.is_blocked() => browser::blocked(),
            Action::Drop => {}
            Action::SignIn => {
                storage::forget_token();
                // The answer to the reader's own sign-out leads elsewhere, and the socket may hear of it sooner.
                if !browser::is_leaving() {
                    browser::go_to(&signed_out(&browser::here()));
                }
            }
            Action::Reload => browser::reload(),
        }
    }

    /// Makes what is what should be: subscriptions, messages to send, who types, the timer, the banner.
    fn synchronize(&mut self) {
        let now = browser::now();
        self.socket.typing.maybe_update(|typing| typing.expire(now as i64));
        let typing_end = self.socket.typing.with_untracked(Typing::next_end).map(|at| at as f64);
        self.socket.outbox.maybe_update(|outbox| outbox.look(now as i64));
        let mut deadline = typing_end;
        if self.connection.is_open() {
            for (room, seq) in self.news.take_marks(now) {
                self.send(&ClientFrame::Read { room, seq });
            }
            if self.reader.is_some() && self.news.asks(now) {
                let queue = self.queue.clone();
                spawn_local(async move {
                    let list = fetch::post(endpoints::UNREAD, &[]).await;
                    let _ = queue.unbounded_send(Command::Unread(list));
                });
            }
            for frame in self.subscriptions.reconcile(&self.watched(), now) {
                self.send(&frame);
            }
            let (due, next_due) = self.socket.outbox.update_untracked(|outbox| (outbox.take_due(now as i64), outbox.next_due()));
            for pending in due {
                // What is typed next is news again.
                self.throttle.forget(pending.room);
                self.send(&pending.frame());
            }
            let others = [self.subscriptions.deadline(), next_due.map(|at| at as f64), self.news.deadline()];
            deadline = others.into_iter().flatten().chain(deadline).reduce(f64::min);
        }
        let (next_look, unanswered) = self.socket.outbox.with_untracked(|outbox| (outbox.next_look(), outbox.unanswered_since()));
        self.connection.expect(unanswered.map(|at| at as f64));
        let others = [next_look.map(|at| at as f64), self.connection.deadline(now)];
        deadline = others.into_iter().flatten().chain(deadline).reduce(f64::min);
        self.timer.set(deadline, now);
        let status = self.connection.status(now);
        self.socket.status.maybe_update(|shown| std::mem::replace(shown, status) != status);
    }

    /// The rooms that are kept up to date, each from the place on that all that is shown of it has.
    fn watched(&self) -> Vec<(RoomId, EpochId, Seq)> {
        let mut watched: Vec<(RoomId, EpochId, Seq)> = Vec::new();
        self.socket.rooms.with_value(|rooms| {
            for (room, epoch, head) in rooms.iter().map(|room| room.with_untracked(|s| (s.room.id, s.epoch(), s.head()))) {
                match watched.iter_mut().find(|(known, ..)| *known == room) {
                    Some((.., known)) => *known = (*known).min(head),
                    None => watched.push((room, epoch, head)),
                }
            }
        });
        watched
    }

    fn get_token(&mut self, fresh: bool) {
        let Some(reader) = self.reader else { return };
        let stored = storage::token().filter(|token| !fresh && token.serves(reader, browser::now() as i64));
        let queue = self.queue.clone();
        spawn_local(async move {
            let command = match stored {
                Some(token) => Command::Token(token),
                None => renew(reader).await,
            };
            let _ = queue.unbounded_send(command);
        });
    }

    fn open(&mut self) {
        let protocols = js_sys::Array::of1(&JsValue::from_str(SUBPROTOCOL));
        if let Some(token) = &self.token {
            protocols.push(&JsValue::from_str(&[BEARER_PREFIX, &token.access_token].concat()));
        }
        self.opened = self.opened.wrapping_add(1);
        self.transport = Transport::open(self.opened, &browser::socket_address(), &protocols, &self.queue).ok();
        if self.transport.is_none() {
            self.step(Input::Closed(None));
        }
    }

    fn is_current(&self, number: u32) -> bool {
        self.transport.is_some() && self.opened == number
    }

    fn send(&self, frame: &ClientFrame) {
        if let (Some(transport), Ok(json)) = (&self.transport, serde_json::to_string(frame)) {
            transport.send(&json);
        }
    }

    fn receive(&mut self, text: &str) {
        self.step(Input::Heard);
        // Who is there is for the script that shows it, which needs to know of each new connection.
        let of_people = text.starts_with(r#"{"type":"presence""#);
        if of_people || text.starts_with(r#"{"type":"hello""#) {
            browser::hand_over(text);
        }
        if of_people {
            return;
        }
        // A frame of a kind that this build does not know is for newer ones.
        if let Some(frame) = json::read(text) {
            self.frame(frame);
        }
    }

    fn frame(&mut self, frame: ServerFrame) {
        match frame {
            ServerFrame::Hello { build, epoch, user, rev, unread } => {
                if self.epoch.is_some() && self.epoch != epoch {
                    self.socket.news.update(Unread::begin_anew);
                }
                self.epoch = epoch;
                // After a restore the log may end earlier than it did.
                let known = std::mem::replace(&mut self.rev, rev.unwrap_or_default());
                if known != self.rev {
                    refresh(self.socket.listed);
                }
                self.unread(unread.unwrap_or_default());
                // What happened meanwhile is in the list, and what was read here is said once more.
                self.news.begin(self.socket.news.with_untracked(Unread::unconfirmed), browser::now());
                self.step(Input::Hello { signed_in: user.is_some(), same_build: build == crate::build::build_id() });
            }
            ServerFrame::Subscribed { room, head, reset, .. } => {
                let mut known = None;
                for room in self.all(room) {
                    known = known.max(Some(room.with_untracked(|state| state.head())));
                    room.maybe_update(|state| state.resume(head));
                }
                if self.subscriptions.subscribed(room, head, reset, known.unwrap_or_default()) {
                    self.read(room);
                }
            }
            ServerFrame::Unsubscribed { room, again: true } => self.subscriptions.gap(room),
            ServerFrame::Unsubscribed { room, again: false } => {
                if self.subscriptions.ended(room) {
                    self.read(room);
                }
            }
            ServerFrame::Event(event) => self.event(event),
            ServerFrame::Renamed { room, name, topic } => self.renamed(room, name, topic),
            ServerFrame::Alert { rev, unread, alert } if rev >= self.rev => {
                self.rev = rev;
                self.unread(unread);
                if matches!(alert.kind, AlertKind::Added | AlertKind::Removed) {
                    self.lists();
                }
            }
            ServerFrame::AlertsChanged { rev, unread } if rev >= self.rev => {
                self.rev = rev;
                self.unread(unread);
                // A message may call the reader, or not any more. Or all are told something at once.
                self.news.ask_at(browser::now() + SPREAD_MS * browser::random());
            }
            ServerFrame::RoomsChanged { rev } if rev >= self.rev => {
                self.rev = rev;
                self.lists();
            }
            ServerFrame::Read { rev, room, head, last_read, unread, mentions } => {
                self.rev = self.rev.max(rev);
                let mark = RoomUnread { room, head, last_read, unread, mentions, level: Level::Everything, quiet: false };
                self.changed(|news| news.take_mark(mark, rev));
            }
            ServerFrame::Activity { room, from, head, entries } => {
                self.changed(|news| news.take_activity(room, (from, head), entries));
            }
            ServerFrame::BookmarkChanged { rev, room, seq, on } if rev >= self.rev => {
                self.rev = rev;
                for room in self.all(room) {
                    room.maybe_update(|state| state.bookmark(seq, on));
                }
            }
            // Late, by another way.
            ServerFrame::Alert { .. }
            | ServerFrame::AlertsChanged { .. }
            | ServerFrame::RoomsChanged { .. }
            | ServerFrame::BookmarkChanged { .. } => {}
            ServerFrame::Typing { room, user } => {
                self.socket.typing.maybe_update(|typing| typing.note(room, user, browser::now() as i64));
            }
            ServerFrame::Ack { client_id, room, seq, at, unreached, .. } => {
                self.name_unreached(room, &unreached);
                self.acknowledge(client_id, seq, at);
                self.settle_outbox(room);
                // Who may write may read: a room that was closed to the reader is not any more.
                self.subscriptions.reopen(room);
            }
            ServerFrame::Told { client_id, room, text } => self.told(client_id, room, text),
            ServerFrame::Done { client_id, room, seq } => {
                self.acknowledge(client_id, seq, browser::now() as i64);
                self.settle_outbox(room);
            }
            ServerFrame::Error { client_id, room, error } => self.refused(client_id, room, error),
            ServerFrame::Pong | ServerFrame::Presence { .. } => {}
        }
    }

    /// The lists of rooms are others now.
    fn lists(&mut self) {
        refresh(self.socket.listed);
        self.news.ask_at(browser::now());
    }

    /// Something is new, or is not any more. Where it does not fit what is known, the list is read soon: not by all at once.
    fn changed(&mut self, change: impl FnOnce(&mut Unread) -> bool) {
        if self.socket.news.try_update(change) == Some(true) {
            self.news.ask_at(browser::now() + SPREAD_MS * (0.2 + browser::random()));
        }
    }

    /// So many alerts are unread.
    fn unread(&self, unread: u64) {
        self.socket.unread.maybe_update(|shown| std::mem::replace(shown, unread) != unread);
    }

    /// A room in the list has another name.
    fn renamed(&self, room: RoomId, name: String, topic: String) {
        self.socket.listed.maybe_update(|listed| {
            let Some(listed) = listed.iter_mut().find(|listed| listed.id == room) else { return false };
            (listed.name, listed.topic) = (name, topic);
            true
        });
    }

    fn event(&mut self, event: Event) {
        let id = event.room;
        let rooms = self.all(id);
        if rooms.is_empty() {
            return;
        }
        // The hint for lists may have been lost; what is in the log is not.
        if let Change::RoomChanged { name, topic, .. } = &event.change {
            self.renamed(id, name.clone(), topic.clone());
        }
        self.socket.typing.maybe_update(|typing| typing.apply(&event));
        let rights_changed = match &event.change {
            Change::RoomChanged { .. } => true,
            Change::MemberChanged { user, .. } | Change::MemberAdded { user } => Some(user.id) == self.reader,
            _ => false,
        };
        let own = event.message().filter(|message| Some(message.author.id) == self.reader);
        let own = own.map(|message| (message.client_id, message.seq));
        let is_open = || rooms.iter().all(|room| room.with_untracked(RoomState::is_open_to_reader));
        let was_open = is_open();
        let (mut fresh, mut gap) = (false, false);
        for room in &rooms {
            room.maybe_update(|state| {
                let applied = state.apply(event.clone());
                gap |= matches!(applied, Applied::Gap { .. });
                fresh |= applied == Applied::Fresh;
                applied == Applied::Fresh
            });
        }
        // The snapshot held no messages then, or says of the reader what is so no more.
        if (!was_open && is_open()) || (rights_changed && fresh) {
            self.read(id);
        }
        match own {
            _ if gap => self.subscriptions.gap(id),
            Some((client_id, seq)) => {
                let next = self.socket.outbox.try_update(|outbox| outbox.arrived(client_id, seq)).flatten();
                self.stored(client_id, next);
            }
            None => {}
        }
        self.settle_outbox(id);
    }

    /// Tells the reader whom they named and who cannot read it.
    fn name_unreached(&self, room: RoomId, people: &[User]) {
        if !people.is_empty() {
            let names: Vec<_> = people.iter().map(User::in_sentence).collect();
            let said = ["Not called, because they cannot read this room: ", &names.join(", ")].concat();
            self.socket.told.set(Some((room, said)));
        }
    }

    /// What the reader wrote was a command: it does not stand in the room, and what it says is for them alone.
    fn told(&self, client_id: ClientId, room: RoomId, text: String) {
        self.socket.outbox.update(|outbox| _ = outbox.remove(client_id));
        self.stored(client_id, None);
        if !text.is_empty() {
            self.socket.told.set(Some((room, text)));
        }
    }

    fn acknowledge(&self, client_id: ClientId, seq: Seq, at: i64) {
        let next = self.socket.outbox.try_update(|outbox| outbox.acknowledge(client_id, seq, at)).flatten();
        self.stored(client_id, next);
    }

    /// Something of the reader's is in the log: the next page need not send it, but what comes after it.
    fn stored(&self, client_id: ClientId, next: Option<Pending>) {
        let Some(reader) = self.reader else { return };
        if let Some(next) = next {
            storage::keep_pending(reader, &next);
        }
        storage::forget_pending(reader, client_id);
    }

    /// Lets go of the stored messages whose events are in the room; of all of them where the room is not kept up to date here.
    fn settle_outbox(&self, room: RoomId) {
        let head = self.all(room).iter().map(|room| room.with_untracked(|state| state.head())).min();
        self.socket.outbox.maybe_update(|outbox| outbox.settle(room, head.unwrap_or(Seq(i64::MAX))));
    }

    fn refused(&mut self, client_id: Option<ClientId>, room: Option<RoomRef>, error: Error) {
        let now = browser::now();
        match (client_id, room) {
            _ if error.code == ErrorCode::NotAuthenticated => self.step(Input::Refused),
            (Some(client_id), _) => {
                self.socket.outbox.update(|outbox| outbox.refuse(client_id, error, now as i64, browser::random()))
            }
            (None, Some(RoomRef::Id(room))) if error.code.retry() == Retry::Later => self.subscriptions.rest(room, now),
            (None, Some(RoomRef::Id(room))) => self.lost(room, error.code),
            // About no frame that this page sends.
            (None, _) => {}
        }
    }

    fn read(&self, room: RoomId) {
        for shown in self.all(room) {
            let (queue, thread) = (self.queue.clone(), shown.with_untracked(RoomState::thread));
            spawn_local(async move {
                let _ = queue.unbounded_send(Command::Page(room, fetch::newest(room, thread).await));
            });
        }
    }

    fn page(&mut self, id: RoomId, result: Result<RoomPage, Error>) {
        match result {
            Ok(page) => {
                self.subscriptions.read(id);
                self.socket.replace(page);
                self.settle_outbox(id);
            }
            Err(error) if error.code.retry() == Retry::Later => self.subscriptions.rest(id, browser::now()),
            Err(error) => self.lost(id, error.code),
        }
    }

    /// A room is not delivered to the reader. Where there is none for them any more, the page says so that the server makes of it.
    fn lost(&mut self, id: RoomId, code: ErrorCode) {
        self.subscriptions.refuse(id);
        if code != ErrorCode::NotFound {
            return;
        }
        let is_shown =
            self.socket.rooms.with_value(|rooms| rooms.last().is_some_and(|room| room.with_untracked(|s| s.room.id == id)));
        self.socket.rooms.update_value(|rooms| rooms.retain(|room| room.with_untracked(|state| state.room.id != id)));
        if is_shown {
            browser::reload();
        }
    }

    /// What is shown of a room: itself, and threads in it.
    fn all(&self, id: RoomId) -> Vec<SharedRoom> {
        let is_it = |room: &&SharedRoom| room.with_untracked(|state| state.room.id == id);
        self.socket.rooms.with_value(|rooms| rooms.iter().filter(is_it).cloned().collect())
    }
}
