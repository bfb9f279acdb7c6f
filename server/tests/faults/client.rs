//! A client as the protocol wants it: an outbox, client ids, reconnects with jitter, resume after the last place.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use app::state::backoff::delay_ms;
use protocol::{Answers, ClientFrame, ClientId, CloseCode, Retry, RoomId, Seq, ServerFrame, UserId};
use serde_json::json;
use tokio::{
    net::TcpSocket,
    sync::watch,
    time::{Instant, MissedTickBehavior, interval, sleep, timeout},
};
use tokio_tungstenite::client_async;

use crate::{
    dice,
    fresh::{Ask, list, page},
    jitter,
    journal::{Asked, Comeback, Journal, Sent, Tally},
    line::Line,
    node::ROOMS,
    support::{
        PASSWORD,
        events::Events,
        person::{Person, Program, Tokens},
        socket::{answering, request, room, with_token},
    },
};

/// Without an answer to a ping for this long, or with a write that hangs for it, the connection counts as dead.
const PATIENCE: Duration = Duration::from_secs(6);
/// Pings in that time.
const PINGS: u32 = 6;
/// Pause before a refused send is repeated.
const BACKOFF: Duration = Duration::from_millis(150);
/// One of so many sends goes out twice.
const DOUBLED: u64 = 10;
/// One of so many times something is done to a message that is there, instead of sending one. Of what is done to one's own, one in so many is to
/// delete it.
const CHANGED: u64 = 5;
const REACTED: u64 = 5;
/// One of so many messages answers one that is shown.
const ANSWERED: u64 = 4;
const DELETED: u64 = 4;
/// To how many of the last messages.
const REACH: usize = 40;
/// One of so many times a room is read, up to one of so many places before its end.
const READ: u64 = 8;
const BEHIND: u64 = 20;

/// What all clients are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Go on sending.
    Send,
    /// Send nothing new; repeat what was not acknowledged.
    Settle,
    /// Leave.
    End,
}

/// Somebody with an account.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) name: &'static str,
    pub(crate) id: UserId,
    access_token: String,
    /// What reads pages as them.
    pub(crate) browser: Arc<Person>,
}

impl Account {
    pub(crate) async fn sign_in(node: SocketAddr, name: &'static str) -> Self {
        let Tokens { access_token, user, .. } = Program::at(node).sign_in(name).await;
        let browser = Arc::new(Person::at(node));
        let answer = browser.submit("/login", "login", &[("username", name), ("password", PASSWORD)]).await;
        browser.entered(&answer).await;
        Self { name, id: user.id, access_token, browser }
    }
}

/// How a client is.
#[derive(Clone)]
pub(crate) struct Profile {
    /// Who sends; nobody for a guest, who only reads.
    pub(crate) account: Option<Account>,
    /// Any of these serves it; the first one is where it begins.
    pub(crate) nodes: Vec<SocketAddr>,
    /// Time between two sends.
    pub(crate) pace: Duration,
    /// Sends that may wait for their acknowledgement.
    pub(crate) outbox: usize,
    /// Added to each body.
    pub(crate) padding: usize,
    /// Size of the kernel's buffer for what it has not read yet.
    pub(crate) receive_buffer: Option<u32>,
    /// Whether it comes by a stream of events instead of a socket.
    pub(crate) by_events: bool,
}

pub(crate) struct Client {
    profile: Profile,
    /// What reads its pages.
    browser: Arc<Person>,
    phase: watch::Receiver<Phase>,
    journal: Arc<Mutex<Journal>>,
    /// In the order of the sends: ids of version 7 rise.
    outbox: BTreeMap<ClientId, Waiting>,
    ids: BTreeMap<RoomId, usize>,
    /// The id of the last event, where it comes by a stream of them.
    last_event: Option<String>,
    /// When the request left to which what comes now is the answer; none on a socket.
    left: Option<Instant>,
}

/// A send that is not acknowledged.
struct Waiting {
    frame: ClientFrame,
    /// When it went out on this connection.
    sent: Option<Instant>,
    /// When it may go out again after a refusal.
    due: Instant,
    /// Whether it went out before.
    is_out: bool,
}

impl Client {
    pub(crate) fn new(
        profile: Profile,
        guest: &Arc<Person>,
        phase: watch::Receiver<Phase>,
        journal: Arc<Mutex<Journal>>,
    ) -> Self {
        let browser = profile.account.as_ref().map_or(guest, |account| &account.browser).clone();
        Self { profile, browser, phase, journal, outbox: BTreeMap::new(), ids: BTreeMap::new(), last_event: None, left: None }
    }

    /// Connects again and again, until it is told to leave.
    pub(crate) async fn run(mut self) {
        while *self.phase.borrow() != Phase::End {
            self.journal.lock().unwrap().node = None;
            let close = match timeout(PATIENCE, self.connect()).await {
                Ok(Some(mut line)) => {
                    let close = self.converse(&mut line).await.unwrap_err();
                    self.last_event = line.id();
                    close
                }
                _ => 0,
            };
            if close != 0 {
                self.tally(|tally| *tally.closes.entry(close).or_default() += 1);
            }
            if close == CloseCode::SignIn.number() {
                self.sign_in().await;
            }
            self.pause(close).await;
        }
    }

    /// As the page does: a server that comes up again is not to see all its clients at once.
    async fn pause(&self, close: u16) {
        let pause = Duration::from_secs_f64(delay_ms(0, dice(1_000) as f64 / 1_000.0) / 1_000.0);
        let began = Instant::now();
        sleep(pause).await;
        if close == CloseCode::Restart.number() {
            self.tally(|tally| tally.comebacks.push(Comeback { pause, waited: began.elapsed() }));
        }
    }

    async fn connect(&mut self) -> Option<Line> {
        let nodes = &self.profile.nodes;
        let began = self.journal.lock().unwrap().tally.connections > 0;
        let addr = nodes[if began { usize::try_from(dice(nodes.len() as u64)).unwrap() } else { 0 }];
        let token = self.profile.account.as_ref().map(|account| account.access_token.clone());
        if self.profile.by_events {
            let events = Events::ask(addr, token.as_deref(), &self.query(), self.last_event.as_deref()).await.ok()?;
            return match events {
                Ok(events) => Some(Line::events(events, addr)),
                Err(refused) => {
                    if refused.status == 401 {
                        self.sign_in().await;
                    }
                    None
                }
            };
        }
        let socket = TcpSocket::new_v4().unwrap();
        if let Some(bytes) = self.profile.receive_buffer {
            socket.set_recv_buffer_size(bytes).unwrap();
        }
        let stream = socket.connect(addr).await.ok()?;
        let request = request(addr, "");
        let request = match &self.profile.account {
            Some(account) => with_token(request, &account.access_token),
            None => request,
        };
        Some(Line::Socket(Box::new(client_async(request, stream).await.ok()?.0)))
    }

    /// The rooms, each from the last place on; the id of the last event, where there is one, says the same.
    fn query(&self) -> String {
        let journal = self.journal.lock().unwrap();
        let rooms = ROOMS.into_iter().enumerate().map(|(number, name)| match (journal.last(number), journal.epoch(number)) {
            (Some(after), Some(epoch)) => format!("room={name}:{after}:{epoch}"),
            (Some(after), None) => format!("room={name}:{after}"),
            (None, _) => format!("room={name}"),
        });
        format!("?{}", rooms.collect::<Vec<_>>().join("&"))
    }

    /// In a long run access tokens expire.
    async fn sign_in(&mut self) {
        let Some(account) = &mut self.profile.account else { return };
        let credentials = json!({ "username": account.name, "password": PASSWORD });
        let request = Program::at(self.profile.nodes[0]).post("/api/v1/auth/token").json(&credentials);
        if let Ok(response) = request.send().await
            && let Ok(tokens) = response.json::<Tokens>().await
        {
            account.access_token = tokens.access_token;
        }
    }

    /// Talks until the connection ends; returns the number that it was closed with.
    async fn converse(&mut self, line: &mut Line) -> Result<(), u16> {
        self.tally(|tally| tally.connections += 1);
        self.journal.lock().unwrap().node = line.node();
        for (number, name) in ROOMS.into_iter().enumerate() {
            let (after, epoch) = {
                let journal = self.journal.lock().unwrap();
                (journal.last(number), journal.epoch(number))
            };
            // The address of a stream has said so.
            if !self.profile.by_events {
                send(line, &ClientFrame::Subscribe { room: room(name), after, epoch }).await?;
            }
        }
        self.outbox.values_mut().for_each(|waiting| waiting.sent = None);
        self.transmit(line).await?;
        let mut pace = interval(self.profile.pace);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut pings = interval(PATIENCE / PINGS);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut unanswered = 0;
        let mut phase = self.phase.clone();
        loop {
            tokio::select! {
                incoming = line.next() => {
                    unanswered = 0;
                    self.left = line.left();
                    for frame in incoming? {
                        self.receive(frame)?;
                    }
                }
                _ = pace.tick() => {
                    self.compose();
                    self.transmit(line).await?;
                    self.read(line).await?;
                    self.ask();
                }
                _ = pings.tick() => {
                    // Counted, not timed: who was stopped for a while, or got no processor, has not waited.
                    if unanswered > PINGS {
                        return Err(1006);
                    }
                    unanswered += 1;
                    send(line, &ClientFrame::Ping).await?;
                }
                () = end(&mut phase) => return Err(0),
            }
        }
    }

    /// Puts a new message into the outbox, where there is room for one.
    fn compose(&mut self) {
        let may = *self.phase.borrow() == Phase::Send && self.profile.account.is_some();
        if !may || self.outbox.len() >= self.profile.outbox {
            return;
        }
        if (dice(CHANGED) == 0 && self.change()) || (dice(REACTED) == 0 && self.react()) {
            return;
        }
        let id = ClientId::generate();
        let number = any_room();
        let body = format!("message {id} {}", "x".repeat(self.profile.padding)).trim_end().to_owned();
        let answers = if dice(ANSWERED) == 0 { self.answer(number) } else { Answers::default() };
        self.put(id, answering(ROOMS[number], id, &body, answers));
        let is_answer = answers != Answers::default();
        self.journal.lock().unwrap().sent.insert(id, Sent { room: number, body, is_answer, ack: None, revision: 0 });
    }

    /// Quotes a message that it shows, or stands under it in a thread.
    fn answer(&self, number: usize) -> Answers {
        let journal = self.journal.lock().unwrap();
        let Some(shown) = any_of(journal.screen.newest(number).take(REACH).filter(|message| !message.deleted)) else {
            return Answers::default();
        };
        match dice(3) {
            0 => Answers { thread_of: shown.thread_of.or(Some(shown.seq)), only_in_thread: dice(2) == 0, reply_to: None },
            _ => Answers { reply_to: Some(shown.seq), ..Answers::default() },
        }
    }

    fn put(&mut self, id: ClientId, frame: ClientFrame) {
        self.outbox.insert(id, Waiting { frame, sent: None, due: Instant::now(), is_out: false });
    }

    /// Edits or deletes a message that it has sent, if there is one.
    fn change(&mut self) -> bool {
        let journal = self.journal.clone();
        let mut journal = journal.lock().unwrap();
        let is_busy = |id: &ClientId| {
            journal
                .asked
                .values()
                .any(|asked| matches!(asked, Asked::Edit { message, .. } | Asked::Delete { message } if message == id))
        };
        let known = journal.sent.iter().rev().take(REACH).filter(|(id, sent)| !sent.body.is_empty() && !is_busy(id));
        let known = known.filter_map(|(id, sent)| Some((*id, sent.ack?.0, sent)));
        let Some((message, seq, sent)) = any_of(known) else { return false };
        let (room, revision, client_id) = (room(ROOMS[sent.room]), sent.revision, ClientId::generate());
        let (frame, asked) = if dice(DELETED) == 0 {
            (ClientFrame::Delete { room, client_id, seq }, Asked::Delete { message })
        } else {
            let body = format!("edit {client_id}");
            (ClientFrame::Edit { room, client_id, seq, body: body.clone(), revision }, Asked::Edit { message, body })
        };
        self.put(client_id, frame);
        journal.asked.insert(client_id, asked);
        true
    }

    /// Reacts to a message that it shows, or no longer.
    fn react(&mut self) -> bool {
        let journal = self.journal.clone();
        let mut journal = journal.lock().unwrap();
        let number = any_room();
        let is_busy = |place: Seq| {
            journal
                .asked
                .values()
                .any(|asked| matches!(asked, Asked::React { room, seq, .. } if (*room, *seq) == (number, place)))
        };
        let shown = journal.screen.newest(number).take(REACH).filter(|message| !message.deleted && !is_busy(message.seq));
        // What is not sure is left alone.
        let known = shown.filter_map(|message| {
            let known = journal.reacted.get(&(number, message.seq)).copied().unwrap_or(Some(false));
            Some((message.seq, !known?))
        });
        let takes_back = dice(2) == 0;
        let known = known.filter(|(_, on)| *on != takes_back);
        let Some((seq, on)) = any_of(known) else { return false };
        let (room, client_id, emoji) = (room(ROOMS[number]), ClientId::generate(), journal.emoji.to_owned());
        self.put(client_id, ClientFrame::React { room, client_id, seq, emoji, on });
        journal.asked.insert(client_id, Asked::React { room: number, seq, on, once: true });
        true
    }

    /// Reads a room up to a place near its end, which may be one before what another device has read; says what was read.
    async fn read(&mut self, line: &mut Line) -> Result<(), u16> {
        let marks = {
            let mut journal = self.journal.lock().unwrap();
            let number = any_room();
            let id = self.ids.iter().find_map(|(id, known)| (*known == number).then_some(*id));
            let last = journal.last(number);
            let may = *self.phase.borrow() == Phase::Send && self.profile.account.is_some() && dice(READ) == 0;
            if let (true, Some(id), Some(last)) = (may, id, last) {
                journal.screen.read(id, Seq(last.0.saturating_sub_unsigned(dice(BEHIND))));
            }
            let marks = journal.screen.take_marks();
            journal.tally.reads += marks.len();
            marks
        };
        for (room, seq) in marks {
            send(line, &ClientFrame::Read { room, seq }).await?;
        }
        Ok(())
    }

    /// Reads what it needs beside the socket.
    fn ask(&self) {
        let mut journal = self.journal.lock().unwrap();
        let (Some(node), Some(ask)) = (journal.node, journal.screen.next_ask()) else { return };
        let (browser, journal) = (self.browser.clone(), self.journal.clone());
        tokio::spawn(async move {
            match ask {
                Ask::Page(room, window) => {
                    let page = timeout(PATIENCE, page(&browser, node, room, window)).await.ok().flatten();
                    journal.lock().unwrap().take_page(room, window, page);
                }
                Ask::List => {
                    let list = timeout(PATIENCE, list(&browser, node)).await.ok().flatten();
                    journal.lock().unwrap().take_list(list);
                }
            }
        });
    }

    /// Sends what has not gone out on this connection, or was refused and is due again.
    async fn transmit(&mut self, line: &mut Line) -> Result<(), u16> {
        let now = Instant::now();
        for (id, waiting) in self.outbox.iter_mut().filter(|(_, waiting)| waiting.sent.is_none() && waiting.due <= now) {
            if waiting.is_out {
                self.journal.lock().unwrap().repeated(*id);
            }
            (waiting.sent, waiting.is_out) = (Some(now), true);
            for _ in 0..=usize::from(dice(DOUBLED) == 0) {
                self.journal.lock().unwrap().tally.sends += 1;
                send(line, &waiting.frame).await?;
            }
        }
        Ok(())
    }

    fn receive(&mut self, frame: ServerFrame) -> Result<(), u16> {
        let mut journal = self.journal.lock().unwrap();
        match frame {
            ServerFrame::Subscribed { room, slug, head, epoch, reset } => {
                let number = ROOMS.iter().position(|name| *name == slug).unwrap();
                self.ids.insert(room, number);
                journal.subscribed(number, head, epoch.unwrap(), reset);
            }
            ServerFrame::Event(event) => match self.ids.get(&event.room) {
                Some(&number) => journal.event(number, &event),
                None => journal.faults.push(format!("an event of the room {}", event.room)),
            },
            ServerFrame::Ack { client_id, message, seq, .. } => {
                journal.acknowledged(client_id, seq, message);
                if let Some(Waiting { sent: Some(sent), .. }) = self.outbox.remove(&client_id) {
                    journal.tally.slowest_answer = journal.tally.slowest_answer.max(self.left.unwrap_or(sent).elapsed());
                }
            }
            ServerFrame::Done { client_id, .. } => {
                journal.done(client_id);
                self.outbox.remove(&client_id);
            }
            ServerFrame::Told { client_id, .. } => journal.faults.push(format!("{client_id} was taken for a command")),
            ServerFrame::Hello { epoch, .. } => journal.screen.greeted(epoch),
            ServerFrame::Error { client_id: Some(id), error, .. } if error.code.retry() == Retry::Later => {
                *journal.tally.refusals.entry(format!("{:?}", error.code)).or_default() += 1;
                // Of a send that went out twice, one may be refused and the other not.
                if let Some(waiting) = self.outbox.get_mut(&id) {
                    if let Some(sent) = waiting.sent.take() {
                        journal.tally.slowest_answer = journal.tally.slowest_answer.max(self.left.unwrap_or(sent).elapsed());
                    }
                    waiting.due = Instant::now() + jitter(BACKOFF);
                }
            }
            // A subscription that cannot be had now: the whole connection is tried again.
            ServerFrame::Error { client_id: None, error, .. } if error.code.retry() == Retry::Later => return Err(0),
            ServerFrame::Error { client_id, error, .. } => {
                journal.refused(client_id, &error);
                client_id.map(|id| self.outbox.remove(&id));
            }
            ServerFrame::Unsubscribed { room, .. } => journal.faults.push(format!("unsubscribed from {room}")),
            ServerFrame::Renamed { .. }
            | ServerFrame::Alert { .. }
            | ServerFrame::BookmarkChanged { .. }
            | ServerFrame::Typing { .. }
            | ServerFrame::Pong => {}
            told => journal.told(told),
        }
        Ok(())
    }

    fn tally(&self, count: impl FnOnce(&mut Tally)) {
        count(&mut self.journal.lock().unwrap().tally);
    }
}

fn any_room() -> usize {
    usize::try_from(dice(ROOMS.len() as u64)).unwrap()
}

fn any_of<T>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut all: Vec<_> = all.collect();
    (!all.is_empty()).then(|| all.swap_remove(usize::try_from(dice(all.len() as u64)).unwrap()))
}

async fn send(line: &mut Line, frame: &ClientFrame) -> Result<(), u16> {
    line.send(frame, PATIENCE).await
}

async fn end(phase: &mut watch::Receiver<Phase>) {
    let _ = phase.wait_for(|phase| *phase == Phase::End).await;
}
