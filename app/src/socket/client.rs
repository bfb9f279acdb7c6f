//! The loop that holds the connection. The decisions are made by [`Machine`], [`Feeds`] and the structs in `state`; this file only
//! carries things between them, the browser and the signals.

use std::{future::poll_fn, task::Poll};

use futures::{
    FutureExt, SinkExt, StreamExt,
    channel::mpsc::{UnboundedReceiver, UnboundedSender},
};
use gloo_net::websocket::{Message, WebSocketError, futures::WebSocket};
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};
use protocol::{
    BEARER_PREFIX, ClientFrame, ClientId, ErrorCode, Event, Retry, RoomId, RoomPage, RoomRef, SUBPROTOCOL, Seq, ServerFrame,
    UserId, Window,
};
use wasm_bindgen::JsValue;

use super::{
    Notice, SharedRoom, Socket,
    feeds::Feeds,
    machine::{Action, Input, Machine, Token},
    storage,
    token::StoredToken,
};
use crate::{
    AppError,
    api::{self, with_next},
    state::{Applied, Outbox, RoomState, Told, Typing},
};

mod browser;

/// Longest time that a timer is set for.
const TIMER_MAX_MS: f64 = 60_000.0;

/// What the browser or an answer of the server tells the loop.
pub(super) enum Happening {
    /// Something for the machine.
    Input(Input),
    /// A token has come.
    Granted(StoredToken),
    /// A room was read anew.
    Read(RoomId, Result<RoomPage, AppError>),
    /// Another tab has sent a message, or thrown it away.
    SettledElsewhere(ClientId),
}

/// What wakes the loop.
enum Wake {
    Notice(Notice),
    Frame(Option<Result<Message, WebSocketError>>),
    Timer,
}

struct Client {
    socket: Socket,
    reader: Option<UserId>,
    machine: Machine,
    feeds: Feeds,
    told: Told,
    token: Option<StoredToken>,
    connection: Option<WebSocket>,
    /// The timer that is set, and for when.
    timer: Option<(f64, TimeoutFuture)>,
    inbox: UnboundedSender<Notice>,
}

/// Starts the loop.
pub(super) fn start(socket: Socket, sender: UnboundedSender<Notice>, mut inbox: UnboundedReceiver<Notice>) {
    let reader = socket.reader().map(|reader| reader.id);
    spawn_local(async move {
        match reader {
            Some(reader) => socket.outbox.update(|outbox| outbox.adopt(storage::left_over(reader))),
            // Signed out: nobody on this device needs it any more.
            None => storage::forget_token(),
        }
        browser::listen(reader, &sender);
        let mut client = Client {
            socket,
            reader,
            machine: Machine::new(reader.is_some()),
            feeds: Feeds::default(),
            told: Told::default(),
            token: None,
            connection: None,
            timer: None,
            inbox: sender,
        };
        client.step(Input::Start);
        loop {
            client.settle();
            match client.wake(&mut inbox).await {
                Wake::Notice(notice) => client.notice(notice),
                Wake::Frame(item) => client.incoming(item),
                Wake::Timer => client.step(Input::Tick),
            }
        }
    });
}

impl Client {
    /// Waits for the next thing that happens.
    async fn wake(&mut self, inbox: &mut UnboundedReceiver<Notice>) -> Wake {
        poll_fn(|cx| {
            if let Poll::Ready(Some(notice)) = inbox.poll_next_unpin(cx) {
                return Poll::Ready(Wake::Notice(notice));
            }
            if let Some(connection) = &mut self.connection
                && let Poll::Ready(item) = connection.poll_next_unpin(cx)
            {
                return Poll::Ready(Wake::Frame(item));
            }
            if let Some((_, timer)) = &mut self.timer
                && timer.poll_unpin(cx).is_ready()
            {
                self.timer = None;
                return Poll::Ready(Wake::Timer);
            }
            Poll::Pending
        })
        .await
    }

    fn notice(&mut self, notice: Notice) {
        match notice {
            // `settle` compares what is with what should be.
            Notice::Changed => {}
            Notice::Gap(room) => self.feeds.gap(room),
            Notice::ReadAnew(room) => {
                self.feeds.reopen(room);
                self.read(room);
            }
            // What cannot be told now is not kept: later it would not be true any more.
            Notice::Typing(room) if self.machine.is_open() && self.told.is_due(room, browser::now() as i64) => {
                self.send(&ClientFrame::Typing { room: room.into() });
            }
            Notice::Typing(_) => {}
            Notice::Browser(Happening::Input(input)) => self.step(input),
            Notice::Browser(Happening::Granted(token)) => {
                self.token = Some(token);
                self.step(Input::Token(Token::Ready));
            }
            Notice::Browser(Happening::Read(room, result)) => self.was_read(room, result),
            Notice::Browser(Happening::SettledElsewhere(client_id)) => {
                self.socket.outbox.maybe_update(|outbox| outbox.settled_elsewhere(client_id))
            }
        }
    }

    fn step(&mut self, input: Input) {
        let Some(action) = self.machine.step(input, browser::now(), browser::random()) else { return };
        if !matches!(action, Action::Ping | Action::Resume) && self.connection.take().is_some() {
            self.socket.outbox.update_untracked(Outbox::disconnected);
        }
        match action {
            Action::GetToken { fresh } => self.get_token(fresh),
            Action::Open => self.open(),
            Action::Resume => self.feeds.clear(),
            Action::Ping => self.send(&ClientFrame::Ping),
            Action::Drop => {}
            Action::SignIn => {
                storage::forget_token();
                browser::go_to(&with_next("/login", &browser::here()));
            }
            Action::Reload => browser::reload(),
        }
    }

    /// Makes what is what should be: subscriptions, messages to send, who types, the timer, the banner.
    fn settle(&mut self) {
        let now = browser::now();
        self.socket.typing.maybe_update(|typing| typing.expire(now as i64));
        let typing_end = self.socket.typing.with_untracked(Typing::next_end).map(|at| at as f64);
        let mut deadline = typing_end.into_iter().chain(self.machine.deadline(now)).reduce(f64::min);
        if self.machine.is_open() {
            let watched: Vec<_> = self
                .socket
                .rooms
                .with_value(|rooms| rooms.iter().map(|room| room.with_untracked(|s| (s.room.id, s.head()))).collect());
            for frame in self.feeds.reconcile(&watched, now) {
                self.send(&frame);
            }
            let (due, next_due) = self.socket.outbox.update_untracked(|outbox| (outbox.take_due(now as i64), outbox.next_due()));
            for pending in due {
                self.send(&ClientFrame::Send { room: pending.room.into(), client_id: pending.client_id, body: pending.body });
            }
            let others = [self.feeds.deadline(), next_due.map(|at| at as f64)];
            deadline = others.into_iter().flatten().chain(deadline).reduce(f64::min);
        }
        self.set_timer(deadline, now);
        let status = self.machine.status(now);
        self.socket.status.maybe_update(|shown| std::mem::replace(shown, status) != status);
    }

    fn set_timer(&mut self, deadline: Option<f64>, now: f64) {
        let set = self.timer.as_ref().map(|(deadline, _)| *deadline);
        if set != deadline {
            // Rounded up: a timer that is early would spin. Bounded, for a clock that was put back by weeks: browsers take no such time.
            self.timer = deadline.map(|at| (at, TimeoutFuture::new((at - now).clamp(0.0, TIMER_MAX_MS).ceil() as u32)));
        }
    }

    fn get_token(&mut self, fresh: bool) {
        let Some(reader) = self.reader else { return };
        let stored = storage::token().filter(|token| !fresh && token.serves(reader, browser::now() as i64));
        let inbox = self.inbox.clone();
        spawn_local(async move {
            let happening = match stored {
                Some(token) => Happening::Granted(token),
                None => renew(reader).await,
            };
            let _ = inbox.unbounded_send(Notice::Browser(happening));
        });
    }

    fn open(&mut self) {
        let protocols = js_sys::Array::of1(&JsValue::from_str(SUBPROTOCOL));
        if let Some(token) = &self.token {
            let mut bearer = BEARER_PREFIX.to_owned();
            bearer.push_str(&token.access_token);
            protocols.push(&JsValue::from_str(&bearer));
        }
        let opened = web_sys::WebSocket::new_with_str_sequence(&browser::socket_address(), &protocols);
        self.connection = opened.ok().and_then(|socket| WebSocket::try_from(socket).ok());
        if self.connection.is_none() {
            self.step(Input::Closed(None));
        }
    }

    fn send(&mut self, frame: &ClientFrame) {
        if let (Some(connection), Ok(json)) = (&mut self.connection, serde_json::to_string(frame)) {
            // Says nothing about arrival, not even when it succeeds: only an acknowledgement counts.
            let _ = connection.start_send_unpin(Message::Text(json));
        }
    }

    fn incoming(&mut self, item: Option<Result<Message, WebSocketError>>) {
        match item {
            Some(Ok(Message::Text(text))) => {
                self.step(Input::Heard);
                // A frame of a kind that this build does not know is for newer ones.
                if let Ok(frame) = serde_json::from_str(&text) {
                    self.frame(frame);
                }
            }
            Some(Ok(Message::Bytes(_))) => self.step(Input::Heard),
            Some(Err(WebSocketError::ConnectionClose(close))) => self.step(Input::Closed(Some(close.code))),
            // The close follows.
            Some(Err(_)) => {}
            None => self.step(Input::Closed(None)),
        }
    }

    fn frame(&mut self, frame: ServerFrame) {
        match frame {
            ServerFrame::Hello { build, user } => {
                self.step(Input::Hello { signed_in: user.is_some(), same_build: build == crate::build_id() });
            }
            ServerFrame::Subscribed { room, head, reset, .. } => {
                let known = self.find(room).map(|room| room.with_untracked(|state| state.head()));
                if self.feeds.subscribed(room, head, reset, known.unwrap_or_default()) {
                    self.read(room);
                }
            }
            ServerFrame::Unsubscribed { room } => {
                if self.feeds.ended(room) {
                    self.read(room);
                }
            }
            ServerFrame::Event(event) => self.event(event),
            ServerFrame::Typing { room, user } => {
                self.socket.typing.maybe_update(|typing| typing.hear(room, user, browser::now() as i64));
            }
            ServerFrame::Ack { client_id, room, seq, at, .. } => {
                self.stored(client_id);
                self.socket.outbox.update(|outbox| outbox.acknowledge(client_id, seq, at));
                self.settle_outbox(room);
                // Who may write may read: a room that was closed to the reader is not any more.
                self.feeds.reopen(room);
            }
            ServerFrame::Error { client_id, room, error } => self.refused(client_id, room, error),
            ServerFrame::Pong => {}
        }
    }

    fn event(&mut self, event: Event) {
        let id = event.room;
        let Some(room) = self.find(id) else { return };
        self.socket.typing.maybe_update(|typing| typing.apply(&event));
        let own = event.message().filter(|message| Some(message.author.id) == self.reader).map(|message| message.client_id);
        let was_open = room.with_untracked(RoomState::is_open_to_reader);
        let applied = room.try_maybe_update(|state| {
            let applied = state.apply(event);
            (applied == Applied::Fresh, applied)
        });
        if !was_open && room.with_untracked(RoomState::is_open_to_reader) {
            // The snapshot held no messages then.
            self.read(id);
        }
        match (applied, own) {
            (Some(Applied::Gap { .. }), _) => self.feeds.gap(id),
            (_, Some(client_id)) => {
                self.stored(client_id);
                self.socket.outbox.maybe_update(|outbox| outbox.remove(client_id));
            }
            _ => {}
        }
        self.settle_outbox(id);
    }

    /// A message of the reader's is in the log: the next page need not send it.
    fn stored(&self, client_id: ClientId) {
        if let Some(reader) = self.reader {
            storage::forget_pending(reader, client_id);
        }
    }

    /// Lets go of the stored messages whose events are in the room; of all of them where the room is not kept up to date here.
    fn settle_outbox(&self, room: RoomId) {
        let head = self.find(room).map(|room| room.with_untracked(|state| state.head()));
        self.socket.outbox.maybe_update(|outbox| outbox.settle(room, head.unwrap_or(Seq(i64::MAX))));
    }

    fn refused(&mut self, client_id: Option<ClientId>, room: Option<RoomRef>, error: protocol::Error) {
        let now = browser::now();
        match (client_id, room) {
            _ if error.code == ErrorCode::NotAuthenticated => self.step(Input::Refused),
            (Some(client_id), _) => {
                self.socket.outbox.update(|outbox| outbox.refuse(client_id, error, now as i64, browser::random()))
            }
            (None, Some(RoomRef::Id(room))) if error.code.retry() == Retry::Later => self.feeds.rest(room, now),
            (None, Some(RoomRef::Id(room))) => self.feeds.refuse(room),
            // About no frame that this page sends.
            (None, _) => {}
        }
    }

    fn read(&self, room: RoomId) {
        let inbox = self.inbox.clone();
        spawn_local(async move {
            let result = api::room_page(room.to_string(), Window::Latest).await.map(|read| read.page);
            let _ = inbox.unbounded_send(Notice::Browser(Happening::Read(room, result)));
        });
    }

    fn was_read(&mut self, id: RoomId, result: Result<RoomPage, AppError>) {
        match result {
            Ok(page) => {
                self.feeds.read(id);
                self.socket.replace(page);
                self.settle_outbox(id);
            }
            Err(error) if error.error.code.retry() == Retry::Later => self.feeds.rest(id, browser::now()),
            Err(_) => self.feeds.refuse(id),
        }
    }

    fn find(&self, id: RoomId) -> Option<SharedRoom> {
        self.socket.find(|state| state.room.id == id)
    }
}

/// Draws a token from the session.
async fn renew(reader: UserId) -> Happening {
    match api::renew_token().await {
        Ok(grant) => {
            let token = StoredToken::new(grant, browser::now() as i64);
            storage::keep_token(&token);
            if token.user == reader { Happening::Granted(token) } else { Happening::Input(Input::Token(Token::SomebodyElse)) }
        }
        Err(error) if error.error.code == ErrorCode::NotAuthenticated => Happening::Input(Input::Token(Token::SignedOut)),
        Err(_) => Happening::Input(Input::Token(Token::Later)),
    }
}
